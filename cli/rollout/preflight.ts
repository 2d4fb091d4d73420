import type { Client } from "../../runtime/client/client.js";
import { ApiStatusError } from "../../runtime/client/errors.js";
import { objectKey, type Provenance, type SourcePlace } from "../../stdlib/schema/bundle.js";
import { kindRowOf, servedKinds } from "../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { applyObject, type WantedObject } from "./roll-out.js";

/** One reason for which the server would not take an object. */
export interface Refusal {
  /** Key of the object. */
  readonly object: string;
  readonly text: string;
  readonly place?: SourcePlace;
}

/**
 * Asks the server about every object before any is applied, so that a stack it cannot take whole is not taken in part.
 * What is made anew, or is in a namespace that comes with the stack, cannot be asked about yet.
 */
export async function preflight(
  client: Client,
  wanted: readonly WantedObject[],
  provenance: Provenance,
): Promise<readonly Refusal[]> {
  const coming = new Set(
    wanted
      .filter(({ action, object }) => object.kind === "Namespace" && action === "create")
      .map(({ object }) => object.metadata.name),
  );
  const asked = wanted.filter(
    ({ action, object }) =>
      (action === "create" || action === "update") && !coming.has(object.metadata.namespace ?? ""),
  );
  const refusals = await Promise.all(asked.map(({ object }) => ask(client, object, provenance)));
  return refusals.flat();
}

async function ask(client: Client, object: KubeObject, provenance: Provenance): Promise<readonly Refusal[]> {
  const key = objectKey(object);
  const refusal = (text: string, field = ""): Refusal => {
    const place = placeOf(provenance, object, field);
    return { object: key, text, ...(place === undefined ? {} : { place }) };
  };
  if (!isServed(object))
    return [refusal(`${object.kind} (${object.apiVersion}) does not run on this instance yet`)];
  try {
    await applyObject(client, object, { dryRun: true });
    return [];
  } catch (error) {
    if (!(error instanceof ApiStatusError)) throw error;
    const causes = error.status.details?.causes ?? [];
    if (causes.length === 0) return [refusal(error.message)];
    return causes.map(({ field = "", message }) => refusal(`${field}: ${message}`, field));
  }
}

function isServed(object: KubeObject): boolean {
  const row = kindRowOf(object);
  return row !== undefined && servedKinds.includes(row);
}

/** Where a field was written, or the nearest one around it. The server counts list items, provenance names them. */
function placeOf(provenance: Provenance, object: KubeObject, field: string): SourcePlace | undefined {
  const places = provenance.objects[objectKey(object)] ?? {};
  let value: unknown = object;
  const named: string[] = [""];
  for (const [, name, index] of field.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    const step = name ?? Number(index);
    value =
      typeof value === "object" && value !== null ? (value as { [step: string]: unknown })[step] : undefined;
    const before = named.at(-1) ?? "";
    if (name !== undefined) named.push(before === "" ? name : `${before}.${name}`);
    else named.push(`${before}[${(value as { name?: string } | undefined)?.name ?? index}]`);
  }
  const found = named.reverse().find((path) => places[path] !== undefined);
  return found === undefined ? undefined : places[found];
}
