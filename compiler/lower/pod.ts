import { createHash } from "node:crypto";
import { stableStringify } from "../../stdlib/base/json.js";
import type {
  Affinity,
  Container,
  Pod,
  PodAffinityTerm,
  PodSpec,
  Toleration,
  TopologySpreadConstraint,
} from "../../stdlib/kubernetes/generated/core-v1.js";
import { configHashPrefix, secretRevisionPrefix } from "../../stdlib/schema/bundle.js";
import type { ObjectMeta } from "../../stdlib/schema/objects.js";
import type { Authored, Resource } from "../model/authored.js";
import type { Built, Origins } from "./built.js";
import { byName, describedMetadata, originsOf } from "./config.js";
import { defined, lowerContainer, type PodParts, unlessBare, unlessEmpty } from "./container.js";
import {
  checkNamespace,
  isPlain,
  type LowerContext,
  nameOf,
  type PortSpec,
  resourceOf,
  secondsOf,
  textMapOf,
  textsOf,
} from "./context.js";
import type { LoweredImages } from "./images.js";
import { patched } from "./patch.js";
import { noVolumes, type PodVolumes } from "./volumes.js";
import { podLabels } from "./workload-of.js";

/** Stands where `up` writes the Secret's revision; the value is unknown to the compiler. */
const pendingRevision = "pending";
const hostnameKey = "kubernetes.io/hostname";
const zoneKey = "topology.kubernetes.io/zone";

export interface LoweredWorkload extends Built {
  readonly ports: ReadonlyMap<string, PortSpec>;
  /** Objects that it cannot do without. */
  readonly beside?: readonly Built[];
}

/** Data of a ConfigMap as lowered, for the hash of keys that only a restart renews. */
export type ConfigData = (config: Resource) => { readonly [key: string]: string };

export interface LoweredPod {
  readonly spec: PodSpec;
  readonly labels: { [key: string]: string };
  readonly templateAnnotations: { [key: string]: string };
  readonly origins: Origins;
  readonly ports: ReadonlyMap<string, PortSpec>;
  readonly volumes: PodVolumes;
}

export interface PodPlace {
  /** Where the pod's template stands in its object; `""` for a Pod itself. */
  readonly template: string;
  /** Whether there are several of its kind, to be kept apart. */
  readonly several: boolean;
}

export function lowerPodObject(
  context: LowerContext,
  resource: Resource,
  images: LoweredImages,
  configData: ConfigData,
): LoweredWorkload {
  const pod = lowerPod(context, resource, images, configData, { template: "", several: false });
  const restart = pod.origins.take(resource.spec, "restart", "spec.restartPolicy")?.text;
  const described = describedMetadata(context, resource);
  const object: Pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: defined({
      ...described,
      annotations: unlessBare({ ...described.annotations, ...pod.templateAnnotations }),
    }),
    spec: { ...pod.spec, restartPolicy: (restart as "Always" | undefined) ?? "Always" },
  };
  refuseClaimsPerPod(context, resource, pod.volumes);
  return { ...patched(context, resource, object, pod.origins), ports: pod.ports };
}

export function templateMetadata({ labels, templateAnnotations }: LoweredPod): ObjectMeta {
  return defined({ labels, annotations: unlessBare(templateAnnotations) });
}

/** Only a StatefulSet numbers its pods, so only there has each storage of its own. */
export function refuseClaimsPerPod(context: LowerContext, resource: Resource, { perPod }: PodVolumes): void {
  for (const value of perPod.values())
    context.reporter.report("field-type", value.span, {
      resource: resource.title,
      path: "mounts",
      expected: "another volume: claimPerPod is for a statefulSet",
    });
}

export function lowerPod(
  context: LowerContext,
  resource: Resource,
  images: LoweredImages,
  configData: ConfigData,
  place: PodPlace,
): LoweredPod {
  const origins = originsOf(resource);
  const { spec } = resource;
  const path = place.template === "" ? "spec" : `${place.template}.spec`;
  const parts: PodParts = {
    resource,
    title: resource.title,
    path,
    origins,
    images,
    volumes: noVolumes(),
    ports: new Map(),
    secretsRead: new Set(),
    keysRead: new Map(),
  };
  const take = (member: string, to: string) => origins.take(spec, member, `${path}.${to}`);
  origins.set(`${path}.containers`, spec.get("containers") ?? spec);
  const containers = (spec.get("containers")?.entries() ?? []).map(([name, container]) =>
    lowerContainer(context, parts, "containers", name, container),
  );
  const initContainers: Container[] = [
    ...(spec.get("sidecars")?.entries() ?? []).map(([name, container]) => ({
      ...lowerContainer(context, parts, "initContainers", name, container),
      restartPolicy: "Always" as const,
    })),
    ...(spec.get("init")?.entries() ?? []).map(([name, container]) =>
      lowerContainer(context, parts, "initContainers", name, container),
    ),
  ];
  const account = lowerAccount(context, resource, take("account", "serviceAccountName"));
  const plain = isPlain(resource);
  const placement = spec.get("placement");
  origins.set(`${path}.topologySpreadConstraints`, placement?.get("spread"));
  return {
    spec: defined({
      containers,
      initContainers: unlessEmpty(initContainers),
      volumes: unlessEmpty([...parts.volumes.byIdentity.values()]),
      terminationGracePeriodSeconds: secondsOf(take("grace", "terminationGracePeriodSeconds")) ?? 30,
      ...account,
      enableServiceLinks: plain ? undefined : false,
      hostAliases: unlessEmpty(hostAliasesOf(take("hostAliases", "hostAliases"), origins, path)),
      hostname: take("hostname", "hostname")?.text,
      ...dnsOf(take("dns", "dnsConfig"), origins, path),
      ...hostOf(origins, path, spec.get("host")),
      shareProcessNamespace:
        take("shareProcesses", "shareProcessNamespace")?.value === true ? true : undefined,
      nodeSelector: textMapOf(
        placement === undefined ? undefined : origins.take(placement, "nodes", `${path}.nodeSelector`),
      ),
      tolerations: unlessEmpty(tolerationsOf(placement, origins, path)),
      topologySpreadConstraints: unlessEmpty(
        spreadOf(resource, placement?.get("spread"), place.several && !plain, origins, path),
      ),
      affinity: affinityOf(context, origins, path, placement),
      imagePullSecrets: unlessEmpty(
        pullSecretsOf(context, resource, take("pullSecrets", "imagePullSecrets")),
      ),
      runtimeClassName: nameOf(context, take("runtime", "runtimeClassName")),
      priorityClassName: nameOf(context, take("priority", "priorityClassName")),
      securityContext: unlessBare(
        defined({
          fsGroup: take("volumeGroup", "securityContext.fsGroup")?.number,
          sysctls: unlessEmpty(sysctlsOf(take("sysctls", "securityContext.sysctls"), origins, path)),
          seccompProfile: plain ? undefined : { type: "RuntimeDefault" as const },
        }),
      ),
    }),
    labels: { ...describedMetadata(context, resource).labels, ...textMapOf(spec.get("selector")) },
    templateAnnotations: plain ? {} : restartAnnotations(parts, configData),
    origins,
    ports: parts.ports,
    volumes: parts.volumes,
  };
}

/** The token is there for those who may do something with it. */
function lowerAccount(
  context: LowerContext,
  resource: Resource,
  value: Authored | undefined,
): Partial<PodSpec> {
  const account = resourceOf(context, value, "serviceAccount");
  const plain = isPlain(resource);
  if (account === undefined) return plain ? {} : { automountServiceAccountToken: false };
  checkNamespace(context, resource, account, value?.span);
  if (plain) return { serviceAccountName: account.name };
  const may = account.spec.get("may") !== undefined || account.spec.get("mayEverywhere") !== undefined;
  return { serviceAccountName: account.name, automountServiceAccountToken: may };
}

function hostAliasesOf(aliases: Authored | undefined, origins: Origins, path: string) {
  return (aliases?.entries() ?? []).map(([ip, names], index) => {
    origins.setKey(`${path}.hostAliases[${index}].ip`, names);
    origins.set(`${path}.hostAliases[${index}].hostnames`, names);
    return { ip, hostnames: textsOf(names) ?? [] };
  });
}

/** The kubelet takes credentials from Secrets of these types alone. Source: Kubernetes `MakeDockerKeyring`. */
const pullTypes = ["kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"];

function pullSecretsOf(context: LowerContext, resource: Resource, value: Authored | undefined) {
  return (value?.items() ?? []).map((item, index) => {
    const secret = resourceOf(context, item, "secret");
    if (secret !== undefined) {
      checkNamespace(context, resource, secret, item.span);
      if (!pullTypes.includes(secret.options?.get("type")?.text ?? ""))
        context.reporter.report("field-type", item.span, {
          ...{ resource: resource.title, path: `pullSecrets[${index}]` },
          expected: `a Secret of type "${pullTypes[0]}"`,
        });
    }
    return { name: nameOf(context, item) ?? "" };
  });
}

function sysctlsOf(sysctls: Authored | undefined, origins: Origins, path: string) {
  return (sysctls?.entries() ?? []).map(([name, value]) => {
    origins.set(`${path}.securityContext.sysctls[${name}]`, value);
    return { name, value: String(value.value) };
  });
}

function dnsOf(dns: Authored | undefined, origins: Origins, path: string): Partial<PodSpec> {
  if (dns === undefined) return {};
  const take = (member: string, to: string) => origins.take(dns, member, `${path}.${to}`);
  const policy = take("policy", "dnsPolicy")?.text as PodSpec["dnsPolicy"];
  const options = (take("options", "dnsConfig.options")?.entries() ?? []).map(([name, option]) => {
    origins.set(`${path}.dnsConfig.options[${name}]`, option);
    return option.value === true ? { name } : { name, value: String(option.value) };
  });
  const config = defined({
    nameservers: textsOf(take("servers", "dnsConfig.nameservers")),
    searches: textsOf(take("searches", "dnsConfig.searches")),
    options: unlessEmpty(options),
  });
  return defined({ dnsPolicy: policy, dnsConfig: unlessBare(config) }) as Partial<PodSpec>;
}

const hostNamespaces = { network: "hostNetwork", processes: "hostPID", ipc: "hostIPC" } as const;

function hostOf(origins: Origins, path: string, host: Authored | undefined): Partial<PodSpec> {
  if (host === undefined) return {};
  const shared = Object.entries(hostNamespaces).filter(
    ([name, field]) => origins.take(host, name, `${path}.${field}`)?.value === true,
  );
  return Object.fromEntries(shared.map(([, field]) => [field, true]));
}

function tolerationsOf(placement: Authored | undefined, origins: Origins, path: string): Toleration[] {
  const list =
    placement === undefined ? undefined : origins.take(placement, "tolerates", `${path}.tolerations`);
  return (list?.items() ?? []).map((item, index) => {
    const at = `${path}.tolerations[${index}]`;
    origins.set(at, item);
    const take = (member: string, to: string) => origins.take(item, member, `${at}.${to}`);
    const value = take("value", "value")?.text;
    if (value !== undefined) take("value", "operator");
    take("for", "effect"); // asks for one
    return defined({
      key: take("key", "key")?.text,
      operator: value === undefined ? ("Exists" as const) : ("Equal" as const),
      value,
      effect: take("effect", "effect")?.text as Toleration["effect"],
      tolerationSeconds: secondsOf(take("for", "tolerationSeconds")),
    }) as Toleration;
  });
}

/** Several pods of one kind are kept apart where that is possible: none waits because it is not. */
function spreadOf(
  resource: Resource,
  spread: Authored | undefined,
  several: boolean,
  origins: Origins,
  path: string,
): TopologySpreadConstraint[] {
  if (Array.isArray(spread?.value)) {
    origins.setAll(`${path}.topologySpreadConstraints`, spread);
    return spread.data as TopologySpreadConstraint[];
  }
  const wish = spread?.text ?? (several ? "nodes" : "off");
  if (wish === "off") return [];
  return [
    {
      maxSkew: 1,
      topologyKey: wish === "zones" ? zoneKey : hostnameKey,
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: podLabels(resource) },
    },
  ];
}

function affinityOf(
  context: LowerContext,
  origins: Origins,
  path: string,
  placement: Authored | undefined,
): Affinity | undefined {
  if (placement === undefined) return undefined;
  const written = placement.get("affinity");
  if (written !== undefined) origins.setAll(`${path}.affinity`, written);
  const exact = (written?.data ?? {}) as Affinity;
  const terms = (name: "near" | "apart", field: string): PodAffinityTerm[] => {
    const list = origins.take(placement, name, `${path}.affinity.${field}`);
    return (list?.items() ?? []).flatMap((item) => {
      const workload = item.resource === undefined ? undefined : context.model.resources[item.resource];
      return workload === undefined
        ? []
        : [{ topologyKey: hostnameKey, labelSelector: { matchLabels: podLabels(workload) } }];
    });
  };
  const required = "requiredDuringSchedulingIgnoredDuringExecution";
  const [near, apart] = [terms("near", "podAffinity"), terms("apart", "podAntiAffinity")];
  const joined: Affinity = defined({
    ...exact,
    podAffinity: withTerms(exact.podAffinity, near),
    podAntiAffinity: withTerms(exact.podAntiAffinity, apart),
  });
  return unlessBare(joined);

  function withTerms<A extends { [required]?: PodAffinityTerm[] }>(
    of: A | undefined,
    more: PodAffinityTerm[],
  ) {
    return more.length === 0 ? of : { ...of, [required]: [...(of?.[required] ?? []), ...more] };
  }
}

/** What is read through the environment only changes with a new pod: its hash or revision is part of the template. */
function restartAnnotations(parts: PodParts, configData: ConfigData): { [key: string]: string } {
  const annotations: { [key: string]: string } = {};
  const read = [...parts.keysRead]
    .map(([config, keys]) => [config.name, { config, keys }] as const)
    .sort(byName);
  for (const [name, { config, keys }] of read) {
    const data = configData(config);
    const values = Object.fromEntries([...keys].sort().map((key) => [key, data[key] ?? null]));
    annotations[`${configHashPrefix}${name}`] = createHash("sha256")
      .update(stableStringify(values))
      .digest("hex")
      .slice(0, 16);
  }
  for (const name of [...parts.secretsRead].sort())
    annotations[`${secretRevisionPrefix}${name}`] = pendingRevision;
  return annotations;
}
