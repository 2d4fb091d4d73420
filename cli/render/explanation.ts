import { examples } from "../../compiler/diagnostics/examples/all.js";
import { type DiagnosticCode, diagnostics } from "../../compiler/diagnostics/table.js";

/** Where a code is met, as lines: an example of it, or when it is said. */
export function explanation(code: DiagnosticCode): string {
  const one = examples[code];
  if ("when" in one) return `Said when ${one.when}.`;
  const row = diagnostics[code];
  const isAsked = "level" in row && row.level !== "default";
  const isHeaded = one.wrong.startsWith("// "); // by its files' names
  const head = isAsked ? `infra compile --policy ${row.level}` : isHeaded ? undefined : one.file;
  const side = (name: string, text: string) => `${name}  ${text.replaceAll("\n", "\n       ")}`;
  return [...(head === undefined ? [] : [head]), side("wrong", one.wrong), side("right", one.right)].join(
    "\n",
  );
}
