/** Functions of the language itself: what `for` and operators do not say. Pure and total. */
export interface LanguageFunction {
  readonly doc: string;
  readonly parameters: readonly string[];
  /** As TypeScript. */
  readonly source: string;
}

/** @param value - what is given back where `test` holds; otherwise the mistake is where the function is called. */
function guarded(name: string, signature: string, test: string, value: string, takes: string): string {
  return [
    `${signature} => { if (${test}) return ${value};`,
    `const wrong = new TypeError('${name}() takes ${takes}');`,
    `(Error as any).captureStackTrace(wrong, $${name}); throw wrong; }`,
  ].join(" ");
}

const isMap = "typeof map === 'object' && map !== null";

export const languageFunctions: ReadonlyMap<string, LanguageFunction> = new Map([
  [
    "range",
    {
      doc: "The whole numbers from 0 up to, not including, `count`; 100,000 at most.",
      parameters: ["count"],
      // The place of the mistake is where range is called.
      source: [
        "(count: number): number[] => {",
        "if (typeof count !== 'number') { const wrong = new TypeError('range() takes a number');",
        "(Error as any).captureStackTrace(wrong, $range); throw wrong; }",
        "if (count <= 100_000) return Array.from({ length: count }, (_, index) => index);",
        "const tooLong = new RangeError('range(' + count + ') is longer than 100000');",
        "(Error as any).captureStackTrace(tooLong, $range);",
        "throw tooLong; }",
      ].join(" "),
    },
  ],
  [
    "length",
    {
      doc: "How many items a list has, entries a map, characters a text.",
      parameters: ["of"],
      source: guarded(
        "length",
        "(of: string | object): number",
        "typeof of === 'string' || (typeof of === 'object' && of !== null)",
        "(typeof of === 'string' ? [...of] : Object.keys(of)).length",
        "a list, a map or text",
      ),
    },
  ],
  [
    "keys",
    {
      doc: "The keys of a map, in its order.",
      parameters: ["map"],
      source: guarded("keys", "(map: object): string[]", isMap, "Object.keys(map)", "a map"),
    },
  ],
  [
    "values",
    {
      doc: "The values of a map, in its order.",
      parameters: ["map"],
      source: guarded(
        "values",
        "<T,>(map: { readonly [key: string]: T }): T[]",
        isMap,
        "Object.values(map)",
        "a map",
      ),
    },
  ],
  [
    "join",
    {
      doc: "The texts of a list as one, with `separator` between them.",
      parameters: ["list", "separator"],
      // Of a secret the engine says that it is no text.
      source: [
        "(list: readonly unknown[], separator: string): string => {",
        "if (!Array.isArray(list)) { const wrong = new TypeError('join() takes a list');",
        "(Error as any).captureStackTrace(wrong, $join); throw wrong; }",
        "const at = list.findIndex((one) => !['string', 'number', 'boolean', 'symbol'].includes(typeof one));",
        "if (at < 0) return list.join(separator);",
        "const noText = new RangeError('item ' + at + ' of the list is no text');",
        "(Error as any).captureStackTrace(noText, $join);",
        "throw noText; }",
      ].join(" "),
    },
  ],
  [
    "split",
    {
      doc: "A text as a list of what stands between `separator`s.",
      parameters: ["text", "separator"],
      source: guarded(
        "split",
        "(text: string, separator: string): string[]",
        "typeof text === 'string' && typeof separator === 'string'",
        "text.split(separator)",
        "two texts",
      ),
    },
  ],
  [
    "replace",
    {
      doc: "A text with every `old` replaced by `new`.",
      parameters: ["text", "old", "new"],
      source: guarded(
        "replace",
        "(text: string, old: string, by: string): string",
        "[text, old, by].every((one) => typeof one === 'string')",
        "text.split(old).join(by)",
        "three texts",
      ),
    },
  ],
  [
    "lower",
    {
      doc: "A text in small letters.",
      parameters: ["text"],
      source: guarded(
        "lower",
        "(text: string): string",
        "typeof text === 'string'",
        "text.toLowerCase()",
        "text",
      ),
    },
  ],
  [
    "upper",
    {
      doc: "A text in capital letters.",
      parameters: ["text"],
      source: guarded(
        "upper",
        "(text: string): string",
        "typeof text === 'string'",
        "text.toUpperCase()",
        "text",
      ),
    },
  ],
]);
