import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import Module, { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test from "ava";
import type { IToken } from "chevrotain";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";
import { formatModule } from "../../compiler/language/format.js";
import { parseModule } from "../../compiler/language/parse.js";
import { lexer } from "../../compiler/language/tokens.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = join(root, "compiler/language/vscode");
const require = createRequire(import.meta.url);
const json = async (path: string) => JSON.parse(await readFile(join(folder, path), "utf8"));

async function loadGrammar(): Promise<textmate.IGrammar> {
  const wasm = await readFile(require.resolve("vscode-oniguruma/release/onig.wasm"));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const path = join(folder, "syntaxes/infra.tmLanguage.json");
  const raw = textmate.parseRawGrammar(await readFile(path, "utf8"), path);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => raw,
  });
  const grammar = await registry.loadGrammar("source.infra");
  if (grammar === null) throw new Error("no grammar");
  return grammar;
}

/** Scopes of each character, by line and column from 0. */
function scopesOf(grammar: textmate.IGrammar, text: string): (readonly string[])[][] {
  let state = textmate.INITIAL;
  return text.split("\n").map((line) => {
    const { ruleStack, tokens } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    return tokens.flatMap(({ endIndex, scopes, startIndex }) =>
      Array.from({ length: endIndex - startIndex }, () => scopes),
    );
  });
}

/** What the last scopes of a token must be, by its kind. */
const expected: { readonly [kind: string]: RegExp } = {
  Unit: /constant\.numeric/,
  NumberLiteral: /constant\.numeric|variable\.other\.property/, // a key
  TextStart: /string\.quoted\.double.*punctuation\.definition\.string\.begin/,
  TextEnd: /string\.quoted\.double.*punctuation\.definition\.string\.end/,
  TextPart: /string\.quoted\.double\.infra$/,
  TextEscape: /constant\.character\.escape/,
  BlockStart: /string\.quoted\.triple.*begin/,
  BlockEnd: /string\.quoted\.triple.*end/,
  BlockPart: /string\.quoted\.triple\.infra$/,
  InterpolationStart: /punctuation\.section\.interpolation\.begin/,
  LeftBrace: /punctuation\.section\.braces/,
  RightBrace: /punctuation\.section\.(?:braces|interpolation\.end)/,
  LeftBracket: /punctuation\.section\.brackets/,
  RightBracket: /punctuation\.section\.brackets/,
  LeftParen: /punctuation\.section\.parens/,
  RightParen: /punctuation\.section\.parens/,
  Comma: /punctuation\.separator/,
  Colon: /punctuation\.separator/,
  Dot: /punctuation\.accessor/,
  Ellipsis: /keyword\.operator\.spread/,
  Equals: /keyword\.operator\.assignment/,
  OrOperator: /keyword\.operator\.logical/,
  AndOperator: /keyword\.operator\.logical/,
  Not: /keyword\.operator\.logical/,
  EqualityOperator: /keyword\.operator\.comparison/,
  OrderOperator: /keyword\.operator\.comparison/,
  Plus: /keyword\.operator\.arithmetic/,
  Minus: /keyword\.operator\.arithmetic/,
  ProductOperator: /keyword\.operator\.arithmetic/,
};
const name = /(?:variable|entity\.name)\.[a-z.]+$/;

/** Words are keywords, or names where a key, a member or a name stands. */
function expectedOf(
  { image, tokenType }: IToken,
  before: IToken | undefined,
  next: IToken | undefined,
): RegExp {
  const isKey = next?.image === ":" || next?.image === "=" || before?.image === ".";
  if (/^(?:true|false|null)$/.test(image)) return isKey ? name : /constant\.language/;
  if (/^(?:import|param|let|function|if|for)$/.test(image))
    return isKey ? name : /keyword\.(?:control|declaration)/;
  if (tokenType.name === "Name") return name;
  if (tokenType.name.endsWith("Word")) return isKey ? name : /keyword\.control|variable|entity\.name/;
  return expected[tokenType.name] ?? /^no scope is known for this kind$/;
}

async function sources(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const base of ["examples", "test/corpus/language"])
    for (const path of await readdir(join(root, base), { recursive: true }))
      if (path.endsWith(".infra")) found.set(path, await readFile(join(root, base, path), "utf8"));
  found.set(
    "all",
    `let a = { for: "x\\n\${ { b: "in \${c["d"]} side" }.b }", if: 1_000, 80: 25% } // "no text"
let b = """
  block "\${if a.for != "x" && !c then [1, ...d] else [for i in range(3): -i * 2 where i >= 1 || false]}" \\n
  """ /* { "
still */ import { x as y, service.z } from "./x.infra"
import "./whole.infra"
let u = [250m, 64Mi, 1.5Gi, 5s, 80/TCP, 10.0.0.0/8, 10.0.0.1, 1e3, true, null, a-b, a - b, a % 2]
`,
  );
  return found;
}

test("the grammar of editors has the lexer's tokens, each with a scope of its kind", async (t) => {
  const grammar = await loadGrammar();
  const seen = new Set<string>();
  for (const [path, text] of await sources()) {
    const { errors, groups, tokens } = lexer.tokenize(text);
    if (errors.length > 0 || parseModule(path, text).problems.length > 0) continue; // mistakes
    const scopes = scopesOf(grammar, text);
    const scopeAt = (one: IToken, column: number) =>
      scopes[(one.startLine ?? 1) - 1]?.[(one.startColumn ?? 1) - 1 + column]?.join(" ") ?? "";
    for (const comment of groups["comments"] ?? [])
      t.regex(scopeAt(comment, 0), /comment\.(?:line|block)/, `${path}:${comment.startLine}`);
    for (const [index, one] of tokens.entries()) {
      seen.add(one.tokenType.name);
      if (/^\s/.test(one.image)) continue; // a line of block text that begins with its break
      const rule = expectedOf(one, tokens[index - 1], tokens[index + 1]);
      const place = `${path}:${one.startLine}:${one.startColumn} ${one.tokenType.name} ${one.image}`;
      t.regex(scopeAt(one, 0), rule, place);
      if (!/Text|Block/.test(one.tokenType.name))
        t.is(scopeAt(one, one.image.length - 1), scopeAt(one, 0), place);
    }
  }
  for (const kind of Object.keys(expected)) t.true(seen.has(kind), `${kind} is in no source`);
});

test("the extension has what the packager asks for", async (t) => {
  const manifest = await json("package.json");
  for (const field of ["name", "displayName", "description", "version", "publisher", "license"])
    t.regex(manifest[field], /\S/, field);
  t.regex(manifest.name, /^[a-z][a-z0-9-]*$/);
  t.regex(manifest.version, /^\d+\.\d+\.\d+$/);
  t.regex(manifest.engines.vscode, /^\^\d+\.\d+\.\d+$/);
  const development = JSON.parse(await readFile(join(root, "package.json"), "utf8")).devDependencies;
  t.is(manifest.engines.vscode, `^${development["@types/vscode"]}`, "types no newer than the editor");
  const { commands, grammars, languages } = manifest.contributes;
  for (const path of [languages[0].configuration, grammars[0].path, "README.md", "LICENSE", ".vscodeignore"])
    t.true(existsSync(join(folder, path)), path);
  t.deepEqual(languages[0].extensions, [".infra"]);
  t.is(grammars[0].scopeName, (await json(grammars[0].path)).scopeName);
  t.is(await readFile(join(folder, "LICENSE"), "utf8"), await readFile(join(root, "LICENSE"), "utf8"));
  const client = await readFile(join(folder, "client.ts"), "utf8");
  for (const { command } of commands) t.true(client.includes(`"${command}"`), command);
  const { wordPattern, indentationRules } = await json(languages[0].configuration);
  for (const pattern of [wordPattern, ...Object.values(indentationRules as object)])
    t.notThrows(() => new RegExp(pattern));
});

test("the client is one script that an editor can load", async (t) => {
  await promisify(execFile)(process.execPath, [join(root, "scripts/build-vscode.mjs")]);
  const { main } = await json("package.json");
  const loader = Module as unknown as { _load(request: string, ...more: unknown[]): unknown };
  const load = loader._load;
  // Every class and enumeration that the client's parts extend or read while they load.
  const editor: object = new Proxy(class {}, {
    get: (target, key) => (key === "prototype" ? target.prototype : editor),
  });
  const asked = new Set<string>();
  loader._load = (request, ...more) => {
    asked.add(request);
    return request === "vscode" ? editor : load(request, ...more);
  };
  try {
    const extension = require(join(folder, main));
    t.is(typeof extension.activate, "function");
    t.is(typeof extension.deactivate, "function");
  } finally {
    loader._load = load;
  }
  t.true(asked.has("vscode"));
});

test("examples are as the formatter has them", async (t) => {
  for (const path of await readdir(join(root, "examples"), { recursive: true })) {
    if (!path.endsWith(".infra")) continue;
    const text = await readFile(join(root, "examples", path), "utf8");
    t.is(formatModule(path, text), text, path);
  }
});
