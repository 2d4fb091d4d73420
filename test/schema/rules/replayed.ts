import { readFileSync } from "node:fs";
import { kindRowOf } from "../../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../../stdlib/schema/objects.js";
import type { KindRow } from "../../../stdlib/schema/table.js";

/** One thing changed in an object, and what Kubernetes said to it: `""` for accepted. */
export type Case<Bases> = readonly [
  base: keyof Bases,
  path: readonly (string | number)[],
  value: unknown,
  refused: string,
];

/** Verdicts in a file beside this one. */
export function casesOf<Bases>(file: string): readonly Case<Bases>[] {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8")) as readonly Case<Bases>[];
}

export function rowOf(object: KubeObject): KindRow {
  const row = kindRowOf(object);
  if (row === undefined) throw new Error(`there is no kind ${object.kind}`);
  return row;
}
