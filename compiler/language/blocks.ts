import type { Description, ObjectDescription, TypeDescription } from "../../stdlib/constructs/description.js";
import type { Block, Name, Text } from "./syntax.js";

/** What a nested block becomes: one entry of a map, or the whole of a field. */
export interface Nested {
  readonly field: string;
  readonly type: TypeDescription;
  readonly isEntry: boolean;
}

/** `container web { … }` is an entry of `containers`; `resources { … }` is the field itself. */
export function nestedType({ fields }: ObjectDescription, { kind, name }: Block): Nested | undefined {
  for (const [field, { block, type }] of Object.entries(fields)) {
    if (block === kind.text && name !== undefined && type.kind === "map")
      return { field, type: type.of, isEntry: true };
    if (field === kind.text && name === undefined) return { field, type, isEntry: false };
  }
  return undefined;
}

/** The object type behind a type, where there is one. */
export function objectOf(type: TypeDescription, description: Description): ObjectDescription | undefined {
  if (type.kind === "object") return description.types[type.name];
  if (type.kind !== "union") return undefined;
  return type.of.map((part) => objectOf(part, description)).find((found) => found !== undefined);
}

/** Text without interpolation; undefined when it has some. */
export function plainName(name: Name | Text): string | undefined {
  if (name.node === "name") return name.text;
  return name.parts.every((part) => typeof part === "string") ? name.parts.join("") : undefined;
}

/** Tells names apart, and knows two that are computed alike for one. No plain name begins with a backtick. */
export function nameKey(name: Name | Text): string {
  const withoutPlaces = (key: string, value: unknown) => (key === "span" ? undefined : value);
  return plainName(name) ?? `\`${JSON.stringify((name as Text).parts, withoutPlaces)}`;
}

/** As it is written, or nearly. */
export function writtenName(name: Name | Text): string {
  if (name.node === "name") return name.text;
  const written = (part: Text["parts"][number]) =>
    typeof part === "string" ? part : `\${${part.node === "reference" ? part.name.text : "…"}}`;
  return name.parts.map(written).join("");
}

export function titleOf(block: Block): string {
  return `${block.kind.text} "${blockName(block)}"`;
}

export function blockName({ name }: Block): string {
  return name === undefined ? "" : (plainName(name) ?? "…");
}

/** The name of a block, as one of a definition. */
export function asName(name: Name | Text): Name {
  return name.node === "name"
    ? name
    : { node: "name", span: name.span, text: plainName(name) ?? "", quoted: true };
}
