import type { SourceValue } from "../program.js";
import {
  at,
  type Construct,
  type ConstructContext,
  hasOnly,
  listAt,
  numberAt,
  refer,
  textAt,
  textMap,
} from "./context.js";
import { Members, objectOf } from "./members.js";
import { workloadWith } from "./targets.js";
import { setDescribed } from "./workloads.js";

const namespaceName = "kubernetes.io/metadata.name";

/** Who may call whom, where one list of peers says it. */
export const networkPolicy: Construct = (context) => {
  const { comments, object } = context;
  const selector = at(object, ["spec", "podSelector"]);
  const labels = labelsOf(selector);
  if (labels === undefined) return undefined;
  const isAll = Object.keys(labels).length === 0;
  const workload = isAll ? undefined : workloadWith(context, labels);
  if (!isAll && workload === undefined) return undefined;
  const members = new Members(comments);
  members.set("of", workload === undefined ? "all" : refer(workload.statement), ["spec", "podSelector"]);

  const ingress = rulesOf(object, "ingress");
  if (ingress !== undefined) {
    const [only] = ingress;
    const common = ingress.length === 1 ? portsOf(only) : [];
    const peers = common === undefined ? undefined : peersOf(context, ingress, "from", common.length > 0);
    if (common === undefined || peers === undefined) return undefined;
    members.set("from", peers, ["spec", "ingress"]);
    if (common.length > 0) members.set("ports", common);
  }
  const egress = rulesOf(object, "egress");
  if (egress !== undefined) {
    const others = egress.filter((rule) => !isDns(rule));
    const peers = peersOf(context, others, "to", false);
    if (peers === undefined) return undefined;
    members.set("to", peers, ["spec", "egress"]);
    if (others.length === egress.length) members.set("dns", false);
  }
  setDescribed(context, members, textMap(object.metadata.labels));
  return { call: ["networkPolicy"], arguments: [object.metadata.name ?? "", members.object] };
};

/** Rules of a direction that is decided on. Source: NetworkPolicySpec, `policyTypes`. */
function rulesOf(object: unknown, direction: "ingress" | "egress"): readonly unknown[] | undefined {
  const types = listAt(object, "spec", "policyTypes");
  const said = at(object, ["spec", direction]);
  const isDecided =
    types.length === 0
      ? direction === "ingress" || said !== undefined
      : types.some((type) => String(type).toLowerCase() === direction);
  return isDecided ? listAt(object, "spec", direction) : undefined;
}

/** Whom the rules name, each with the ports of its rule unless those are said once for all. */
function peersOf(
  context: ConstructContext,
  rules: readonly unknown[],
  member: "from" | "to",
  isPortsSaid: boolean,
): readonly SourceValue[] | undefined {
  const peers = rules.flatMap((rule): readonly (SourceValue | undefined)[] => {
    const ports = isPortsSaid ? [] : portsOf(rule);
    if (ports === undefined || !hasOnly(rule, member, "ports")) return [undefined];
    const list = listAt(rule, member);
    const named = list.length === 0 ? ["anywhere"] : list.map((peer) => peerOf(context, peer));
    return ports.length === 0
      ? named
      : named.map((of) => (of === undefined ? undefined : objectOf({ of, ports })));
  });
  return peers.every((peer) => peer !== undefined) ? peers : undefined;
}

/** By name, or by number with the protocol; a range has no word here. */
function portsOf(rule: unknown): readonly (string | number)[] | undefined {
  const ports = listAt(rule, "ports").map((port) => {
    const protocol = textAt(port, "protocol") ?? "TCP";
    const number = numberAt(port, "port");
    if (!hasOnly(port, "port", "protocol")) return undefined;
    if (number === undefined) return textAt(port, "port");
    return protocol === "TCP" ? number : `${number}/${protocol}`;
  });
  return ports.every((port) => port !== undefined) ? ports : undefined;
}

function peerOf(context: ConstructContext, peer: unknown): SourceValue | undefined {
  const range = textAt(peer, "ipBlock", "cidr");
  if (range !== undefined)
    return hasOnly(peer, "ipBlock") && hasOnly(at(peer, ["ipBlock"]), "cidr") ? range : undefined;
  const elsewhere = at(peer, ["namespaceSelector"]);
  const within = elsewhere === undefined ? undefined : namespaceOf(context, elsewhere);
  if (elsewhere !== undefined && within === undefined) return undefined;
  const selector = at(peer, ["podSelector"]);
  if (selector === undefined)
    return within !== undefined && "variable" in (within as object) ? within : undefined;
  const labels = labelsOf(selector);
  if (labels === undefined) return undefined;
  const workload = elsewhere === undefined ? workloadWith(context, labels) : undefined;
  if (workload !== undefined) return refer(workload.statement);
  return objectOf({ pods: objectOf(labels), namespace: within });
}

/** A namespace of the import, or the labels of some. */
function namespaceOf(context: ConstructContext, selector: unknown): SourceValue | undefined {
  const labels = labelsOf(selector);
  if (labels === undefined) return undefined;
  const { [namespaceName]: name, ...others } = labels;
  const linked =
    name === undefined || Object.keys(others).length > 0 ? undefined : context.find("Namespace", name, "");
  return linked?.isConstruct === true ? refer(linked.statement) : objectOf(labels);
}

/** A selector of labels alone; expressions have no word here. */
function labelsOf(selector: unknown): { readonly [name: string]: string } | undefined {
  if (!hasOnly(selector, "matchLabels")) return undefined;
  const labels = at(selector, ["matchLabels"]);
  return labels === undefined ? {} : textMap(labels);
}

/** The rule that `dns` stands for: port 53 of anyone. */
function isDns(rule: unknown): boolean {
  const ports = listAt(rule, "ports");
  const protocols = ports.map((port) => textAt(port, "protocol") ?? "TCP").sort();
  return (
    hasOnly(rule, "ports") &&
    ports.every((port) => numberAt(port, "port") === 53) &&
    protocols.join() === "TCP,UDP"
  );
}
