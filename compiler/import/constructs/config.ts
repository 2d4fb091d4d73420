import { checkConfigKey } from "../../../stdlib/base/names.js";
import type { SourceMember, SourceValue } from "../program.js";
import { at, type Construct, type ConstructContext, textMap } from "./context.js";
import { Members } from "./members.js";
import { setDescribed } from "./workloads.js";

/** A value of more lines than this stands in a file of its own. */
const mostLines = 6;

export const configMap: Construct = (context) => {
  const { comments, object } = context;
  const data = textMap(at(object, ["data"]) ?? {});
  if (data === undefined || at(object, ["binaryData"]) !== undefined) return undefined;
  const keys = Object.entries(data).map(([key, text]): SourceMember => {
    const comment = comments.take(["data", key]);
    return { name: key, value: keyValue(context, key, text), ...(comment.length === 0 ? {} : { comment }) };
  });
  const options = new Members(comments);
  if (at(object, ["immutable"]) === true) options.set("immutable", true, ["immutable"]);
  setDescribed(context, options, textMap(object.metadata.labels));
  const more = options.ifAny === undefined ? [] : [options.object];
  return { call: ["configMap"], arguments: [object.metadata.name ?? "", { members: keys }, ...more] };
};

function keyValue(context: ConstructContext, key: string, text: string): SourceValue {
  const path = filePath(context, "files", key);
  const isLong = text.split("\n", mostLines + 2).length > mostLines + 1;
  const isText = !/[\u0000]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(
    text,
  );
  return isLong && isText && path !== undefined
    ? { call: ["file"], arguments: [context.file(path, text)] }
    : text;
}

/** `files/settings/ui.properties`; undefined for names that must not become paths. */
function filePath({ object }: ConstructContext, folder: string, key: string): string | undefined {
  const { name = "" } = object.metadata;
  const isSafe = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name) && checkConfigKey(key) === undefined;
  return isSafe ? `${folder}/${name}/${key}` : undefined;
}

/**
 * A Secret by what makes it: its values go to files that only their owner reads, and the program says which.
 * There is no other way to write one: an exact object would hold the values.
 */
export const secret: Construct = (context) => {
  const { comments, object } = context;
  const encoded = textMap(at(object, ["data"]) ?? {});
  const plain = textMap(at(object, ["stringData"]) ?? {});
  if (encoded === undefined || plain === undefined) return undefined;
  const values = new Map<string, string | Uint8Array>([
    ...Object.entries(encoded).map(([key, text]) => [key, Buffer.from(text, "base64")] as const),
    ...Object.entries(plain),
  ]);
  const keys: SourceMember[] = [];
  for (const [key, value] of values) {
    const path = filePath(context, "secrets", key);
    if (path === undefined) return undefined;
    const comment = [...comments.take(["data", key]), ...comments.take(["stringData", key])];
    keys.push({
      name: key,
      value: { call: ["fromFile"], arguments: [context.file(path, value, true)] },
      ...(comment.length === 0 ? {} : { comment }),
    });
  }
  const options = new Members(comments);
  const type = at(object, ["type"]) ?? "Opaque";
  if (type !== "Opaque") options.set("type", String(type), ["type"]);
  setDescribed(context, options, textMap(object.metadata.labels));
  const more = options.ifAny === undefined ? [] : [options.object];
  return { call: ["secret"], arguments: [object.metadata.name ?? "", { members: keys }, ...more] };
};
