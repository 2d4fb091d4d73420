import { description } from "../../../stdlib/constructs/generated/description.js";
import type { Position } from "../../diagnostics/span.js";
import { languageFunctions } from "../functions.js";
import { definitionOf, methodOf, stdlibPath } from "../static.js";
import type { Expression } from "../syntax.js";
import { lexer } from "../tokens.js";
import { languageSignature, parameterText, signature } from "./hover.js";
import { offsetAt } from "./places.js";
import type { Analysis, Workspace } from "./workspace.js";

/** How what is called here is called. */
export interface SignatureHelp {
  readonly label: string;
  /** Each as it stands in the label. */
  readonly parameters: readonly string[];
  /** Index of the parameter that is being written. */
  readonly active: number;
  readonly doc: string | undefined;
}

/** Stands for what is called, in a definition of its own that the text is read with. */
const probe = "infraCall0";

export function signatureHelp(
  workspace: Workspace,
  { path, text }: Analysis,
  position: Position,
): SignatureHelp | undefined {
  const call = callAround(text.slice(0, offsetAt(text, position)));
  if (call === undefined) return undefined;
  const analysis = workspace.scratch(path, `${text}\nlet ${probe} = ${call.callee}()\n`);
  const found = analysis.site.resolution.exports.get(probe);
  if (found?.node !== "let" || found.value.node !== "call") return undefined;
  const about = aboutCallee(analysis, found.value.callee);
  if (about === undefined) return undefined;
  return { ...about, active: Math.min(call.commas, Math.max(0, about.parameters.length - 1)) };
}

/** The innermost call that is open at the end of a text: its callee's words, and how many commas came since. */
function callAround(before: string): { readonly callee: string; readonly commas: number } | undefined {
  const { tokens } = lexer.tokenize(before);
  const open: { at: number; commas: number }[] = [];
  for (const [at, { tokenType }] of tokens.entries()) {
    if (/^Left|^InterpolationStart$|^(Text|Block)Start$/.test(tokenType.name)) open.push({ at, commas: 0 });
    else if (/^Right|^(Text|Block)End$|^BrokenText$/.test(tokenType.name)) open.pop();
    else if (tokenType.name === "Comma") {
      const top = open.at(-1);
      if (top !== undefined) top.commas += 1;
    }
  }
  for (const { at, commas } of open.reverse()) {
    if (tokens[at]?.tokenType.name !== "LeftParen") continue;
    const callee = calleeBefore(tokens.slice(Math.max(0, at - longestCallee), at).map(({ image }) => image));
    if (callee !== undefined) return { callee, commas };
  }
  return undefined;
}

/** Words of `a.b.c`, dots counted: more no person wrote. */
const longestCallee = 9;

/** `a.b` of the words right before a parenthesis; undefined where no name stands there. */
function calleeBefore(words: readonly string[]): string | undefined {
  const isName = (word: string | undefined) => word !== undefined && /^[A-Za-z_][\w-]*$/.test(word);
  let from = words.length - 1;
  if (!isName(words[from]) || words[from - 1] === "function") return undefined;
  while (words[from - 1] === "." && isName(words[from - 2])) from -= 2;
  return words[from - 1] === "." ? undefined : words.slice(from).join("");
}

function aboutCallee({ site }: Analysis, callee: Expression): Omit<SignatureHelp, "active"> | undefined {
  const path = stdlibPath(callee, site);
  const construct = path === undefined ? undefined : description.constructs[path];
  if (path !== undefined && construct !== undefined)
    return {
      label: `${path}(name: text, spec: an object)`,
      parameters: ["name: text", "spec: an object"],
      doc: construct.doc,
    };
  const described = path === undefined ? methodOf(callee, site) : description.functions[path];
  if (described !== undefined) {
    const name = path ?? (callee.node === "member" ? callee.name.text : "");
    const parameters = described.parameters.map(parameterText);
    return { label: signature(name, described), parameters, doc: described.doc };
  }
  const target = site.resolution.targets.get(callee);
  if (target?.kind === "language") {
    const own = languageFunctions.get(target.path);
    return { label: languageSignature(target.path), parameters: own?.parameters ?? [], doc: own?.doc };
  }
  const definition = definitionOf(callee, site)?.definition;
  if (definition?.node !== "function") return undefined;
  const parameters = definition.parameters.map(({ default: value, name }) =>
    value === undefined ? name.text : `${name.text}?`,
  );
  return { label: `${definition.name.text}(${parameters.join(", ")})`, parameters, doc: undefined };
}
