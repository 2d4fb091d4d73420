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
  if (options["format"] === "json") out(`${JSON.stringify({ code, severity, about })}\n`);
  else out(`${severity}[${code}]\n  ${about}\n`);
  return 0;
};

function isCode(code: string): code is DiagnosticCode {
  return Object.hasOwn(diagnostics, code);
}
