import type { Client, Resource } from "../../runtime/client/client.js";
import { isApiError } from "../../runtime/client/errors.js";
import { InfraError } from "../../stdlib/base/errors.js";
import { objectKey, type SecretDeclaration, stackLabel } from "../../stdlib/schema/bundle.js";
import { kindRowOf, servedKinds } from "../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { apiVersionOf, type KindRow } from "../../stdlib/schema/table.js";

/** The bundle has an object of a kind that this instance does not serve. */
export class KindUnknown extends InfraError {
  readonly code = "kind-unknown";
}

/** Where the API serves an object. @throws {KindUnknown} */
export function resourceOf(object: Pick<KubeObject, "apiVersion" | "kind">): Resource<KubeObject> {
  const row = kindRowOf(object);
  if (row === undefined)
    throw new KindUnknown(`Cannot apply a ${object.kind} of "${object.apiVersion}": the kind is not known`);
  return resourceOfRow(row);
}

function resourceOfRow({ group, version, resource, kind, namespaced }: KindRow): Resource<KubeObject> {
  return { group, version, resource, kind, namespaced };
}

/** Never asked for by a manifest of ours, and many. */
const unasked = new Set(["Event", "EndpointSlice", "Lease"]);

/** Every object with the stack's label. */
export async function readStack(client: Client, stack: string): Promise<readonly KubeObject[]> {
  return readLabelled(client, `${stackLabel}=${stack}`);
}

/** Every object of any stack. */
export async function readStacks(client: Client): Promise<readonly KubeObject[]> {
  return readLabelled(client, stackLabel);
}

async function readLabelled(client: Client, labelSelector: string): Promise<readonly KubeObject[]> {
  const lists = await Promise.all(
    servedKinds
      .filter(({ kind }) => !unasked.has(kind))
      .map(async (row) => {
        const { items } = await client.list(resourceOfRow(row), { labelSelector });
        // Items of a list carry no kind of their own.
        return items.map((item) => ({ ...item, apiVersion: apiVersionOf(row), kind: row.kind }));
      }),
  );
  return lists.flat();
}

/** What a plan compares with: the stack's objects, and whatever bears the name of a desired one. */
export async function readLive(
  client: Client,
  stack: string,
  desired: readonly KubeObject[],
  secrets: readonly SecretDeclaration[],
): Promise<readonly KubeObject[]> {
  const found = new Map((await readStack(client, stack)).map((object) => [objectKey(object), object]));
  const named = [
    ...desired,
    ...secrets.map((metadata) => ({ apiVersion: "v1", kind: "Secret", metadata }) as KubeObject),
  ].filter((object) => !found.has(objectKey(object)));
  for (const object of await Promise.all(named.map((each) => readOne(client, each))))
    if (object !== undefined) found.set(objectKey(object), object);
  return [...found.values()];
}

/** The live object of the same identity; undefined when there is none. */
export async function readOne(client: Client, object: KubeObject): Promise<KubeObject | undefined> {
  const { namespace = "", name = "" } = object.metadata;
  try {
    return await client.get(resourceOf(object), namespace, name);
  } catch (error) {
    if (isApiError(error, "NotFound")) return undefined;
    throw error;
  }
}
