import { examples } from "../../compiler/diagnostics/examples/all.js";
import { suggestion } from "../../compiler/diagnostics/row.js";
import { type DiagnosticCode, diagnostics } from "../../compiler/diagnostics/table.js";
import { UsageError } from "../../stdlib/base/errors.js";
import type { CommandRun } from "../program.js";
import { explanation } from "../render/explanation.js";

/** `infra explain [CODE]`: what a diagnostic means; without a code, which there are. */
export const run: CommandRun = async ({ out }, [code], options) => {
  if (code === undefined) {
    const all = Object.entries(diagnostics)
      .map(([name, { severity, about }]) => ({ code: name, severity, about }))
      .sort((a, b) => (a.code < b.code ? -1 : 1));
    if (options["format"] === "json") out(`${JSON.stringify(all)}\n`);
    else for (const one of all) out(`${one.severity}[${one.code}]\n`);
    return 0;
  }
  if (!isCode(code)) throw new UsageError(`There is no diagnostic "${code}"`, { hint: near(code) });
  const { severity, about } = diagnostics[code];
  const one = examples[code];
  const explained = "when" in one ? one : { example: one };
  if (options["format"] === "json") out(`${JSON.stringify({ code, severity, about, ...explained })}\n`);
  else out(`${severity}[${code}]\n  ${about}\n\n${explanation(code).replace(/^(?=.)/gm, "  ")}\n`);
  return 0;
};

/** The code that is meant: by its letters, else by one of its words. */
function near(code: string): string {
  if (/^TS\d+$/i.test(code)) return "That is the type checker's own code: infra explain type-error";
  const known = Object.keys(diagnostics);
  const words = code.toLowerCase().split(/[^a-z]+/);
  const akin = known.filter((one) => one.split("-").some((word) => words.includes(word)));
  return (
    suggestion(code, known) ??
    (akin.length === 0 ? "infra explain without a code lists them" : `Codes like it: ${akin.join(", ")}`)
  );
}

function isCode(code: string): code is DiagnosticCode {
  return Object.hasOwn(diagnostics, code);
}
