import { randomInt } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plan } from "../../compiler/plan/plan.js";
import { planChanges } from "../../compiler/plan/plan-changes.js";
import type { Client } from "../../runtime/client/client.js";
import { objectKey, type Provenance } from "../../stdlib/schema/bundle.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { Bundle } from "../bundle.js";
import { planSchema } from "../plan-schema.js";
import { readLive } from "./live.js";
import { desiredSecrets, type SecretState, withSecretRevisions } from "./secrets.js";

/** A stack compared with what lives, and what applying it would send. */
export interface PlannedStack {
  readonly bundle: Bundle;
  readonly plan: Plan;
  /** Manifests with the real revisions of Secrets in them. */
  readonly objects: readonly KubeObject[];
  readonly secrets: readonly SecretState[];
  readonly live: readonly KubeObject[];
}

/**
 * Reads what lives and plans the difference.
 *
 * @param client - undefined when no instance runs: then all is new.
 * @param root - the instance's folder, where the places of the last `up` are kept.
 */
export async function planStack(
  client: Client | undefined,
  bundle: Bundle,
  root: string,
): Promise<PlannedStack> {
  const { stack } = bundle.record;
  const declared = bundle.secrets.secrets;
  const live = client === undefined ? [] : await readLive(client, stack, bundle.objects, declared);
  const found = new Map(live.map((object) => [objectKey(object), object]));
  const liveSecret = (namespace: string, name: string) => found.get(`v1/Secret/${namespace}/${name}`);
  const secrets = desiredSecrets(declared, liveSecret, stack, (below) => randomInt(below));
  const revisions = new Map(
    secrets.map(({ object, revision }) => [`${object.metadata.namespace}/${object.metadata.name}`, revision]),
  );
  const objects = withSecretRevisions(bundle.objects, (namespace, name) =>
    revisions.get(`${namespace}/${name}`),
  );
  const previousProvenance = readLastProvenance(root, stack);
  const plan = planChanges({
    schema: planSchema,
    stack,
    desired: objects,
    secrets: declared,
    live,
    provenance: bundle.provenance,
    ...(previousProvenance === undefined ? {} : { previousProvenance }),
  });
  return { bundle, plan, objects, secrets, live };
}

/** Whether there is anything to do or to show. */
export function hasChanges({ plan }: Pick<PlannedStack, "plan">): boolean {
  return plan.actions.some(({ action }) => action !== "none") || plan.drift.length > 0;
}

function provenancePath(root: string, stack: string): string {
  return join(root, "stacks", `${stack}.json`);
}

function readLastProvenance(root: string, stack: string): Provenance | undefined {
  const path = provenancePath(root, stack);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Provenance) : undefined;
}

/** Remembers where each object was written, for the day it is written no more. */
export function keepProvenance(root: string, { provenance, record }: Bundle): void {
  const path = provenancePath(root, record.stack);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(provenance));
}

export function forgetProvenance(root: string, stack: string): void {
  rmSync(provenancePath(root, stack), { force: true });
}
