import type { Client } from "../runtime/client/client.js";
import { isApiError } from "../runtime/client/errors.js";
import { deploymentResource, podResource, replicaSetResource } from "../runtime/client/resources.js";
import { InfraError, UsageError } from "../stdlib/base/errors.js";
import type { Pod } from "../stdlib/kubernetes/generated/core-v1.js";
import type { KubeObject } from "../stdlib/schema/objects.js";

/** Nothing has the name. */
export class TargetMissing extends InfraError {
  readonly code = "target-missing";
}

/** A workload by its name on the command line, and which pods are its. */
export interface PodTarget {
  readonly namespace: string;
  readonly isOne: (pod: Pod) => boolean;
}

const kinds: { readonly [word: string]: "deployment" | "pod" } = {
  deployment: "deployment",
  deploy: "deployment",
  pod: "pod",
  po: "pod",
};

/**
 * `deployment/web`, `pod/web-…`, or a bare name: a Deployment's, else a Pod's.
 *
 * @throws {UsageError} {@link TargetMissing}
 */
export async function findTarget(client: Client, namespace: string, given: string): Promise<PodTarget> {
  const slash = given.indexOf("/");
  const word = slash < 0 ? undefined : given.slice(0, slash);
  const name = given.slice(slash + 1);
  const kind = word === undefined ? undefined : kinds[word];
  if (word !== undefined && kind === undefined)
    throw new UsageError(`"${word}" has no logs and runs nothing`, {
      hint: "Write deployment/NAME or pod/NAME",
    });
  if (kind !== "pod") {
    const deployment = await orNone(client.get(deploymentResource, namespace, name));
    if (deployment !== undefined) {
      const sets = await client.list(replicaSetResource, { namespace });
      const owners = new Set(
        sets.items.filter((set) => isOwned(set, new Set([deployment.metadata.uid]))).map(uidOf),
      );
      return { namespace, isOne: (pod) => isOwned(pod, owners) || isOwnedByName(pod, name) };
    }
  }
  if (kind !== "deployment") {
    const pod = await orNone(client.get(podResource, namespace, name));
    if (pod !== undefined) return { namespace, isOne: ({ metadata }) => metadata.name === name };
  }
  throw new TargetMissing(`Nothing in namespace "${namespace}" is named "${given}"`, {
    hint: "infra status lists what runs; another namespace is named with -n",
  });
}

/** Ready pods first, then by name. */
export async function podsOf(client: Client, target: PodTarget): Promise<readonly Pod[]> {
  const { items } = await client.list(podResource, { namespace: target.namespace });
  return items
    .filter(target.isOne)
    .sort((a, b) => rank(a) - rank(b) || ((a.metadata.name ?? "") < (b.metadata.name ?? "") ? -1 : 1));
}

function rank({ status }: Pod): number {
  return status?.conditions?.some((each) => each.type === "Ready" && each.status === "True") === true ? 0 : 1;
}

/** ReplicaSets made after the look-up have the Deployment's name and a hash. */
function isOwnedByName({ metadata }: Pod, deployment: string): boolean {
  return (metadata.ownerReferences ?? []).some(
    (owner) => owner.kind === "ReplicaSet" && owner.name.replace(/-[^-]+$/, "") === deployment,
  );
}

function isOwned({ metadata }: KubeObject, owners: ReadonlySet<string | undefined>): boolean {
  return (metadata.ownerReferences ?? []).some(({ uid }) => owners.has(uid));
}

function uidOf({ metadata }: KubeObject): string | undefined {
  return metadata.uid;
}

async function orNone<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (isApiError(error, "NotFound")) return undefined;
    throw error;
  }
}
