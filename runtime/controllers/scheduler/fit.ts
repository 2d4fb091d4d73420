import { parseQuantity } from "../../../stdlib/base/quantity.js";
import type { Node, Pod } from "../kinds.js";
import { isFinished } from "../pods.js";

/** Whether a pod may run on a node. Pure; reasons read as upstream's filters write them. */

/** Thousandths of a core, and bytes times a thousand: quantities are compared exactly. */
interface Amount {
  readonly cpu: bigint;
  readonly memory: bigint;
}

/** @returns why the node is refused, empty when it fits. `placed` are the pods already on the node. */
export function reasonsAgainst(pod: Pod, node: Node, placed: readonly Pod[]): readonly string[] {
  return [
    ...(node.spec?.unschedulable === true && !toleratesUnschedulable(pod)
      ? ["node(s) were unschedulable"]
      : []),
    ...(isNodeReady(node) ? [] : ["node(s) were not ready"]),
    ...untoleratedTaints(pod, node),
    ...(matchesNodeSelector(pod, node) ? [] : ["node(s) didn't match Pod's node affinity/selector"]),
    ...(hasPortConflict(pod, placed) ? ["node(s) didn't have free ports for the requested pod ports"] : []),
    ...resourceReasons(pod, node, placed),
  ];
}

function isNodeReady(node: Node): boolean {
  return (
    node.status?.conditions?.some(
      (condition) => condition.type === "Ready" && condition.status === "True",
    ) === true
  );
}

function toleratesUnschedulable(pod: Pod): boolean {
  return tolerates(pod, { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule", value: "" });
}

function untoleratedTaints(pod: Pod, node: Node): readonly string[] {
  const taints = (node.spec?.taints ?? []).filter((taint) => taint.effect !== "PreferNoSchedule");
  return taints.some((taint) => !tolerates(pod, taint)) ? ["node(s) had untolerated taint(s)"] : [];
}

function tolerates(pod: Pod, taint: { key: string; value?: string | undefined; effect: string }): boolean {
  return (pod.spec?.tolerations ?? []).some(
    (toleration) =>
      (!toleration.effect || toleration.effect === taint.effect) &&
      (toleration.key ? toleration.key === taint.key : toleration.operator === "Exists") &&
      (toleration.operator === "Exists" || (toleration.value ?? "") === (taint.value ?? "")),
  );
}

function matchesNodeSelector(pod: Pod, node: Node): boolean {
  return Object.entries(pod.spec?.nodeSelector ?? {}).every(
    ([label, value]) => node.metadata.labels?.[label] === value,
  );
}

function hasPortConflict(pod: Pod, placed: readonly Pod[]): boolean {
  const taken = new Set(placed.filter((other) => !isFinished(other)).flatMap(hostPorts));
  return hostPorts(pod).some((port) => taken.has(port));
}

function hostPorts(pod: Pod): readonly string[] {
  return (pod.spec?.containers ?? [])
    .flatMap((container) => container.ports ?? [])
    .filter((port) => port.hostPort !== undefined)
    .map((port) => `${port.protocol ?? "TCP"}:${port.hostPort}`);
}

function resourceReasons(pod: Pod, node: Node, placed: readonly Pod[]): readonly string[] {
  const running = placed.filter((other) => !isFinished(other));
  const allocatable = node.status?.allocatable ?? {};
  const used = running.map(requestsOf).reduce(add, { cpu: 0n, memory: 0n });
  const wanted = requestsOf(pod);
  const over = (resource: "cpu" | "memory") =>
    wanted[resource] > 0n && used[resource] + wanted[resource] > milli(allocatable[resource] ?? "0");
  return [
    ...(running.length + 1 > Number(allocatable["pods"] ?? 110) ? ["Too many pods"] : []),
    ...(over("cpu") ? ["Insufficient cpu"] : []),
    ...(over("memory") ? ["Insufficient memory"] : []),
  ];
}

/** Sum over containers; absent requests count as nothing. */
export function requestsOf(pod: Pod): Amount {
  return (pod.spec?.containers ?? [])
    .map((container) => ({
      cpu: milli(container.resources?.requests?.["cpu"] ?? "0"),
      memory: milli(container.resources?.requests?.["memory"] ?? "0"),
    }))
    .reduce(add, { cpu: 0n, memory: 0n });
}

function add(a: Amount, b: Amount): Amount {
  return { cpu: a.cpu + b.cpu, memory: a.memory + b.memory };
}

function milli(quantity: string | number): bigint {
  return parseQuantity(String(quantity)).milli();
}

/** `0/1 nodes are available: 1 Insufficient cpu.` Reasons sorted, each with how many nodes it holds for. */
export function describeRefusals(nodes: number, refusals: readonly (readonly string[])[]): string {
  const counts = new Map<string, number>();
  for (const reason of refusals.flat()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const list = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  return list.length === 0
    ? "no nodes available to schedule pods"
    : `0/${nodes} nodes are available: ${list.join(", ")}.`;
}
