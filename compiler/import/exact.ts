import { kindRowOf } from "../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { isRecord } from "./objects.js";
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
  const whole = withComments(object, remarks) as SourceObject;
  if (row === undefined) return whole;
  const members = whole.members.filter(({ name }) => name !== "apiVersion" && name !== "kind");
  const group = row.group === "" ? "core" : (row.group.split(".")[0] ?? row.group);
  return { call: [group, row.version, row.kind], arguments: [{ members }] };
}

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
