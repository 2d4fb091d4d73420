import { randomInt } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plan } from "../../compiler/plan/plan.js";
import { planChanges } from "../../compiler/plan/plan-changes.js";
import type { Client } from "../../runtime/client/client.js";
import { type BuildGraph, objectKey, type Provenance } from "../../stdlib/schema/bundle.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { Bundle } from "../bundle.js";
import { bundleShapes } from "../bundle-shapes.js";
import { planSchema } from "../plan-schema.js";
import { readLive } from "./live.js";
import type { WantedObject } from "./roll-out.js";
import type { SecretValues } from "./secret-sources.js";
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
 * @param read - values of Secrets that come from outside.
 * @param root - the instance's folder, where the last `up` is remembered.
 */
export async function planStack(
  client: Client | undefined,
  bundle: Bundle,
  root: string,
  read: SecretValues,
): Promise<PlannedStack> {
  const { stack } = bundle.record;
  const declared = bundle.secrets.secrets;
  const live = client === undefined ? [] : await readLive(client, stack, bundle.objects, declared);
  const found = new Map(live.map((object) => [objectKey(object), object]));
  const liveSecret = (namespace: string, name: string) => found.get(`v1/Secret/${namespace}/${name}`);
  const secrets = desiredSecrets(declared, liveSecret, stack, (below) => randomInt(below), read);
  const revisions = new Map(
    secrets.map(({ object, revision }) => [`${object.metadata.namespace}/${object.metadata.name}`, revision]),
  );
  const objects = withSecretRevisions(bundle.objects, (namespace, name) =>
    revisions.get(`${namespace}/${name}`),
  );
  const last = readLastUp(root, stack);
  const plan = planChanges({
    schema: planSchema,
    stack,
    desired: objects,
    secrets: declared,
    changedValues: changedValues(secrets, found),
    live,
    provenance: bundle.provenance,
    build: bundle.build,
    ...(last === undefined ? {} : { previousProvenance: last.provenance, previousBuild: last.build }),
  });
  return { bundle, plan, objects, secrets, live };
}

/** Names of data whose value is to be another than what lives. */
function changedValues(
  secrets: readonly SecretState[],
  live: ReadonlyMap<string, KubeObject>,
): ReadonlyMap<string, readonly string[]> {
  const dataOf = (object: KubeObject | undefined) =>
    (object?.["data"] ?? {}) as { readonly [key: string]: string };
  return new Map(
    secrets.map(({ object }) => {
      const before = dataOf(live.get(objectKey(object)));
      const names = Object.entries(dataOf(object)).filter(([name, value]) => before[name] !== value);
      return [objectKey(object), names.map(([name]) => name)];
    }),
  );
}

/** Whether there is anything to do or to show. */
export function hasChanges({ plan }: Pick<PlannedStack, "plan">): boolean {
  return plan.actions.some(({ action }) => action !== "none") || plan.drift.length > 0;
}

/** What is remembered of a stack's last `up`: where its objects were written, and what its images were made of. */
interface LastUp {
  readonly formatVersion: 1;
  readonly provenance: Provenance;
  readonly build: BuildGraph;
}

function lastUpPath(root: string, stack: string): string {
  return join(root, "stacks", `${stack}.json`);
}

/** Undefined when there is none that this version wrote: a plan then says less, not something else. */
function readLastUp(root: string, stack: string): LastUp | undefined {
  const path = lastUpPath(root, stack);
  if (!existsSync(path)) return undefined;
  try {
    const found = (JSON.parse(readFileSync(path, "utf8")) ?? {}) as Partial<LastUp>;
    const isWhole =
      found.formatVersion === 1 &&
      bundleShapes["build.json"](found.build, "") === undefined &&
      bundleShapes["provenance.json"](found.provenance, "") === undefined;
    return isWhole ? (found as LastUp) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // only where things stood is lost, until the next up
    throw error;
  }
}

/** For the next plan. Replaced as a whole, so that an interruption leaves the one before. */
export function keepLastUp(root: string, { build, provenance, record }: Bundle): void {
  const path = lastUpPath(root, record.stack);
  const last: LastUp = { formatVersion: 1, provenance, build };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, JSON.stringify(last));
  renameSync(`${path}.new`, path);
}

export function forgetLastUp(root: string, stack: string): void {
  rmSync(lastUpPath(root, stack), { force: true });
}

/** Every object with what there is to do about it. What drifted is set back. */
export function wantedOf({ objects, plan, secrets }: PlannedStack): readonly WantedObject[] {
  const actions = new Map(plan.actions.map(({ action, object }) => [object, action]));
  const drifted = new Set(plan.drift.map(({ object }) => object));
  return [...secrets.map(({ object }) => object), ...objects].map((object): WantedObject => {
    const action = actions.get(objectKey(object)) ?? "none";
    if (action === "delete" || (action === "none" && drifted.has(objectKey(object))))
      return { object, action: "update" };
    return { object, action };
  });
}
