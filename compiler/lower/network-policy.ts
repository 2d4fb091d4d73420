import type {
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from "../../stdlib/kubernetes/generated/networking-v1.js";
import type { Authored, Resource } from "../model/authored.js";
import type { Built, Origins } from "./built.js";
import { describedMetadata, originsOf } from "./config.js";
import { defined } from "./container.js";
import {
  checkNamespace,
  type LowerContext,
  namespaceOf,
  type PortSpec,
  portOf,
  portTarget,
  resourceOf,
  textMapOf,
} from "./context.js";
import { patched } from "./patch.js";
import type { PortsOf } from "./service.js";
import { kindOf, podLabels } from "./workload-of.js";

/** Label that every namespace has, with its name. Source: Kubernetes, "Automatic labelling". */
const namespaceLabel = "kubernetes.io/metadata.name";
const dnsPorts: readonly NetworkPolicyPort[] = [
  { protocol: "UDP", port: 53 },
  { protocol: "TCP", port: 53 },
];

export function lowerNetworkPolicy(context: LowerContext, resource: Resource, portsOf: PortsOf): Built {
  const origins = originsOf(resource);
  const { spec } = resource;
  const take = (member: string, to: string) => origins.take(spec, member, `spec.${to}`);
  const value = take("of", "podSelector");
  const found = value?.resource === undefined ? undefined : context.model.resources[value.resource];
  const workload = found !== undefined && kindOf(found) !== undefined ? found : undefined;
  if (workload !== undefined) checkNamespace(context, resource, workload, value?.span);
  const from = take("from", "ingress");
  const to = take("to", "egress");
  if (from === undefined && to === undefined)
    context.reporter.report("field-missing", spec.span, { resource: resource.title, path: "from" });
  const own = () =>
    workload === undefined ? portsOfAll(context, resource, portsOf) : portsOfOne(workload, portsOf);
  const common = policyPorts(context, resource, commonPorts(context, resource, from), "ports", own);
  const dns = spec.get("dns")?.value !== false;
  const object: NetworkPolicy = {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: describedMetadata(context, resource),
    spec: defined({
      podSelector: workload === undefined ? {} : { matchLabels: podLabels(workload) },
      policyTypes: [
        ...(from === undefined ? [] : ["Ingress" as const]),
        ...(to === undefined ? [] : ["Egress" as const]),
      ],
      ingress:
        from === undefined
          ? undefined
          : rulesOf(from, common, (entry, path) =>
              policyPorts(context, resource, entry.get("ports"), `from${path}.ports`, own),
            ).map(({ peers, ports }, index) =>
              defined({
                from: peersOf(context, resource, peers, origins, `spec.ingress[${index}].from`),
                ports,
              }),
            ),
      egress:
        to === undefined
          ? undefined
          : [
              ...rulesOf(to, undefined, (entry, path) => {
                const called = calledWorkload(context, entry);
                const known = () => (called === undefined ? undefined : portsOfOne(called, portsOf));
                return policyPorts(context, resource, entry.get("ports"), `to${path}.ports`, known);
              }).map(({ peers, ports }, index) =>
                defined({
                  to: peersOf(context, resource, peers, origins, `spec.egress[${index}].to`),
                  ports,
                }),
              ),
              ...(dns ? [{ ports: [...dnsPorts] }] : []),
            ],
    }),
  };
  return patched(context, resource, object, origins);
}

/** Ports by name, and of whom they are. */
interface NamedPorts {
  readonly owner: string;
  readonly byName: ReadonlyMap<string, readonly PortSpec[]>;
}

function portsOfOne(workload: Resource, portsOf: PortsOf): NamedPorts {
  const byName = [...portsOf(workload)].map(([name, port]) => [name, [port]] as const);
  return { owner: workload.title, byName: new Map(byName) };
}

/** A name may be of ports of several protocols: the pods of a namespace are many. */
function portsOfAll(context: LowerContext, resource: Resource, portsOf: PortsOf): NamedPorts {
  const home = namespaceOf(context, resource);
  const byName = new Map<string, readonly PortSpec[]>();
  const isNeighbour = (one: Resource) =>
    one.included && kindOf(one) !== undefined && namespaceOf(context, one) === home;
  if (resource.spec.get("of")?.text === "all")
    for (const workload of context.model.resources.filter(isNeighbour))
      for (const [name, port] of portsOf(workload)) {
        const known = byName.get(name) ?? [];
        if (!known.some(({ protocol }) => protocol === port.protocol)) byName.set(name, [...known, port]);
      }
  return { owner: `namespace "${home}"`, byName };
}

function calledWorkload({ model }: LowerContext, entry: Authored): Resource | undefined {
  const index = entry.get("of")?.resource;
  const found = index === undefined ? undefined : model.resources[index];
  return found !== undefined && kindOf(found) !== undefined ? found : undefined;
}

/** Ports of all of `from`. Where nobody is let in by them they would be left out without a word. */
function commonPorts(
  { reporter }: LowerContext,
  { spec, title }: Resource,
  from: Authored | undefined,
): Authored | undefined {
  const ports = spec.get("ports");
  const peers = from?.items() ?? [];
  const isUsed =
    from !== undefined && (peers.length === 0 || peers.some((peer) => peer.get("of") === undefined));
  if (ports === undefined || isUsed) return ports;
  reporter.report("field-unknown", ports.keySpan, {
    ...{ resource: title, path: "ports", known: [] },
    where: from === undefined ? ' without "from"' : ', since each of "from" has its own',
    ...(from === undefined ? { instead: `to: [{ of: …, ports: ${JSON.stringify(ports.data)} }]` } : {}),
  });
  return undefined;
}

/** @param namedPorts - of those who are called, where they are of the stack. */
function policyPorts(
  context: LowerContext,
  resource: Resource,
  written: Authored | undefined,
  path: string,
  namedPorts: () => NamedPorts | undefined,
): NetworkPolicyPort[] | undefined {
  if (written === undefined || !Array.isArray(written.value)) return undefined;
  const wrong = (at: Authored, where: string, expected: string) =>
    context.reporter.report("field-type", at.span, { resource: resource.title, path: where, expected });
  // Kubernetes takes an empty list for all ports, which nobody means by it.
  if (written.items().length === 0) wrong(written, path, "a list of ports, or left out for all of them");
  const known = namedPorts();
  return written.items().flatMap((item, index): NetworkPolicyPort[] => {
    const name = String(item.value);
    const named = item.text === undefined ? undefined : known?.byName.get(name);
    if (named !== undefined) return named.map(({ protocol }) => ({ protocol, port: portTarget(name) }));
    if (/^\d+(\/(TCP|UDP|SCTP))?$/.test(name)) {
      const port = portOf(context, item);
      return port === undefined ? [] : [{ ...port }];
    }
    if (known === undefined)
      wrong(item, `${path}[${index}]`, 'a port such as 8080 or "53/UDP": names are those of a workload');
    else
      context.reporter.report("port-name-unknown", item.span, {
        ...{ workload: known.owner, port: name, known: [...known.byName.keys()].sort() },
      });
    return [];
  });
}

interface Rule {
  readonly peers: Authored[];
  readonly ports: NetworkPolicyPort[] | undefined;
}

/** Peers that share their ports are one rule. No rule allows nothing. */
function rulesOf(
  written: Authored,
  common: NetworkPolicyPort[] | undefined,
  portsOfEntry: (entry: Authored, path: string) => NetworkPolicyPort[] | undefined,
): readonly Rule[] {
  const rules = new Map<string, Rule>();
  for (const [index, item] of written.items().entries()) {
    const of = item.get("of");
    const ports = of === undefined ? common : portsOfEntry(item, `[${index}]`);
    const key = JSON.stringify(ports ?? null);
    const rule = rules.get(key) ?? { peers: [], ports };
    rule.peers.push(of ?? item);
    rules.set(key, rule);
  }
  return [...rules.values()];
}

/** A rule without peers allows everyone. */
function peersOf(
  context: LowerContext,
  resource: Resource,
  peers: readonly Authored[],
  origins: Origins,
  path: string,
): NetworkPolicyPeer[] | undefined {
  if (peers.some(({ text }) => text === "anywhere")) return undefined;
  return peers.map((item, index) => {
    const at = `${path}[${index}]`;
    origins.set(at, item);
    origins.take(item, "pods", `${at}.podSelector.matchLabels`);
    origins.take(item, "namespace", `${at}.namespaceSelector.matchLabels`);
    return peerOf(context, resource, item);
  });
}

function peerOf(context: LowerContext, resource: Resource, item: Authored): NetworkPolicyPeer {
  if (item.text !== undefined) return { ipBlock: { cidr: item.text } };
  const namespace = resourceOf(context, item, "namespace");
  if (namespace !== undefined) return { namespaceSelector: inNamespace(namespace.name) };
  const workload = item.resource === undefined ? undefined : context.model.resources[item.resource];
  if (workload !== undefined) {
    const home = namespaceOf(context, workload);
    return defined({
      namespaceSelector: home === namespaceOf(context, resource) ? undefined : inNamespace(home),
      podSelector: { matchLabels: podLabels(workload) },
    });
  }
  const of = item.get("namespace");
  const named = resourceOf(context, of, "namespace");
  const labels = textMapOf(item.get("pods")) ?? {};
  return defined({
    namespaceSelector:
      named !== undefined
        ? inNamespace(named.name)
        : of === undefined
          ? undefined
          : { matchLabels: textMapOf(of) ?? {} },
    podSelector: Object.keys(labels).length === 0 ? {} : { matchLabels: labels },
  });
}

function inNamespace(name: string) {
  return { matchLabels: { [namespaceLabel]: name } };
}
