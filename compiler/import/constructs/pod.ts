import { fromData, type SourceMember, type SourceObject, type SourceValue } from "../program.js";
import { containerValue } from "./containers.js";
import {
  at,
  type ConstructContext,
  hasOnly,
  listAt,
  numberAt,
  refer,
  textAt,
  textMap,
  texts,
} from "./context.js";
import { duration, Members, objectOf, type Path } from "./members.js";
import { PodVolumeValues } from "./volumes.js";

export interface PodOptions {
  /** Where the pod's spec stands in its object. */
  readonly path: Path;
  /** What a StatefulSet makes for each pod. */
  readonly claimTemplates?: readonly unknown[];
  /** The workload has several pods, which infra keeps apart by itself. */
  readonly several: boolean;
}

/** What every construct with pods has. */
export function setPod(
  context: ConstructContext,
  members: Members,
  spec: unknown,
  options: PodOptions,
): void {
  const { path } = options;
  const volumes = new PodVolumeValues(context, spec, options.claimTemplates ?? []);
  const set = (name: string, value: SourceValue | undefined, ...from: Path) =>
    members.set(name, value, [...path, ...from]);
  const containers = (list: string, keep: (container: unknown) => boolean): SourceObject | undefined => {
    const found: SourceMember[] = listAt(spec, list).flatMap((container, index) =>
      keep(container)
        ? [
            {
              name: textAt(container, "name") ?? "",
              value: containerValue(context, volumes, container, [...path, list, index]),
            },
          ]
        : [],
    );
    return found.length === 0 ? undefined : { members: found };
  };
  const isSidecar = (container: unknown) => textAt(container, "restartPolicy") === "Always";
  members.set(
    "init",
    containers("initContainers", (container) => !isSidecar(container)),
  );
  members.set("sidecars", containers("initContainers", isSidecar));
  members.set("containers", containers("containers", () => true) ?? { members: [] });
  const grace = numberAt(spec, "terminationGracePeriodSeconds");
  if (grace !== 30) set("grace", duration(grace), "terminationGracePeriodSeconds");
  const account = context.find(
    "ServiceAccount",
    textAt(spec, "serviceAccountName") ?? textAt(spec, "serviceAccount"),
  );
  if (account?.isConstruct === true) set("account", refer(account.statement), "serviceAccountName");
  set("volumeGroup", numberAt(spec, "securityContext", "fsGroup"), "securityContext", "fsGroup");
  set("hostAliases", hostAliases(spec), "hostAliases");
  set("hostname", textAt(spec, "hostname"), "hostname");
  set("dns", dns(spec), "dnsConfig");
  if (at(spec, ["shareProcessNamespace"]) === true) set("shareProcesses", true, "shareProcessNamespace");
  const host = objectOf({
    network: at(spec, ["hostNetwork"]) === true ? true : undefined,
    processes: at(spec, ["hostPID"]) === true ? true : undefined,
    ipc: at(spec, ["hostIPC"]) === true ? true : undefined,
  });
  if (host.members.length > 0) set("host", host, "hostNetwork");
  const priority = context.find("PriorityClass", textAt(spec, "priorityClassName"), "");
  if (priority?.isConstruct === true) set("priority", refer(priority.statement), "priorityClassName");
  members.set("placement", placement(context, spec, options));
  set("pullSecrets", pullSecrets(context, spec), "imagePullSecrets");
  set("runtime", textAt(spec, "runtimeClassName"), "runtimeClassName");
  set("sysctls", sysctls(spec), "securityContext", "sysctls");
}

function hostAliases(spec: unknown): SourceObject | undefined {
  const list = listAt(spec, "hostAliases");
  const members = list.map((alias) => ({
    name: textAt(alias, "ip") ?? "",
    value: (texts(at(alias, ["hostnames"])) ?? []) as readonly SourceValue[],
  }));
  return members.length === 0 || new Set(members.map(({ name }) => name)).size < members.length
    ? undefined
    : { members };
}

function pullSecrets(context: ConstructContext, spec: unknown): readonly SourceValue[] | undefined {
  const list = listAt(spec, "imagePullSecrets").map((one) => {
    const name = textAt(one, "name") ?? "";
    const linked = context.find("Secret", name);
    return linked?.isConstruct === true ? refer(linked.statement) : name;
  });
  return list.length === 0 ? undefined : list;
}

function sysctls(spec: unknown): SourceObject | undefined {
  const members = listAt(spec, "securityContext", "sysctls").map((one) => ({
    name: textAt(one, "name") ?? "",
    value: textAt(one, "value") ?? "",
  }));
  return members.length === 0 ? undefined : { members };
}

function dns(spec: unknown): SourceObject | undefined {
  const policy = textAt(spec, "dnsPolicy");
  const config = at(spec, ["dnsConfig"]);
  const options = listAt(config, "options").map((option) => ({
    name: textAt(option, "name") ?? "",
    value: textAt(option, "value") ?? true,
  }));
  const members = objectOf({
    policy: policy === "ClusterFirst" ? undefined : policy,
    servers: texts(at(config, ["nameservers"])),
    searches: texts(at(config, ["searches"])),
    options: options.length === 0 ? undefined : { members: options },
  });
  return members.members.length === 0 ? undefined : members;
}

function placement(context: ConstructContext, spec: unknown, options: PodOptions): SourceObject | undefined {
  const members = new Members(context.comments);
  const from = (...path: Path) => [...options.path, ...path];
  const nodes = textMap(at(spec, ["nodeSelector"]));
  if (nodes !== undefined && Object.keys(nodes).length > 0)
    members.set("nodes", fromData(nodes), from("nodeSelector"));
  members.set("tolerates", tolerations(spec), from("tolerations"));
  const spread = listAt(spec, "topologySpreadConstraints");
  if (spread.length > 0)
    members.set("spread", spreadValue(context, spread), from("topologySpreadConstraints"));
  else if (options.several && context.style === "infra") members.set("spread", "off");
  const affinity = at(spec, ["affinity"]);
  if (affinity !== undefined && affinity !== null)
    members.set("affinity", fromData(affinity), from("affinity"));
  return members.ifAny;
}

/** Infra's own constraint needs no words where it is the usual one, and one where it is not. */
function spreadValue({ object, style }: ConstructContext, list: readonly unknown[]): SourceValue | undefined {
  const [only] = list;
  const isOwn =
    list.length === 1 &&
    style === "infra" &&
    numberAt(only, "maxSkew") === 1 &&
    textAt(only, "whenUnsatisfiable") === "ScheduleAnyway" &&
    textAt(only, "labelSelector", "matchLabels", "app.kubernetes.io/name") === object.metadata.name;
  const key = textAt(only, "topologyKey");
  if (isOwn && key === "kubernetes.io/hostname")
    return (numberAt(object, "spec", "replicas") ?? 1) > 1 ? undefined : "nodes";
  if (isOwn && key === "topology.kubernetes.io/zone") return "zones";
  return fromData(list);
}

function tolerations(spec: unknown): readonly SourceValue[] | undefined {
  const list = listAt(spec, "tolerations");
  if (list.length === 0) return undefined;
  const values: SourceValue[] = [];
  for (const one of list) {
    const value = textAt(one, "value");
    const operator = textAt(one, "operator") ?? "Equal";
    if ((operator === "Exists") !== (value === undefined)) return undefined;
    if (!hasOnly(one, "key", "operator", "value", "effect", "tolerationSeconds")) return undefined;
    values.push(
      objectOf({
        key: textAt(one, "key"),
        value,
        effect: textAt(one, "effect"),
        for: duration(at(one, ["tolerationSeconds"])),
      }),
    );
  }
  return values;
}
