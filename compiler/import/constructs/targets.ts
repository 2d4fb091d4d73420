import {
  at,
  type ConstructContext,
  type Linked,
  listAt,
  numberAt,
  portName,
  textAt,
  textMap,
} from "./context.js";

/** Kinds that a Service can send to. */
const workloadKinds = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod", "Job", "CronJob"];

/** The labels that a workload's pods have. */
function podLabels({ object }: Linked): { readonly [name: string]: string } {
  const path = {
    Pod: ["metadata", "labels"],
    CronJob: ["spec", "jobTemplate", "spec", "template", "metadata", "labels"],
  }[object.kind] ?? ["spec", "template", "metadata", "labels"];
  return textMap(at(object, path)) ?? {};
}

/** The first workload whose pods all have the labels; those written with a construct before others. */
export function workloadWith(
  { neighbours }: Pick<ConstructContext, "neighbours">,
  labels: { readonly [name: string]: string } | undefined,
): Linked | undefined {
  if (labels === undefined || Object.keys(labels).length === 0) return undefined;
  const found = neighbours.filter((linked) => {
    if (!workloadKinds.includes(linked.object.kind)) return false;
    const own = podLabels(linked);
    return Object.entries(labels).every(([name, text]) => own[name] === text);
  });
  return found.find(({ isConstruct }) => isConstruct) ?? found[0];
}

/** Ports of a workload's containers. */
function containerPorts({ object }: Linked): readonly unknown[] {
  const path = {
    Pod: ["spec"],
    CronJob: ["spec", "jobTemplate", "spec", "template", "spec"],
  }[object.kind] ?? ["spec", "template", "spec"];
  const spec = at(object, path);
  return ["containers", "initContainers"].flatMap((list) =>
    listAt(spec, list).flatMap((container) => listAt(container, "ports")),
  );
}

/** The name by which the workload's port is meant; undefined when it opens none like it. */
export function targetName(workload: Linked, port: unknown): string | undefined {
  const target = at(port, ["targetPort"]) ?? numberAt(port, "port");
  const protocol = textAt(port, "protocol") ?? "TCP";
  const found = containerPorts(workload).find(
    (one) =>
      (textAt(one, "name") === target || numberAt(one, "containerPort") === target) &&
      (textAt(one, "protocol") ?? "TCP") === protocol,
  );
  return found === undefined ? undefined : portName(found);
}
