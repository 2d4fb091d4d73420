import { examples } from "../../compiler/diagnostics/examples.js";
import { suggestion } from "../../compiler/diagnostics/row.js";
import { type DiagnosticCode, diagnostics } from "../../compiler/diagnostics/table.js";
import { UsageError } from "../../stdlib/base/errors.js";
import type { CommandRun } from "../program.js";

/** `infra explain CODE`: what a diagnostic means. */
export const run: CommandRun = async ({ out }, [code = ""], options) => {
  if (!isCode(code)) {
    const hint = suggestion(code, Object.keys(diagnostics));
    throw new UsageError(`There is no diagnostic "${code}"`, hint === undefined ? {} : { hint });
  }
  const { severity, about } = diagnostics[code];
  const example = examples[code];
  if (options["format"] === "json") out(`${JSON.stringify({ code, severity, about, example })}\n`);
  else {
    const lines = example === undefined ? "" : `\n  wrong  ${example.wrong}\n  right  ${example.right}\n`;
    out(`${severity}[${code}]\n  ${about}\n${lines}`);
  }
  return 0;
};

function isCode(code: string): code is DiagnosticCode {
  return Object.hasOwn(diagnostics, code);
}
