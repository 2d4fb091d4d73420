/** Where a TypeScript file exports a name: an offset of the name in its text. */
export type ExportPlaces = ReadonlyMap<string, number>;

const declaration =
  /^[ \t]*export\s+(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:const\s+enum|const|let|var|function\*?|class|enum|namespace)\s+([A-Za-z_$][\w$]*)/gm;
const list = /^[ \t]*export\s*\{([^}]*)\}/gm;
const whole = /^[ \t]*export\s*\*\s*as\s+(?:"([^"]+)"|([\w$]+))/gm;
const pattern = /^[ \t]*export\s+(?:const|let|var)\s*([{[][^;]*?[}\]])\s*(?::[^=;]+)?=(?![=>])/gm;

/**
 * Names that a TypeScript file exports as values, found by its words alone: an editor asks at every key, so nothing is
 * compiled for it.
 */
export function exportsOfTypeScript(text: string): ExportPlaces {
  const source = withoutComments(text);
  const places = new Map<string, number>();
  for (const found of source.matchAll(declaration)) {
    const [whole, name = ""] = found;
    places.set(name, found.index + whole.length - name.length);
  }
  for (const found of source.matchAll(list)) {
    const [whole, names = ""] = found;
    const start = found.index + whole.indexOf("{") + 1;
    for (const item of names.matchAll(/(?:type\s+)?([\w$]+)(?:\s+as\s+(?:"([^"]+)"|([\w$]+)))?/g)) {
      const name = item[2] ?? item[3] ?? item[1] ?? "";
      places.set(name, start + item.index + item[0].lastIndexOf(name));
    }
  }
  for (const found of source.matchAll(whole)) {
    const name = found[1] ?? found[2] ?? "";
    places.set(name, found.index + found[0].lastIndexOf(name));
  }
  for (const found of source.matchAll(pattern)) {
    const [all, names = ""] = found;
    const start = found.index + all.indexOf(names);
    for (const item of names.matchAll(/(?:[\w$]+\s*:\s*)?([\w$]+)(?=\s*[,}\]=])/g)) {
      const [text, name = ""] = item;
      places.set(name, start + item.index + text.lastIndexOf(name));
    }
  }
  return places;
}

/** Whether a TypeScript file has other names too: all of another module or of a value, or of one declaration after the first. */
export function exportsMore(text: string): boolean {
  const source = withoutComments(text);
  return (
    /^[ \t]*export\s*(?:\*\s*from\b|=)/m.test(source) ||
    /^[ \t]*export\s+(?:const|let|var)\s[^;{([\n]*,\s*[\w$]+\s*[:=]/m.test(source)
  );
}

/** The line that declares what a TypeScript file exports under a name. */
interface DeclaredLine {
  readonly line: string;
  /** The comment right above it, without its signs. */
  readonly doc: string | undefined;
  /** The function whose call gives the value: `deployment` of `const web = deployment("web", …)`. */
  readonly made: string | undefined;
}

export function declarationIn(text: string, name: string): DeclaredLine | undefined {
  const exported = exportsOfTypeScript(text).get(name);
  if (exported === undefined) return undefined;
  const at = declaredAt(text, exported, name);
  const start = text.lastIndexOf("\n", at) + 1;
  const line = /^[^\r\n]*/.exec(text.slice(start))?.[0].trim() ?? "";
  const doc = commentAtEnd(text.slice(Math.max(0, start - longestComment), start));
  const [, made] =
    new RegExp(`\\b${name.replace(/[$]/g, "\\$&")}\\s*(?::[^=]*)?=\\s*([\\w$]+)\\(`).exec(line) ?? [];
  return { line, doc, made };
}

/** More than a person reads at once. */
const longestComment = 2_000;

function commentAtEnd(text: string): string | undefined {
  const found = /(?:\/\*\*?((?:(?!\*\/)[\s\S])*)\*\/\s*|((?:[ \t]*\/\/[^\n]*\n)+))(?![\s\S])/.exec(text);
  const lines = (found?.[1] ?? found?.[2] ?? "").split("\n");
  const words = lines.map((line) => line.replace(/^\s*(?:\*|\/\/)? ?/, "").trim());
  return words.some((line) => line !== "") ? words.join("\n").trim() : undefined;
}

/** Where a name of an export list is declared in its file, which may be under another name: the list itself then. */
function declaredAt(text: string, exported: number, name: string): number {
  const word = name.replace(/[$]/g, "\\$&");
  const found = new RegExp(
    `^[ \\t]*(?:export\\s+)?(?:default\\s+)?(?:async\\s+)?(?:const|let|var|function\\*?|class|enum)\\s+${word}(?![\\w$])`,
    "m",
  ).exec(withoutComments(text));
  return found === null ? exported : found.index + found[0].length - name.length;
}

/** One name that a TypeScript file takes from another file. */
export interface TypeScriptImport {
  /** As written. */
  readonly from: string;
  readonly name: string;
  /** What it is called in the file itself. */
  readonly local: string;
  /** Where the imported name stands, with its quotes if it has some. */
  readonly offset: number;
  readonly length: number;
  /** False where the two names are one word. */
  readonly isRenamed: boolean;
}

/** Names that a TypeScript file imports, or hands on, from files beside it. */
export function importsOfTypeScript(text: string): readonly TypeScriptImport[] {
  const imports = /\b(?:import|export)\s*(?:type\s*)?\{([^}]*)\}\s*from\s*["']([^"']+)["']/g;
  return [...withoutComments(text).matchAll(imports)].flatMap(
    ({ 0: whole, 1: names = "", 2: from = "", index }) => {
      const start = index + whole.indexOf("{") + 1;
      return [...names.matchAll(/(?:"([^"]+)"|([\w$]+))(?:\s+as\s+([\w$]+))?/g)].map((item) => {
        const name = item[1] ?? item[2] ?? "";
        const length = name.length + (item[1] === undefined ? 0 : 2);
        return {
          from,
          name,
          local: item[3] ?? name,
          offset: start + item.index,
          length,
          isRenamed: item[3] !== undefined,
        };
      });
    },
  );
}

/** The offset where one more import can stand: behind the last, or at the beginning. */
export function afterTypeScriptImports(text: string): number {
  const lines = /^(?:import\b|export\s*\*|\}).*\bfrom\s*["'][^"'\n]*["'];?/gm;
  const last = [...withoutComments(text).matchAll(lines)].at(-1);
  return last === undefined ? 0 : last.index + last[0].length;
}

/** Offsets where a name of the file itself is used, by its words: not of members, keys or text. */
export function usesOfName(text: string, name: string): readonly number[] {
  const source = withoutComments(text, true);
  const word = new RegExp(`(?<![\\w$.])${name.replace(/[$]/g, "\\$&")}(?![\\w$]|\\s*:)`, "g");
  return [...source.matchAll(word)].map(({ index }) => index);
}

/** The identifier at an offset. */
export function wordAt(text: string, offset: number): string | undefined {
  const before = /[\w$]*$/.exec(text.slice(0, offset))?.[0] ?? "";
  const after = /^[\w$]*/.exec(text.slice(offset))?.[0] ?? "";
  return before + after === "" ? undefined : before + after;
}

/** One `owner.key("name")`, `owner.address("name")` or `owner.port("name")`; the place is that of the quoted name. */
interface NamedKey {
  readonly owner: string;
  readonly method: string;
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

export function namedKeys(text: string): readonly NamedKey[] {
  const calls = /(?<![\w$.])([\w$]+)\s*\.\s*(key|address|port)\(\s*("[^"\\\n]*"|'[^'\\\n]*')/g;
  return [...withoutComments(text).matchAll(calls)].map(
    ({ 0: whole, 1: owner = "", 2: method = "", 3: quoted = "", index }) => ({
      owner,
      method,
      name: quoted.slice(1, -1),
      offset: index + whole.length - quoted.length,
      length: quoted.length,
    }),
  );
}

/** The text in quotes at an offset, and what stands before it. */
export function quotedAt(
  text: string,
  offset: number,
): { readonly text: string; readonly before: string } | undefined {
  for (const { 0: whole, index } of withoutComments(text).matchAll(
    /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g,
  ))
    if (index < offset && offset < index + whole.length)
      return { text: whole.slice(1, -1), before: text.slice(Math.max(0, index - longestBefore), index) };
  return undefined;
}

/** As much as tells what a text is an argument of. */
const longestBefore = 200;

/** The same text with blanks where comments stood, and what is quoted where that is wanted. */
function withoutComments(text: string, alsoQuoted = false): string {
  return text.replace(
    /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (whole, quoted: string | undefined) =>
      alsoQuoted || quoted === undefined ? whole.replace(/[^\n]/g, " ") : quoted,
  );
}
