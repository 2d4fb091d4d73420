import { podResource } from "../../runtime/client/resources.js";
import type { Container, Pod, PodSpec } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { Program } from "./fake-engine.js";
import { type SimulatedCluster, startCluster } from "./simulated-cluster.js";

export interface SimulatedPod {
  /** What container `c` runs, by number of the start. */
  readonly program?: (restart: number) => Program;
  readonly spec?: Partial<Omit<PodSpec, "containers">>;
  readonly container?: Partial<Container>;
  readonly labels?: { readonly [name: string]: string };
  /** Before the pod is created. */
  readonly before?: (cluster: SimulatedCluster) => void;
}

/** A cluster whose calls to the kernel take 1 ms, and in it a pod `p` with one container `c`. */
export async function startPod(options: SimulatedPod = {}): Promise<SimulatedCluster> {
  const { before, container, labels = {}, program = () => ({}), spec } = options;
  const cluster = await startCluster(1, { delayMs: () => 1, program: (_, restart) => program(restart) });
  before?.(cluster);
  await cluster.client.create(podResource, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", namespace: "default", labels },
    spec: { ...spec, containers: [{ name: "c", image: "i", ...container }] },
  });
  return cluster;
}

export function podOf(cluster: SimulatedCluster): Pod | undefined {
  return cluster.view.get(podResource, "default", "p");
}

export function statusOf(cluster: SimulatedCluster) {
  return podOf(cluster)?.status?.containerStatuses?.[0];
}

export function isReady(cluster: SimulatedCluster): boolean {
  return statusOf(cluster)?.ready === true;
}

/** When lines of history that begin with the text happened, in milliseconds. */
export function timesOf({ history }: SimulatedCluster, text: string): number[] {
  return history
    .filter((line) => line.slice(line.indexOf(" ") + 1).startsWith(text))
    .map((line) => Number(line.slice(0, line.indexOf(" "))));
}

export function until(cluster: SimulatedCluster, holds: () => boolean, limitMs = 60_000): Promise<void> {
  return cluster.world.runUntil(holds, limitMs);
}
