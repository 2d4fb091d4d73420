import { isApiError } from "../../client/errors.js";
import { nodeResource, podResource } from "../../client/resources.js";
import {
  type ControllerContext,
  keyOf,
  on,
  type RunningController,
  runController,
  splitKey,
} from "../controller.js";
import type { Node, Pod } from "../kinds.js";
import { isActive, isFinished } from "../pods.js";
import { describeRefusals, reasonsAgainst, requestsOf } from "./fit.js";

export const schedulerName = "default-scheduler";

/**
 * Binds every waiting pod to a node that fits, the emptiest first. A pod that fits nowhere says why, and is looked at
 * again whenever a node changes or a pod leaves.
 */
export function startScheduler(context: ControllerContext): RunningController {
  const waiting = () => context.view.list(podResource).filter(isWaiting).map(keyOf);
  return runController(
    context,
    "scheduler",
    [
      on(podResource, (pod, previous) => {
        if (isWaiting(pod)) return [keyOf(pod)];
        const freed =
          previous?.spec?.nodeName !== undefined &&
          (isFinished(pod) !== isFinished(previous) || pod.metadata.deletionTimestamp !== undefined);
        return freed ? waiting() : [];
      }),
      on(nodeResource, (node, previous) => (offersMore(node, previous) ? waiting() : [])),
    ],
    (key) => schedule(context, key),
  );
}

function isWaiting(pod: Pod): boolean {
  return !pod.spec?.nodeName && (pod.spec?.schedulerName ?? schedulerName) === schedulerName && isActive(pod);
}

/** Heartbeats must not wake every waiting pod. */
function offersMore(node: Node, previous: Node | undefined): boolean {
  const facts = (of: Node | undefined) =>
    JSON.stringify([
      of?.spec,
      of?.metadata.labels,
      of?.status?.allocatable,
      of?.status?.conditions?.map(({ type, status }) => [type, status]),
    ]);
  return facts(node) !== facts(previous);
}

async function schedule(context: ControllerContext, key: string): Promise<void> {
  const { namespace, name } = splitKey(key);
  const pod = context.view.get(podResource, namespace, name);
  if (pod === undefined || !isWaiting(pod)) return;

  const nodes = context.view.list(nodeResource);
  const placed = (node: Node) =>
    context.view.list(podResource, { fieldSelector: `spec.nodeName=${node.metadata.name ?? ""}` });
  const judged = nodes.map((node) => ({
    node,
    pods: placed(node),
    reasons: reasonsAgainst(pod, node, placed(node)),
  }));
  const [best] = judged
    .filter(({ reasons }) => reasons.length === 0)
    .sort((a, b) => Number(load(a.pods) - load(b.pods)));
  if (best === undefined)
    return refuse(
      context,
      pod,
      describeRefusals(
        nodes.length,
        judged.map(({ reasons }) => reasons),
      ),
    );

  const target = best.node.metadata.name ?? "";
  try {
    await context.client.createSubresource(podResource, namespace, name, "binding", {
      apiVersion: "v1",
      kind: "Binding",
      metadata: { name, namespace, ...(pod.metadata.uid === undefined ? {} : { uid: pod.metadata.uid }) },
      target: { apiVersion: "v1", kind: "Node", name: target },
    });
  } catch (error) {
    if (isApiError(error, "NotFound") || isApiError(error, "Conflict")) return; // deleted, or bound by another
    throw error;
  }
  context.recorder.event(pod, "Normal", "Scheduled", `Successfully assigned ${key} to ${target}`);
}

function load(pods: readonly Pod[]): bigint {
  return pods.filter((pod) => !isFinished(pod)).reduce((total, pod) => total + requestsOf(pod).cpu, 0n);
}

async function refuse(context: ControllerContext, pod: Pod, message: string): Promise<void> {
  const existing = pod.status?.conditions?.find((condition) => condition.type === "PodScheduled");
  if (existing?.status === "False" && existing.message === message) return;
  context.recorder.event(pod, "Warning", "FailedScheduling", message);
  const time = new Date(context.world.clock.now()).toISOString().replace(/\.\d+Z$/, "Z");
  const condition = {
    type: "PodScheduled",
    status: "False",
    reason: "Unschedulable",
    message,
    lastTransitionTime: time,
  };
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== "PodScheduled");
  await context.client.updateStatus(podResource, {
    ...pod,
    status: { ...pod.status, conditions: [...others, condition] },
  } as Pod);
}
