/** Functions of the language itself: what `for` and operators do not say. Pure and total. */
export interface LanguageFunction {
  readonly doc: string;
  readonly parameters: readonly string[];
  /** As TypeScript. */
  readonly source: string;
}

export const languageFunctions: ReadonlyMap<string, LanguageFunction> = new Map([
  [
    "range",
    {
      doc: "The whole numbers from 0 up to, not including, `count`; 100,000 at most.",
      parameters: ["count"],
      // The place of the mistake is where range is called.
      source: [
        "(count: number): number[] => {",
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
      source: "(of: string | object): number => (typeof of === 'string' ? [...of] : Object.keys(of)).length",
    },
  ],
  [
    "keys",
    {
      doc: "The keys of a map, in its order.",
      parameters: ["map"],
      source: "(map: object): string[] => Object.keys(map)",
    },
  ],
  [
    "values",
    {
      doc: "The values of a map, in its order.",
      parameters: ["map"],
      source: "<T,>(map: { readonly [key: string]: T }): T[] => Object.values(map)",
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
      source: "(text: string, separator: string): string[] => text.split(separator)",
    },
  ],
  [
    "replace",
    {
      doc: "A text with every `old` replaced by `new`.",
      parameters: ["text", "old", "new"],
      source: "(text: string, old: string, by: string): string => text.split(old).join(by)",
    },
  ],
  [
    "lower",
    {
      doc: "A text in small letters.",
      parameters: ["text"],
      source: "(text: string): string => text.toLowerCase()",
    },
  ],
  [
    "upper",
    {
      doc: "A text in capital letters.",
      parameters: ["text"],
      source: "(text: string): string => text.toUpperCase()",
    },
  ],
]);
