import type { AcceptableCode } from "../../stdlib/constructs/accept.js";
import type { PodSpec, Service } from "../../stdlib/kubernetes/generated/core-v1.js";
import type {
  Ingress,
  NetworkPolicyPeer,
  NetworkPolicySpec,
} from "../../stdlib/kubernetes/generated/networking-v1.js";
import type { RoleBinding } from "../../stdlib/kubernetes/generated/rbac-v1.js";
import { kindRowOf } from "../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { LabelSelector } from "../../stdlib/schema/selectors.js";
import { isReadable, matchesLabels } from "../../stdlib/schema/selectors.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { Built } from "../lower/built.js";
import { dataKeys } from "./config-keys.js";
import { type BuiltPod, podsOf } from "./pods.js";

/** What an object refers to, among all that the stack makes. */
interface Stack {
  readonly byKey: ReadonlyMap<string, Built>;
  readonly pods: readonly BuiltPod[];
  /** It makes no pod, but objects of kinds that may. */
  readonly mayHaveOthers: boolean;
  readonly reporter: Reporter;
  readonly isAccepted: (built: Built, code: AcceptableCode) => boolean;
}

/**
 * What exact objects refer to: names, keys, ports and selectors; constructs were checked as they were lowered. A key or port that is not there is an error; an
 * object that is not in the stack may be somewhere else, and is a warning.
 */
export function checkReferences(
  built: readonly Built[],
  secrets: readonly Built[],
  isAccepted: (built: Built, code: AcceptableCode) => boolean,
  reporter: Reporter,
): void {
  const pods = podsOf(built);
  const stack: Stack = {
    byKey: new Map([...built, ...secrets].map((one) => [keyOf(one.object.kind, one.object.metadata), one])),
    pods,
    mayHaveOthers: pods.length === 0 && built.some(({ object }) => kindRowOf(object) === undefined),
    reporter,
    isAccepted,
  };
  for (const pod of stack.pods) if (pod.built.exact === true) checkPod(stack, pod);
  for (const one of built) {
    if (one.object.kind === "Ingress") checkCertificates(stack, one);
    checkClasses(stack, one);
  }
  checkSharedPods(stack);
  for (const one of built.filter(({ exact }) => exact === true)) {
    const { kind } = one.object;
    if (kind === "Service") checkService(stack, one);
    else if (kind === "Ingress") checkIngress(stack, one);
    else if (kind === "PodDisruptionBudget")
      checkSelector(stack, one, "spec.selector", selectorOf(one, "selector"));
    else if (kind === "NetworkPolicy") checkNetworkPolicy(stack, one);
    else if (kind === "RoleBinding" || kind === "ClusterRoleBinding") checkBinding(stack, one);
    else if (kind === "HorizontalPodAutoscaler") checkTarget(stack, one);
  }
}

function keyOf(
  kind: string,
  { name = "", namespace = "default" }: { name?: string; namespace?: string },
): string {
  return `${kind}/${namespace}/${name}`;
}

function checkPod(stack: Stack, { built, namespace, path, spec }: BuiltPod): void {
  const uses = (kind: string, name: string | undefined, at: string, optional?: boolean) => {
    if (name === undefined || optional === true) return;
    const key = keyOf(kind, { name, namespace });
    if (!stack.byKey.has(key)) missing(stack, built, `${path}.${at}`, kind, name);
  };
  const usesKey = (kind: "ConfigMap" | "Secret", name: string | undefined, key: string, at: string) => {
    const known = keysOf(stack, keyOf(kind, { name: name ?? "", namespace }));
    if (known !== undefined && !known.includes(key))
      stack.reporter.report("config-key-unknown", built.origins.find(`${path}.${at}`), {
        resource: `${kind} "${name}"`,
        key,
        known,
      });
  };
  for (const list of ["initContainers", "containers"] as const)
    for (const container of spec[list] ?? []) {
      const at = `${list}[${container.name}]`;
      for (const { name, valueFrom } of container.env ?? []) {
        const { configMapKeyRef: config, secretKeyRef: secret } = valueFrom ?? {};
        const from = `${at}.env[${name}].valueFrom`;
        uses("ConfigMap", config?.name, `${from}.configMapKeyRef.name`, config?.optional);
        uses("Secret", secret?.name, `${from}.secretKeyRef.name`, secret?.optional);
        if (config !== undefined && config.optional !== true)
          usesKey("ConfigMap", config.name, config.key, `${from}.configMapKeyRef.key`);
        if (secret !== undefined && secret.optional !== true)
          usesKey("Secret", secret.name, secret.key, `${from}.secretKeyRef.key`);
      }
      for (const [index, { configMapRef, secretRef }] of (container.envFrom ?? []).entries()) {
        const from = `${at}.envFrom[${index}]`;
        uses("ConfigMap", configMapRef?.name, `${from}.configMapRef.name`, configMapRef?.optional);
        uses("Secret", secretRef?.name, `${from}.secretRef.name`, secretRef?.optional);
      }
    }
  checkProbePorts(stack, built, path, spec);
  for (const { configMap, name, persistentVolumeClaim, projected, secret } of spec.volumes ?? []) {
    const at = `volumes[${name}]`;
    const usesFiles = (
      kind: "ConfigMap" | "Secret",
      from: { readonly items?: readonly { readonly key: string }[]; readonly optional?: boolean } | undefined,
      of: { readonly name: string | undefined; readonly path: string; readonly field: string },
    ) => {
      uses(kind, of.name, `${of.path}.${of.field}`, from?.optional);
      if (from?.optional === true) return;
      for (const [index, { key }] of (from?.items ?? []).entries())
        usesKey(kind, of.name, key, `${of.path}.items[${index}].key`);
    };
    usesFiles("ConfigMap", configMap, { name: configMap?.name, path: `${at}.configMap`, field: "name" });
    usesFiles("Secret", secret, { name: secret?.secretName, path: `${at}.secret`, field: "secretName" });
    uses("PersistentVolumeClaim", persistentVolumeClaim?.claimName, `${at}.persistentVolumeClaim.claimName`);
    for (const [index, source] of (projected?.sources ?? []).entries()) {
      const from = `${at}.projected.sources[${index}]`;
      usesFiles("ConfigMap", source.configMap, {
        ...{ name: source.configMap?.name, path: `${from}.configMap`, field: "name" },
      });
      usesFiles("Secret", source.secret, {
        ...{ name: source.secret?.name, path: `${from}.secret`, field: "name" },
      });
    }
  }
  for (const { name } of spec.imagePullSecrets ?? []) uses("Secret", name, "imagePullSecrets");
  const { priorityClassName: priority, runtimeClassName: runtime } = spec;
  const isOwn =
    priority?.startsWith("system-") || stack.byKey.has(keyOf("PriorityClass", { name: priority ?? "" }));
  if (priority && !isOwn) missing(stack, built, `${path}.priorityClassName`, "PriorityClass", priority);
  if (runtime)
    checkClass(stack, built, { kind: "RuntimeClass", name: runtime, path: `${path}.runtimeClassName` });
  checkCompany(stack, built, path, spec);
  const account = spec.serviceAccountName ?? spec.serviceAccount;
  if (account !== "default") uses("ServiceAccount", account, "serviceAccountName");
}

/** Pods it has to be placed with, or apart from. */
function checkCompany(stack: Stack, built: Built, path: string, spec: PodSpec): void {
  const { affinity, topologySpreadConstraints: spreads = [] } = spec;
  const terms = affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const at = `${path}.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution`;
  for (const [index, { labelSelector, namespaces = [], namespaceSelector }] of terms.entries())
    if (namespaces.length === 0 && namespaceSelector === undefined)
      checkSelector(
        stack,
        built,
        `${at}[${index}].labelSelector`,
        labelSelector as LabelSelector | undefined,
      );
  for (const [index, { labelSelector }] of spreads.entries())
    checkSelector(
      ...([stack, built] as const),
      `${path}.topologySpreadConstraints[${index}].labelSelector`,
      labelSelector as LabelSelector | undefined,
    );
}

/**
 * Classes are often the cluster's own. One that the stack does not make, while it makes others of the kind, is most
 * likely misspelled.
 */
function checkClass(
  stack: Stack,
  built: Built,
  { kind, name, path }: { readonly kind: string; readonly name: string; readonly path: string },
): void {
  const made = [...stack.byKey.values()].filter(({ object }) => object.kind === kind);
  if (made.length > 0 && !made.some(({ object }) => object.metadata.name === name))
    missing(stack, built, path, kind, name);
}

/** The API takes any name for a probe's port; the kubelet then finds none and the probe fails for ever. */
function checkProbePorts({ reporter }: Stack, built: Built, path: string, spec: PodSpec): void {
  for (const list of ["initContainers", "containers"] as const)
    for (const container of spec[list] ?? []) {
      const known = (container.ports ?? []).flatMap(({ name }) => (name === undefined ? [] : [name]));
      for (const field of ["livenessProbe", "readinessProbe", "startupProbe"] as const)
        for (const handler of ["httpGet", "tcpSocket"] as const) {
          const port = container[field]?.[handler]?.port;
          if (typeof port !== "string" || known.includes(port)) continue;
          const at = `${path}.${list}[${container.name}].${field}.${handler}.port`;
          reporter.report("port-name-unknown", built.origins.find(at), {
            workload: built.title,
            container: container.name,
            port,
            known: [...known].sort(),
          });
        }
    }
}

/** Names of data; undefined for what is not the stack's. */
function keysOf(stack: Stack, key: string): readonly string[] | undefined {
  const object = stack.byKey.get(key)?.object;
  return object === undefined ? undefined : dataKeys(object);
}

function missing(
  { isAccepted, reporter }: Stack,
  built: Built,
  path: string,
  kind: string,
  name: string,
): void {
  if (!isAccepted(built, "reference-missing"))
    reporter.report("reference-missing", built.origins.find(path), { resource: built.title, kind, name });
}

function checkService(stack: Stack, built: Built): void {
  const { spec } = built.object as unknown as Service;
  const labels = spec?.selector;
  if (labels === undefined || labels === null || Object.keys(labels).length === 0) return;
  const selected = checkSelector(stack, built, "spec.selector", { matchLabels: labels });
  if (selected.length === 0) return;
  for (const { port, protocol = "TCP", name = `${port},${protocol}`, targetPort = port } of spec?.ports ?? [])
    if (typeof targetPort === "string" && !/^\d+$/.test(targetPort))
      checkOpened(stack, built, `spec.ports[${name}].targetPort`, targetPort, selected);
    else if (spec?.clusterIP !== "None")
      checkListening(
        stack,
        built,
        { path: `spec.ports[${name}].targetPort`, port, protocol, targetPort: Number(targetPort) },
        selected,
      );
}

/** A program may listen on more than its pod says; pods that say some ports are taken to say all. */
function checkListening(
  { isAccepted, reporter }: Stack,
  built: Built,
  to: {
    readonly path: string;
    readonly port: number;
    readonly protocol: string;
    readonly targetPort: number;
  },
  selected: readonly BuiltPod[],
): void {
  const opened = selected.map(({ spec: { containers, initContainers = [] } }) =>
    [...containers, ...initContainers].flatMap(({ ports = [] }) => ports),
  );
  const known = [...new Set(opened.flat().map(({ containerPort }) => containerPort))];
  const isOpened = opened
    .flat()
    .some(
      ({ containerPort, protocol = "TCP" }) => containerPort === to.targetPort && protocol === to.protocol,
    );
  if (isOpened || opened.some((ports) => ports.length === 0) || isAccepted(built, "port-unopened")) return;
  const workload = selected[0]?.built.title ?? "";
  const { path, port, targetPort } = to;
  reporter.report("port-unopened", built.origins.find(path), {
    resource: built.title,
    workload,
    port,
    targetPort,
    known,
  });
}

const sharing = new Set(["DaemonSet", "Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"]);

/** Each takes the pods of the other for its own. */
function checkSharedPods({ isAccepted, pods, reporter }: Stack): void {
  const owners = pods.filter(({ built: { object } }) => sharing.has(object.kind));
  const selectors = owners.map(({ built: { object } }) => selectorOfPods(object));
  const selects = (at: number, { labels }: BuiltPod) => {
    const selector = selectors[at];
    return selector !== undefined && isReadable(selector) && matchesLabels(selector, labels);
  };
  const selecting = selectingOf(owners, selectors);
  for (const [index, owner] of owners.entries()) {
    const at = selecting(owner)
      .filter((one) => one < index)
      .sort((one, two) => one - two)
      .find((one) => selects(one, owner) && selects(index, owners[one] as BuiltPod));
    const other = at === undefined ? undefined : owners[at];
    if (other === undefined || isAccepted(owner.built, "selector-shared")) continue;
    const first = other.built.origins.find("spec.selector");
    reporter.report(
      "selector-shared",
      owner.built.origins.find("spec.selector"),
      { resource: owner.built.title, other: other.built.title },
      first === undefined ? [] : [{ span: first, note: "the same pods" }],
    );
  }
}

/**
 * Those that may select a pod, by the label of each selector that the fewest pods have: of thousands of workloads not
 * each is held against each.
 */
function selectingOf(
  owners: readonly BuiltPod[],
  selectors: readonly (LabelSelector | undefined)[],
): (pod: BuiltPod) => number[] {
  const pairs = (namespace: string, labels: { readonly [key: string]: string } = {}) =>
    Object.entries(labels).map(([key, value]) => `${namespace} ${key}=${value}`);
  const carriers = new Map<string, number>();
  for (const { labels, namespace } of owners)
    for (const pair of pairs(namespace, labels)) carriers.set(pair, (carriers.get(pair) ?? 0) + 1);
  const byPair = new Map<string, number[]>();
  for (const [index, { namespace }] of owners.entries()) {
    const rarest = pairs(namespace, selectors[index]?.matchLabels).sort(
      (one, two) => (carriers.get(one) ?? 0) - (carriers.get(two) ?? 0),
    )[0];
    const pair = rarest ?? namespace;
    byPair.set(pair, [...(byPair.get(pair) ?? []), index]);
  }
  return ({ labels, namespace }) =>
    [namespace, ...pairs(namespace, labels)].flatMap((pair) => byPair.get(pair) ?? []);
}

function selectorOfPods({ kind, spec }: KubeObject): LabelSelector | undefined {
  const { selector } = (spec ?? {}) as { selector?: object };
  if (selector === undefined || selector === null) return undefined;
  return kind === "ReplicationController"
    ? { matchLabels: selector as { [label: string]: string } }
    : (selector as LabelSelector);
}

/** A port by name, of pods that are meant. */
function checkOpened(
  { reporter }: Stack,
  built: Built,
  path: string,
  port: string,
  selected: readonly BuiltPod[],
): void {
  const [first] = selected;
  if (first === undefined) return;
  const opened = selected.flatMap(({ spec: { containers, initContainers = [] } }) =>
    [...containers, ...initContainers].flatMap(({ ports = [] }) => ports.map(({ name }) => name ?? "")),
  );
  if (opened.includes(port)) return;
  reporter.report("port-name-unknown", built.origins.find(path), {
    workload: first.built.title,
    port,
    known: [...new Set(opened.filter((name) => name !== ""))].sort(),
  });
}

/** The pods of the stack it selects. One that selects none selects them elsewhere, or never. */
function checkSelector(
  stack: Stack,
  built: Built,
  path: string,
  selector: LabelSelector | undefined,
): readonly BuiltPod[] {
  if (selector === undefined || stack.mayHaveOthers || !isReadable(selector)) return [];
  const namespace = built.object.metadata.namespace ?? "default";
  const selected = stack.pods.filter(
    (pod) => pod.namespace === namespace && matchesLabels(selector, pod.labels),
  );
  if (selected.length === 0 && !stack.isAccepted(built, "selector-matches-nothing"))
    stack.reporter.report("selector-matches-nothing", built.origins.find(path), {
      resource: built.title,
      selector: [
        ...Object.entries(selector.matchLabels ?? {}).map(([label, value]) => `${label}=${value}`),
        ...(selector.matchExpressions ?? []).map(({ key, operator, values = [] }) =>
          [key, operator, values.join("|")].filter((part) => part !== "").join(" "),
        ),
      ].join(", "),
    });
  return selected;
}

/** Peers in namespaces of others are not the stack's to know. */
function checkNetworkPolicy(stack: Stack, built: Built): void {
  const selected = checkSelector(stack, built, "spec.podSelector", selectorOf(built, "podSelector"));
  const { egress = [], ingress = [] } = (built.object["spec"] ?? {}) as Partial<NetworkPolicySpec>;
  for (const [index, { from = [], ports = [] }] of ingress.entries()) {
    for (const peer of from) checkPeer(stack, built, `spec.ingress[${index}]`, peer);
    for (const { port } of ports)
      if (typeof port === "string") checkOpened(stack, built, `spec.ingress[${index}].ports`, port, selected);
  }
  for (const [index, { to = [] }] of egress.entries())
    for (const peer of to) checkPeer(stack, built, `spec.egress[${index}]`, peer);
}

function checkPeer(stack: Stack, built: Built, path: string, peer: NetworkPolicyPeer): void {
  const { namespaceSelector, podSelector: { matchExpressions = [], matchLabels = {} } = {} } = peer;
  if (namespaceSelector === undefined && matchExpressions.length + Object.keys(matchLabels).length > 0)
    checkSelector(stack, built, path, { matchExpressions, matchLabels });
}

/** Roles of the whole cluster are often its own, and so are their subjects. */
function checkBinding(stack: Stack, built: Built): void {
  const { metadata, roleRef, subjects = [] } = built.object as unknown as RoleBinding;
  const { namespace = "default" } = metadata ?? {};
  const uses = (kind: string, name: string, at: string, of: string) => {
    if (!stack.byKey.has(keyOf(kind, { name, namespace: of }))) missing(stack, built, at, kind, name);
  };
  if (roleRef?.kind === "Role") uses("Role", roleRef.name, "roleRef", namespace);
  for (const [index, { kind, name, namespace: of = namespace }] of subjects.entries())
    if (kind === "ServiceAccount" && name !== "default" && of === namespace)
      uses(kind, name, `subjects[${index}]`, of);
}

function selectorOf({ object }: Built, member: "selector" | "podSelector"): LabelSelector | undefined {
  const selector = (object["spec"] as { [name: string]: unknown } | undefined)?.[member];
  if (typeof selector !== "object" || selector === null) return undefined;
  const { matchExpressions = [], matchLabels = {} } = selector as LabelSelector;
  return Object.keys(matchLabels).length + matchExpressions.length === 0
    ? undefined
    : (selector as LabelSelector);
}

function checkIngress(stack: Stack, built: Built): void {
  const { metadata, spec } = built.object as unknown as Ingress;
  const backends = [
    { at: "spec.defaultBackend", backend: spec?.defaultBackend },
    ...(spec?.rules ?? []).flatMap(({ http }, index) =>
      (http?.paths ?? []).map(({ backend }, path) => ({
        ...{ at: `spec.rules[${index}].http.paths[${path}].backend`, backend },
      })),
    ),
  ];
  for (const { at, backend } of backends) {
    const service = backend?.service;
    if (service === undefined) continue;
    const found = stack.byKey.get(
      keyOf("Service", { name: service.name, namespace: metadata.namespace ?? "default" }),
    );
    if (found === undefined) {
      missing(stack, built, `${at}.service.name`, "Service", service.name);
      continue;
    }
    const ports = (found.object as unknown as Service).spec?.ports ?? [];
    const wanted = service.port?.name ?? service.port?.number;
    if (wanted === undefined || ports.some(({ name, port }) => name === wanted || port === wanted)) continue;
    const field = service.port?.name === undefined ? "number" : "name";
    stack.reporter.report("port-name-unknown", built.origins.find(`${at}.service.port.${field}`), {
      workload: found.title,
      port: wanted,
      known: ports.map(({ name, port }) =>
        typeof wanted === "number" ? String(port) : (name ?? String(port)),
      ),
    });
  }
}

/** A controller takes a certificate and its key from there, and serves one of its own where they are not. */
function checkCertificates(stack: Stack, built: Built): void {
  const { metadata, spec } = built.object as unknown as Ingress;
  for (const [index, { secretName: name = "" }] of (spec?.tls ?? []).entries()) {
    const found = stack.byKey.get(keyOf("Secret", { name, namespace: metadata.namespace ?? "default" }));
    if (found === undefined) continue;
    const known = dataKeys(found.object);
    const place = found.origins.find("");
    for (const key of ["tls.crt", "tls.key"].filter((one) => !known.includes(one)))
      stack.reporter.report(
        "config-key-unknown",
        built.origins.find(`spec.tls[${index}].secretName`),
        { resource: found.title, key, known },
        place === undefined ? [] : [{ span: place, note: "the Secret" }],
      );
  }
}

/** Of constructs too: they name classes by text. */
function checkClasses(stack: Stack, built: Built): void {
  const { kind, spec = {} } = built.object as { kind: string; spec?: ClassUser };
  const check = (kind: string, name: string | undefined, path: string) => {
    if (name) checkClass(stack, built, { kind, name, path });
  };
  if (kind === "Ingress") check("IngressClass", spec.ingressClassName, "spec.ingressClassName");
  if (kind === "PersistentVolumeClaim") check("StorageClass", spec.storageClassName, "spec.storageClassName");
  if (kind === "StatefulSet")
    for (const [index, claim] of (spec.volumeClaimTemplates ?? []).entries())
      check(
        ...(["StorageClass", claim.spec?.storageClassName] as const),
        `spec.volumeClaimTemplates[${index}].spec.storageClassName`,
      );
}

interface ClassUser {
  readonly ingressClassName?: string;
  readonly storageClassName?: string;
  readonly volumeClaimTemplates?: readonly { readonly spec?: { readonly storageClassName?: string } }[];
}

function checkTarget(stack: Stack, built: Built): void {
  const target = (built.object["spec"] as { scaleTargetRef?: { kind?: string; name?: string } } | undefined)
    ?.scaleTargetRef;
  if (target?.kind === undefined || target.name === undefined) return;
  const key = keyOf(target.kind, {
    name: target.name,
    namespace: built.object.metadata.namespace ?? "default",
  });
  if (!stack.byKey.has(key)) missing(stack, built, "spec.scaleTargetRef", target.kind, target.name);
}
