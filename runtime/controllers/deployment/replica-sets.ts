import { deepEqual, stableStringify } from "../../../stdlib/base/json.js";
import type { Deployment, ReplicaSet } from "../kinds.js";
import { ownerReference } from "../replica-set.js";
import { boundsOf, oldestFirst, replicasOf } from "./rollout.js";

/** The ReplicaSets of one Deployment: which is the new one, what a new one looks like, and their bookkeeping. */

const hashLabel = "pod-template-hash";
export const revisionAnnotation = "deployment.kubernetes.io/revision";
const desiredAnnotation = "deployment.kubernetes.io/desired-replicas";
const maximumAnnotation = "deployment.kubernetes.io/max-replicas";
/** Upstream's alphabet for generated names: no vowels, nothing that reads like another. */
const safeAlphabet = "bcdfghjklmnpqrstvwxz2456789";

/** The set whose template equals the Deployment's, the hash label aside. Found by comparing, never by hash. */
export function findNew(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  const template = stableStringify(deployment.spec?.template ?? {});
  return [...sets]
    .sort(oldestFirst)
    .find((set) => stableStringify(withoutHash(set.spec?.template ?? {})) === template);
}

type Template = NonNullable<ReplicaSet["spec"]>["template"];

function withoutHash(template: NonNullable<Template>): NonNullable<Template> {
  const { [hashLabel]: _, ...labels } = template.metadata?.labels ?? {};
  const metadata = { ...template.metadata, labels };
  return { ...template, metadata };
}

export function revisionOf(object: { metadata: { annotations?: { [key: string]: string } } }): number {
  const revision = Number(object.metadata.annotations?.[revisionAnnotation] ?? 0);
  return Number.isSafeInteger(revision) ? revision : 0;
}

export function nextRevision(sets: readonly ReplicaSet[]): number {
  return sets.reduce((highest, set) => Math.max(highest, revisionOf(set)), 0) + 1;
}

/** A stable 32-bit hash (FNV-1a) of template and collision count, in the safe alphabet. */
export function templateHash(deployment: Deployment): string {
  let hash = 0x811c9dc5;
  for (const char of `${stableStringify(deployment.spec?.template ?? {})}/${deployment.status?.collisionCount ?? 0}`) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  let text = "";
  for (let rest = hash; rest > 0; rest = Math.floor(rest / safeAlphabet.length))
    text += safeAlphabet[rest % safeAlphabet.length];
  return text;
}

/** What is copied from the Deployment's annotations; kubectl's own bookkeeping stays there. */
function copiedAnnotations(deployment: Deployment): { [key: string]: string } {
  const skipped = new Set([
    "kubectl.kubernetes.io/last-applied-configuration",
    revisionAnnotation,
    desiredAnnotation,
    maximumAnnotation,
  ]);
  return Object.fromEntries(
    Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !skipped.has(key)),
  );
}

export function annotationsFor(deployment: Deployment, revision: number): { [key: string]: string } {
  return {
    ...copiedAnnotations(deployment),
    [revisionAnnotation]: String(revision),
    [desiredAnnotation]: String(replicasOf(deployment)),
    [maximumAnnotation]: String(replicasOf(deployment) + boundsOf(deployment).surge),
  };
}

export function newReplicaSet(deployment: Deployment, replicas: number, revision: number): ReplicaSet {
  const hash = templateHash(deployment);
  const template = deployment.spec?.template;
  const labels = { ...template?.metadata?.labels, [hashLabel]: hash };
  const selector = deployment.spec?.selector;
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: `${deployment.metadata.name ?? ""}-${hash}`,
      namespace: deployment.metadata.namespace ?? "",
      labels,
      annotations: annotationsFor(deployment, revision),
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas,
      ...(deployment.spec?.minReadySeconds === undefined
        ? {}
        : { minReadySeconds: deployment.spec.minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector?.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template?.metadata, labels } },
    },
  } as ReplicaSet;
}

/** Old, empty, settled sets beyond the history limit, oldest revision first. */
export function beyondHistory(deployment: Deployment, old: readonly ReplicaSet[]): readonly ReplicaSet[] {
  const settled = old.filter(
    (set) =>
      replicasOf(set) === 0 &&
      (set.status?.replicas ?? 0) === 0 &&
      set.metadata.deletionTimestamp === undefined &&
      (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0),
  );
  const surplus = settled.length - (deployment.spec?.revisionHistoryLimit ?? 10);
  return surplus <= 0 ? [] : settled.sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, surplus);
}

export function sameAnnotations(set: ReplicaSet, wanted: { [key: string]: string }): boolean {
  return deepEqual({ ...set.metadata.annotations, ...wanted }, set.metadata.annotations ?? {});
}
