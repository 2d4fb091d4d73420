import { row, spelling, suggestion } from "./row.js";

/** What other languages call values that have words of their own here. */
const wordsOfOthers: ReadonlyMap<string, string> = new Map([
  ...["yes", "on"].map((word) => [word, "true"] as const),
  ...["no", "off"].map((word) => [word, "false"] as const),
  ...["none", "nil", "undefined"].map((word) => [word, "null, or leave it out"] as const),
  ...["var", "local"].map((word) => [word, "the name alone, without what stands before it"] as const),
  ["true", "true"],
  ["false", "false"],
]);

/** What only `.infra` files can have wrong. */
export const languageDiagnostics = {
  "name-unknown": row<{ name: string; known: readonly string[] }>({
    severity: "error",
    message: ({ name }) => `there is no "${name}"`,
    hint: ({ name, known }) => {
      const word = wordsOfOthers.get(name.toLowerCase());
      if (word !== undefined) return `write ${word}`;
      return (
        suggestion(name, known) ??
        (name.includes(".") ? undefined : `text stands in quotes, "${name}"; let and param define a name`)
      );
    },
    fixes: ({ name, known }) => (wordsOfOthers.has(name.toLowerCase()) ? [] : spelling(name, known)),
    about:
      "A name stands for a param, a let, a function, an import, the only block of that name, or the stdlib's own.",
  }),
  "name-ambiguous": row<{ name: string; choices: readonly string[] }>({
    severity: "error",
    message: ({ name, choices }) => `"${name}" may be ${choices.join(" or ")}`,
    hint: ({ choices }) => `Write ${choices.join(" or ")}`,
    fixes: ({ choices, name }) => choices.map((to) => ({ kind: "replace", from: name, to })),
    about: "Several blocks have the name; the kind before it says which one is meant.",
  }),
  "name-given": row<{ name: string }>({
    severity: "error",
    message: ({ name }) => `"${name}" is a name of the language`,
    hint: () => "Choose another name",
    about: "Constructs and functions keep their names, so that a reader always knows what they are.",
  }),
  "name-refused": row<{ name: string }>({
    severity: "error",
    message: ({ name }) => `"${name}" cannot be used as a name`,
    about: "Names that objects of the host language give a meaning to are closed.",
  }),
  "definition-duplicate": row<{ name: string; kind?: string }>({
    severity: "error",
    message: ({ kind, name }) => `"${kind === undefined ? "" : `${kind} `}${name}" is defined twice`,
    hint: ({ kind, name }) =>
      kind === undefined
        ? "Rename one of them"
        : `Rename one of them; one of another namespace is made by a call: let other = ${kind}("${name}", …)`,
    about: "Each name is defined once in a file; blocks once for each kind.",
  }),
  "definition-cycle": row<{ name: string; recursive: boolean }>({
    severity: "error",
    message: ({ name, recursive }) =>
      recursive ? `"${name}" calls itself` : `"${name}" is defined by way of itself`,
    hint: ({ recursive }) => (recursive ? "Use for … in … to do something several times" : undefined),
    about:
      "Every program ends: definitions cannot lead back to themselves, and functions cannot be recursive.",
  }),
  "function-as-value": row<{ name: string }>({
    severity: "error",
    message: ({ name }) => `"${name}" is a function; only what it gives is a value`,
    hint: ({ name }) => `Call it: ${name}(…)`,
    about: "Functions are called by their names and nothing else: so it is known that every program ends.",
  }),
  "value-called": row<{ name: string }>({
    severity: "error",
    message: ({ name }) => `"${name}" is a value here, not a function`,
    about: "A parameter, a name of a for, a param, a let or a block holds a value, and functions are none.",
  }),
  "import-cycle": row<{ path: string }>({
    severity: "error",
    message: ({ path }) => `"${path}" imports this file in turn`,
    hint: () => "Move what both need into a third file",
    about:
      "Every program ends: modules of the language cannot lead back to themselves, as definitions cannot.",
  }),
  "unit-computed": row<{ value: string; instead?: string | undefined }>({
    severity: "error",
    message: ({ value }) => `${value} is a value with a unit: it cannot be computed with or compared`,
    hint: ({ instead }) =>
      `Compute the number, and say the unit after it: ${instead ?? `param minutes = 5, then "\${minutes * 2}m"`}`,
    about:
      "Durations, amounts of memory and shares are words of their own, `5m` or `64Mi`: `5m + 3` would be the text " +
      `\`5m3\`. Numbers are computed with, and the unit stands after the result: \`"\${5 + 3}m"\`.`,
  }),
  "value-impossible": row<{ why: string; isReference?: boolean }>({
    severity: "error",
    message: ({ why }) => `this value cannot be computed: ${why}`,
    hint: ({ isReference }) =>
      isReference === true
        ? 'The cluster alone knows it: text`…` makes a variable of it, text("…") in .infra'
        : undefined,
    about:
      "Evaluation shows it, where a value is not what its use needs: an item that a list does not have, a division by " +
      "zero, a resource in a text. All such values of `.infra` files are told in one run, those aside that need another " +
      "one of them, and all texts of a TypeScript program.",
  }),
  "key-duplicate": row<{ key: string }>({
    severity: "error",
    message: ({ key }) => `"${key}" is given twice`,
    about: "One of the two would be lost.",
  }),
  "block-kind-unknown": row<{
    kind: string;
    known: readonly string[];
    /** How the language says it. */
    instead?: string | undefined;
  }>({
    severity: "error",
    message: ({ kind }) => `there is no block "${kind}" here`,
    hint: ({ instead, kind, known }) =>
      instead === undefined ? suggestion(kind, known) : `write ${instead}`,
    fixes: ({ instead, kind, known }) => (instead === undefined ? spelling(kind, known) : []),
    about: "At the top a block is a construct; inside one it is an entry of one of its maps, or a field.",
  }),
  "block-unnamed": row<{ kind: string }>({
    severity: "error",
    message: ({ kind }) => `this ${kind} has no name`,
    hint: ({ kind }) => `${kind} web { … }`,
    about: "A resource is known by its kind and name.",
  }),
} as const;
