import { setMember } from "../../stdlib/base/json.js";
import { typeTable } from "../../stdlib/schema/generated/table.js";
import { kindRowOf } from "../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { Field, FieldType, ScalarType } from "../../stdlib/schema/table.js";
import { isRecord, isSame } from "./objects.js";
import type { SourceMember, SourceObject, SourceValue } from "./program.js";
import { pathKey } from "./read-yaml.js";

/** Comments of one object's members. */
export interface Remarks {
  /** By the keys of the document. */
  readonly comments: ReadonlyMap<string, readonly string[]>;
  /** Keys of those that stand above the whole object already. */
  readonly above: ReadonlySet<string>;
  /** Where the object stands in its document: an item of a List does not begin at its top. */
  readonly at: readonly (string | number)[];
}

/** An object exactly as Kubernetes has it: `apps.v1.Deployment({ … })`, or with its apiVersion and kind when no type is known. */
export function exactValue(object: KubeObject, remarks: Remarks): SourceValue {
  const row = kindRowOf(object);
  if (row === undefined) return withComments(object, remarks);
  const required = withRequired(object, { ref: row.type }) as KubeObject;
  const whole = withComments(isSame(required, object, "") ? required : object, remarks) as SourceObject;
  const members = whole.members.filter(({ name }) => name !== "apiVersion" && name !== "kind");
  const group = row.group === "" ? "core" : (row.group.split(".")[0] ?? row.group);
  return { call: [group, row.version, row.kind], arguments: [{ members }] };
}

/** To the API a member that its type must have is empty when nobody says it: the types of a program want it said. */
function withRequired(value: unknown, type: FieldType): unknown {
  if (Array.isArray(value))
    return "list" in type ? value.map((item) => withRequired(item, type.list)) : value;
  if (!isRecord(value)) return value;
  const fields = "ref" in type ? (typeTable[type.ref]?.fields ?? {}) : {};
  const result: { [name: string]: unknown } = {};
  for (const [name, member] of Object.entries(value)) {
    const inner = "map" in type ? type.map : Object.hasOwn(fields, name) ? fields[name]?.type : undefined;
    setMember(result, name, inner === undefined ? member : withRequired(member, inner));
  }
  for (const [name, field] of Object.entries(fields)) {
    const empty = field.required === true && !Object.hasOwn(value, name) ? emptyOf(field) : undefined;
    if (empty !== undefined) result[name] = empty;
  }
  return result;
}

function emptyOf({ enum: values, type }: Field): unknown {
  if (values !== undefined) return undefined;
  if ("scalar" in type) return emptyScalars[type.scalar];
  return "list" in type ? [] : withRequired({}, type);
}

const emptyScalars: { readonly [scalar in ScalarType]?: unknown } = {
  ...{ string: "", bool: false, int32: 0, int64: 0, double: 0 },
};

/** Plain data with its comments. Those of a list's texts go to the member that the list is. */
export function withComments(data: unknown, { above, at, comments }: Remarks): SourceValue {
  return valueAt(data, pathKey(at));

  function valueAt(value: unknown, path: string): SourceValue {
    if (Array.isArray(value)) return value.map((item, index) => valueAt(item, `${path}\u0000${index}`));
    if (!isRecord(value)) return value as SourceValue;
    const members = Object.entries(value).map(([name, member]): SourceMember => {
      const inner = `${path}\u0000${name}`;
      const lines = [...commentsAt(inner), ...ofItems(member, inner)];
      return { name, value: valueAt(member, inner), ...(lines.length === 0 ? {} : { comment: lines }) };
    });
    return { members };
  }

  function commentsAt(path: string): readonly string[] {
    return above.has(path) ? [] : (comments.get(path) ?? []);
  }

  function ofItems(value: unknown, path: string): readonly string[] {
    if (!Array.isArray(value)) return [];
    return value.flatMap((item, index) => [
      ...commentsAt(`${path}\u0000${index}`),
      ...ofItems(item, `${path}\u0000${index}`),
    ]);
  }
}
