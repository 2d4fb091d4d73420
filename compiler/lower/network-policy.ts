import type {
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from "../../stdlib/kubernetes/generated/networking-v1.js";
import type { Authored, Resource } from "../model/authored.js";
import { type Built, Origins } from "./built.js";
import { describedMetadata } from "./config.js";
import { defined } from "./container.js";
import { checkNamespace, type LowerContext, namespaceOf, resourceOf, textMapOf } from "./context.js";
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
  const origins = new Origins();
  origins.set("", resource.call);
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
  const ports = policyPorts(context, resource, workload, portsOf);
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
          : rules(context, resource, from).map((peers) => defined({ from: peers, ports })),
      egress:
        to === undefined
          ? undefined
          : [
              ...rules(context, resource, to).map((peers) => defined({ to: peers })),
              ...(dns ? [{ ports: [...dnsPorts] }] : []),
            ],
    }),
  };
  return patched(context, resource, object, origins);
}

function policyPorts(
  context: LowerContext,
  resource: Resource,
  workload: Resource | undefined,
  portsOf: PortsOf,
): NetworkPolicyPort[] | undefined {
  const names = resource.spec.get("ports")?.items();
  if (names === undefined || workload === undefined) return undefined;
  const known = portsOf(workload);
  return names.flatMap((name) => {
    const port = known.get(name.text ?? "");
    if (port !== undefined) return [{ protocol: port.protocol, port: name.text ?? "" }];
    context.reporter.report("port-name-unknown", name.span, {
      workload: workload.title,
      port: name.text ?? "",
      known: [...known.keys()].sort(),
    });
    return [];
  });
}

/** No rule allows nothing; a rule without peers allows everyone. */
function rules(
  context: LowerContext,
  resource: Resource,
  peers: Authored,
): readonly (NetworkPolicyPeer[] | undefined)[] {
  const items = peers.items();
  if (items.length === 0) return [];
  if (items.some(({ text }) => text === "anywhere")) return [undefined];
  return [items.map((item) => peerOf(context, resource, item))];
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
