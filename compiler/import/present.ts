import { isDeepStrictEqual } from "node:util";
import type { SecretDeclaration } from "../../stdlib/schema/bundle.js";
import { kindRowOf } from "../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { Reporter } from "../diagnostics/reporter.js";
import { keysOf } from "./constructs/containers.js";
import { isSame } from "./objects.js";
import type { FoundObject } from "./select-objects.js";

/** What a stack makes already. */
export interface PresentObjects {
  readonly objects: readonly KubeObject[];
  readonly secrets: readonly SecretDeclaration[];
}

/** What is to be added to a stack: without what it has just so. What it has otherwise is refused. */
export function notPresent(
  found: readonly FoundObject[],
  { objects, secrets }: PresentObjects,
  namespace: string,
  reporter: Reporter,
): readonly FoundObject[] {
  const there = new Map(objects.map((object) => [keyOf(object, namespace), object]));
  const declared = new Map(
    secrets.map((one) => [keyOf({ apiVersion: "v1", kind: "Secret", metadata: one }, namespace), one]),
  );
  return found.filter(({ object, place }) => {
    const key = keyOf(object, namespace);
    const own = there.get(key);
    const secret = declared.get(key);
    if (own === undefined && secret === undefined) return true;
    const same =
      secret === undefined ? own !== undefined && isSame(own, object, namespace) : isOf(secret, object);
    const resource = `${object.kind} "${object.metadata.name ?? ""}"`;
    if (same) reporter.report("object-left-out", place, { resource, why: "the stack has it already" });
    else reporter.report("object-twice", place, { resource, inStack: true });
    return false;
  });
}

/** The same for every version of a kind. */
function keyOf(object: Pick<KubeObject, "apiVersion" | "kind" | "metadata">, namespace: string): string {
  const { apiVersion, kind, metadata } = object;
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
  const within = kindRowOf(object)?.namespaced === false ? "" : (metadata.namespace ?? namespace);
  return JSON.stringify([group, kind, within, metadata.name]);
}

/** As far as a stack speaks of the values of a Secret: by their keys. */
function isOf({ keys, type }: SecretDeclaration, object: KubeObject): boolean {
  const own = (object as { type?: string }).type ?? "Opaque";
  return type === own && isDeepStrictEqual(Object.keys(keys).sort(), [...new Set(keysOf(object))].sort());
}
