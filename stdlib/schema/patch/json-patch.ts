import type { MutableJson } from "../../base/json.js";
import { PatchError } from "./patch-error.js";
import { cloneJson, isMap, jsonEqual, safeKey } from "./value.js";

/** kube-apiserver's `maxJSONPatchOperations`. */
const maxOperations = 10_000;
/** Bytes that `copy` may add in one patch; without it 30 copies of a list into itself make a gigabyte. */
const maxCopiedBytes = 3 * 1024 * 1024;

const operations = new Set(["add", "remove", "replace", "move", "copy", "test"]);

interface Operation {
  readonly op: string;
  readonly path: readonly string[];
  readonly from: readonly string[] | undefined;
  readonly value: MutableJson | undefined;
}

/**
 * Applies a JSON patch (RFC 6902), all operations or none.
 *
 * @returns a new document; neither argument is changed.
 * @throws {PatchError} `invalid` for a malformed operation or pointer, `failed` for a path that is not there or a
 *   failed `test`, `tooLarge` beyond 10 000 operations or 3 MiB of copies.
 */
export function applyJsonPatch<T>(document: T, patch: unknown): T {
  if (!Array.isArray(patch)) throw new PatchError("invalid", "A JSON patch must be a list of operations");
  if (patch.length > maxOperations)
    throw new PatchError(
      "tooLarge",
      `A JSON patch may have ${maxOperations} operations, not ${patch.length}`,
    );

  // The document hangs under one member, so that the root can be replaced like any other value.
  const holder = { root: cloneJson(document) as MutableJson };
  let copiedBytes = 0;
  for (const [index, raw] of patch.entries()) {
    const operation = parseOperation(raw, index);
    const path = ["root", ...operation.path];
    switch (operation.op) {
      case "add":
        add(holder, path, cloneJson(operation.value as MutableJson));
        break;
      case "remove":
        remove(holder, path);
        break;
      case "replace":
        replace(holder, path, cloneJson(operation.value as MutableJson));
        break;
      case "test":
        if (!jsonEqual(get(holder, path), operation.value))
          throw new PatchError("failed", `Test failed at "${pointerText(operation.path)}"`);
        break;
      case "copy": {
        const value = get(holder, ["root", ...operation.from!]);
        copiedBytes += Buffer.byteLength(JSON.stringify(value));
        if (copiedBytes > maxCopiedBytes)
          throw new PatchError("tooLarge", `A JSON patch may copy ${maxCopiedBytes} bytes`);
        add(holder, path, cloneJson(value));
        break;
      }
      case "move": {
        const from = operation.from!;
        if (from.length < operation.path.length && from.every((step, at) => step === operation.path[at]))
          throw new PatchError("failed", `Cannot move "${pointerText(from)}" into itself`);
        const value = get(holder, ["root", ...from]);
        if (from.length === operation.path.length && from.every((step, at) => step === operation.path[at]))
          break;
        remove(holder, ["root", ...from]);
        add(holder, path, value);
        break;
      }
    }
  }
  return holder.root as T;
}

function parseOperation(raw: unknown, index: number): Operation {
  const at = `Operation ${index}`;
  if (!isMap(raw)) throw new PatchError("invalid", `${at} must be an object`);
  const { op, path, from } = raw;
  if (typeof op !== "string" || !operations.has(op))
    throw new PatchError("invalid", `${at} has an unknown "op": ${JSON.stringify(op)}`);
  if (typeof path !== "string") throw new PatchError("invalid", `${at} needs a "path"`);
  if ((op === "move" || op === "copy") && typeof from !== "string")
    throw new PatchError("invalid", `${at} needs a "from"`);
  if ((op === "add" || op === "replace" || op === "test") && raw["value"] === undefined)
    throw new PatchError("invalid", `${at} needs a "value"`);
  return {
    op,
    path: parsePointer(path),
    from: typeof from === "string" ? parsePointer(from) : undefined,
    value: raw["value"],
  };
}

/** RFC 6901. */
function parsePointer(text: string): readonly string[] {
  if (text === "") return [];
  if (!text.startsWith("/")) throw new PatchError("invalid", `A JSON pointer starts with "/": "${text}"`);
  return text
    .slice(1)
    .split("/")
    .map((step) => {
      if (/~(?![01])/.test(step)) throw new PatchError("invalid", `Bad escape in the JSON pointer "${text}"`);
      return safeKey(step.replaceAll("~1", "/").replaceAll("~0", "~"));
    });
}

function pointerText(path: readonly string[]): string {
  return path.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function missing(path: readonly string[]): PatchError {
  return new PatchError("failed", `There is nothing at "${pointerText(path.slice(1))}"`);
}

function get(root: MutableJson, path: readonly string[]): MutableJson {
  let value: MutableJson | undefined = root;
  for (const step of path) {
    if (Array.isArray(value)) value = value[listIndex(step, value.length - 1, path)];
    else if (isMap(value) && Object.hasOwn(value, step)) value = value[step];
    else throw missing(path);
  }
  return value as MutableJson;
}

function add(root: MutableJson, path: readonly string[], value: MutableJson): void {
  const parent = get(root, path.slice(0, -1));
  const last = path.at(-1)!;
  if (Array.isArray(parent))
    parent.splice(last === "-" ? parent.length : listIndex(last, parent.length, path), 0, value);
  else if (isMap(parent)) parent[last] = value;
  else throw missing(path);
}

function remove(root: MutableJson, path: readonly string[]): void {
  if (path.length === 1) throw new PatchError("failed", "Cannot remove the whole document");
  get(root, path);
  const parent = get(root, path.slice(0, -1));
  if (Array.isArray(parent)) parent.splice(Number(path.at(-1)), 1);
  else if (isMap(parent)) delete parent[path.at(-1)!];
}

function replace(root: MutableJson, path: readonly string[], value: MutableJson): void {
  get(root, path);
  const parent = get(root, path.slice(0, -1));
  if (Array.isArray(parent)) parent[Number(path.at(-1))] = value;
  else if (isMap(parent)) parent[path.at(-1)!] = value;
}

function listIndex(step: string, max: number, path: readonly string[]): number {
  if (!/^(0|[1-9][0-9]{0,8})$/.test(step)) throw missing(path);
  const index = Number(step);
  if (index > max) throw missing(path);
  return index;
}
