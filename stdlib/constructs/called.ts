import { countArguments, literalOf, madeOf, markLiteral, pendingOf, report } from "./guest.js";

/**
 * How constructors are called by a program that nobody type-checked: what is wrong is reported at the call, and what was
 * meant is read all the same.
 */
type Constructor = (...given: readonly unknown[]) => unknown;
type Functions = { readonly [name: string]: unknown };

/** The stdlib with constructs that are told how many arguments they are given. */
export function counting(functions: Functions): Functions {
  return Object.fromEntries(
    Object.entries(functions).map(([name, of]) => {
      if (typeof of !== "function" || Object.keys(of).length > 0) return [name, of];
      const counted: Constructor = (...given) => {
        countArguments(given.length);
        return of(...given);
      };
      return [name, counted];
    }),
  );
}

/** Constructors of exact objects, each of which takes its object alone. */
export function exact(functions: Functions, path: string): Functions {
  const constructors = Object.entries(functions).map(([name, of]): [string, Constructor] => [
    name,
    (...given) => {
      const fields = exactFields(`${path}.${name}`, given);
      const object = (of as (fields: object) => object)(fields);
      const literal = literalOf(fields);
      return literal === undefined ? object : markLiteral(literal, object);
    },
  ]);
  return Object.freeze(Object.fromEntries(constructors));
}

/** The fields of an exact object, from a call that may have been given a name as well, or anything else. */
export function exactFields(construct: string, given: readonly unknown[]): object {
  const fields: { readonly metadata?: { readonly name?: string } } = given.find(isFields) ?? {};
  if (given.length === 1 && given[0] === fields) return fields;
  const name = given.find((one) => typeof one === "string") ?? fields.metadata?.name;
  report("arguments-wrong", { construct, name: name ?? "", wrong: "exact" });
  if (name === undefined) return fields;
  const named = { ...fields, metadata: { ...fields.metadata, name } };
  const literal = literalOf(fields);
  return literal === undefined ? named : markLiteral(literal, named);
}

function isFields(value: unknown): value is object {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    madeOf(value) === undefined &&
    pendingOf(value) === undefined
  );
}
