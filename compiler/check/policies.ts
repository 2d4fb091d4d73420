import type { AcceptableCode } from "../../stdlib/constructs/accept.js";
import type { HorizontalPodAutoscalerSpec } from "../../stdlib/kubernetes/generated/autoscaling-v2.js";
import type { ServiceSpec } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { PodDisruptionBudgetSpec } from "../../stdlib/kubernetes/generated/policy-v1.js";
import type { PolicyRule } from "../../stdlib/kubernetes/generated/rbac-v1.js";
import type { ImageBuild } from "../../stdlib/schema/bundle.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { isReadable, matchesLabels } from "../../stdlib/schema/selectors.js";
import { secretSetting, speaksOfSecret } from "../confidential.js";
import { type PolicyLevel, policyLevels } from "../diagnostics/policy-rows.js";
import type { Reporter } from "../diagnostics/reporter.js";
import { pointSpan } from "../diagnostics/span.js";
import type { Built } from "../lower/built.js";
import type { Lowered } from "../lower/lower.js";
import { nodePortRange } from "../lower/service.js";
import { addressFindings } from "./addresses.js";
import { type Finding, podPolicies } from "./pod-policies.js";
import { podsOf } from "./pods.js";

/** Judges the stack's objects; what is accepted in place is not said. */
export function checkPolicies(
  { built, images }: Pick<Lowered, "built" | "images">,
  level: PolicyLevel,
  isAccepted: (built: Built, code: AcceptableCode) => boolean,
  reporter: Reporter,
): void {
  const levels = policyLevels.slice(0, policyLevels.indexOf(level) + 1);
  const report = (one: Built, { code, path, related, what }: Finding) => {
    if (isAccepted(one, code)) return;
    const { note = "", place } = related ?? {};
    const beside =
      place === undefined ? [] : [{ span: pointSpan(place.file, place.line, place.column), note }];
    reporter.report(code, one.origins.find(path), { resource: one.title, what }, beside);
  };
  const root = rootImages(images);
  for (const pod of podsOf(built))
    for (const policy of levels.flatMap((name) => podPolicies[name]))
      for (const finding of policy(pod, root)) report(pod.built, finding);
  for (const one of built)
    for (const finding of [...configFindings(one), ...ingressClassFindings(one), ...nodePortFindings(one)])
      report(one, finding);
  for (const { built: one, finding } of addressFindings(built)) report(one, finding);
  if (level === "default") return;
  for (const one of built)
    for (const finding of [
      ...accessFindings(one),
      ...trafficFindings(one),
      ...budgetFindings(one, built),
      ...scalingFindings(one),
    ])
      report(one, finding);
}

/** Images of the stack whose programs run as root where nobody says otherwise. Bases come before what stands on them. */
function rootImages(builds: readonly ImageBuild[]): ReadonlyMap<string, ImageBuild> {
  const isRoot = new Map<string, boolean>();
  for (const { config, from, name } of builds) {
    const inherited = from.kind === "image" ? isRoot.get(from.name) === true : true;
    isRoot.set(name, config.user === undefined ? inherited : ["0", "root"].includes(config.user));
  }
  return new Map(
    builds.filter(({ name }) => isRoot.get(name) === true).map((build) => [build.reference, build]),
  );
}

function accessFindings({ object, title }: Built): readonly Finding[] {
  if (object.kind === "ClusterRoleBinding" || object.kind === "RoleBinding") {
    const { roleRef } = object as unknown as { roleRef?: { name?: string } };
    return roleRef?.name === "cluster-admin" ? [{ code: "cluster-admin", path: "roleRef", what: title }] : [];
  }
  if (object.kind !== "Role" && object.kind !== "ClusterRole") return [];
  return ((object["rules"] ?? []) as readonly PolicyRule[]).flatMap((rule, index): readonly Finding[] => {
    const { apiGroups = [], resources = [], verbs = [] } = rule;
    const path = `rules[${index}]`;
    if ([...apiGroups, ...resources, ...verbs].includes("*"))
      return [{ code: "wildcard-permission" as const, path, what: title }];
    return powersOf(rule).map((what) => ({ code: "powerful-permission" as const, path, what }));
  });
}

/** What makes pods, by API group: whoever may create one of these chooses image, node and account of its pods. */
const podMakers: { readonly [group: string]: readonly string[] } = {
  "": ["pods", "replicationcontrollers"],
  apps: ["daemonsets", "deployments", "replicasets", "statefulsets"],
  batch: ["cronjobs", "jobs"],
};

/** Rights that lead to others. What is limited to named objects is what the author meant. */
function powersOf({
  apiGroups = [],
  resourceNames = [],
  resources = [],
  verbs = [],
}: PolicyRule): readonly string[] {
  if (resourceNames.length > 0) return [];
  const may = (resource: string, ...wanted: readonly string[]) =>
    resources.includes(resource) && wanted.some((verb) => verbs.includes(verb));
  const isCore = apiGroups.includes("");
  const makers = Object.entries(podMakers).flatMap(([group, kinds]) =>
    apiGroups.includes(group) ? kinds : [],
  );
  return [
    ...(isCore && may("secrets", "get", "list", "watch") ? ["may read every secret"] : []),
    ...(makers.some((kind) => may(kind, "create")) ? ["may make pods"] : []),
    ...(isCore && (may("pods/exec", "create", "get") || may("pods/attach", "create", "get"))
      ? ["may run programs in pods"]
      : []),
  ];
}

/** What is in plain text where many may read it: in a ConfigMap, or in a Secret that the stack's manifests hold. */
function configFindings({ exact, object }: Built): readonly Finding[] {
  const { apiVersion, data = {}, kind, stringData = {} } = object as KubeObject & ConfigData;
  const found = (path: string, what: string): Finding => ({
    code: "config-secret",
    path,
    what: `it has ${what}`,
  });
  const pathOf = (member: string, key: string) => (exact ? `${member}.${key}` : `${member}[${key}]`);
  if (apiVersion !== "v1") return [];
  if (kind === "Secret")
    return Object.entries({ data, stringData }).flatMap(([member, values]) =>
      Object.entries(values)
        .filter(([key, value]) => value !== "" && !key.endsWith(".crt")) // certificates are for everybody
        .map(([key]) => found(pathOf(member, key), key)),
    );
  if (kind !== "ConfigMap") return [];
  return Object.entries(data).flatMap(([key, value]) => {
    if (typeof value !== "string") return [];
    const setting = secretSetting(key, value);
    if (setting !== undefined) return [found(pathOf("data", key), `${setting} in ${key}`)];
    return speaksOfSecret(key, value) ? [found(pathOf("data", key), key)] : [];
  });
}

interface ConfigData {
  readonly data?: { readonly [key: string]: unknown };
  readonly stringData?: { readonly [key: string]: unknown };
}

function trafficFindings({ object, title }: Built): readonly Finding[] {
  if (object.kind !== "Ingress") return [];
  const { tls = [] } = (object["spec"] ?? {}) as { tls?: readonly unknown[] };
  return tls.length === 0 ? [{ code: "tls-missing", path: "spec", what: title }] : [];
}

/** A budget alone, and beside the number of pods where the stack says it. */
function budgetFindings({ object }: Built, all: readonly Built[]): readonly Finding[] {
  if (object.kind !== "PodDisruptionBudget") return [];
  const spec = (object["spec"] ?? {}) as Partial<PodDisruptionBudgetSpec>;
  const { maxUnavailable, minAvailable } = spec;
  const blocks = (path: string, what: string): readonly Finding[] => [{ code: "budget-blocks", path, what }];
  if (maxUnavailable === 0 || maxUnavailable === "0%")
    return blocks("spec.maxUnavailable", `lets ${maxUnavailable} pods be away`);
  if (minAvailable === "100%") return blocks("spec.minAvailable", "keeps 100% of the pods");
  if (minAvailable === undefined) return [];
  const workload = podsOf(all).find(
    (pod) =>
      pod.namespace === (object.metadata.namespace ?? "default") &&
      isReadable(spec.selector ?? {}) &&
      matchesLabels(spec.selector, pod.labels),
  );
  if (workload === undefined) return [];
  const scaler = all.find(
    (other) => other.object.kind === "HorizontalPodAutoscaler" && scales(other, workload.built),
  );
  const { replicas } = (workload.built.object["spec"] ?? {}) as { replicas?: number };
  const fewest = scaler === undefined ? replicas : fewestOf(scaler);
  return fewest !== undefined && podsIn(minAvailable, fewest) >= fewest
    ? blocks("spec.minAvailable", `keeps ${minAvailable} of ${fewest} pods`)
    : [];
}

/** A share of the pods counts up. Source: Kubernetes `getExpectedPodCount` of the disruption controller. */
function podsIn(amount: number | string, of: number): number {
  return typeof amount === "number" ? amount : Math.ceil((Number.parseInt(amount, 10) / 100) * of);
}

function scales({ object }: Built, { object: target }: Built): boolean {
  const { kind, name } =
    (object["spec"] as Partial<HorizontalPodAutoscalerSpec> | undefined)?.scaleTargetRef ?? {};
  const namespace = object.metadata.namespace ?? "default";
  return (
    kind === target.kind &&
    name === target.metadata.name &&
    namespace === (target.metadata.namespace ?? "default")
  );
}

function fewestOf({ object }: Built): number {
  return (object["spec"] as Partial<HorizontalPodAutoscalerSpec> | undefined)?.minReplicas ?? 1;
}

function scalingFindings(one: Built): readonly Finding[] {
  if (one.object.kind !== "HorizontalPodAutoscaler") return [];
  const { maxReplicas } = (one.object["spec"] ?? {}) as Partial<HorizontalPodAutoscalerSpec>;
  const fewest = fewestOf(one);
  if (fewest === maxReplicas)
    return [{ code: "autoscaler-fixed", path: "spec.maxReplicas", what: `${fewest}` }];
  return fewest < 2
    ? [{ code: "single-replica", path: "spec.minReplicas", what: `${one.title}, at its fewest,` }]
    : [];
}

/** The range is a flag of the API server's, so that no rule of the object itself knows it. */
function nodePortFindings({ object }: Built): readonly Finding[] {
  if (object.kind !== "Service" || object.apiVersion !== "v1") return [];
  const { ports = [] } = (object["spec"] ?? {}) as Partial<ServiceSpec>;
  return ports.flatMap(({ name, nodePort = 0, port, protocol = "TCP" }): readonly Finding[] =>
    nodePort === 0 || (nodePort >= nodePortRange.first && nodePort <= nodePortRange.last)
      ? []
      : [
          {
            code: "node-port-range",
            path: `spec.ports[${name ?? `${port},${protocol}`}].nodePort`,
            what: `its node port is ${nodePort}`,
          },
        ],
  );
}

/** Controllers still read it; the API has a field for it. */
function ingressClassFindings({ object }: Built): readonly Finding[] {
  const name = "kubernetes.io/ingress.class";
  return object.kind === "Ingress" && object.metadata.annotations?.[name] !== undefined
    ? [
        {
          code: "field-deprecated",
          path: `metadata.annotations[${name}]`,
          what: `the annotation ${name} is now spec.ingressClassName`,
        },
      ]
    : [];
}
