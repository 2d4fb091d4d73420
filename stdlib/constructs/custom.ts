import type { ObjectMeta } from "../schema/objects.js";
import { exactFields } from "./called.js";
import {
  callPosition,
  declareKind,
  type KindDeclaration,
  literalOf,
  markLiteral,
  remember,
} from "./guest.js";
import type { Manifests } from "./types.js";

export type { KindDeclaration, ObjectMeta };

/**
 * An object of a custom kind, for modules that `infra types` writes: the compiler holds it to the schema that comes with
 * the declaration.
 *
 * @internal
 */
export function customObject<T extends object>(declaration: KindDeclaration, fields: object): T {
  declareKind(declaration);
  const { group, kind, version } = declaration;
  const given = exactFields(kind, [fields]);
  const object = { apiVersion: `${group}/${version}`, kind, ...given };
  const literal = literalOf(given);
  return (literal === undefined ? object : markLiteral(literal, object)) as T;
}

/**
 * Objects of YAML files as they are written there: a file, a folder, or a pattern with `*`, `**`, `?` and `{a,b}`, relative
 * to the stack's folder. They are checked like all others, at their lines, and belong to the stack.
 */
export function manifests(path: `./${string}`): Manifests {
  return remember<Manifests>({ construct: "manifests", name: path, spec: { path }, call: callPosition() });
}
