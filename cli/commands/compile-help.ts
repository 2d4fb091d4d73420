import { dirname } from "node:path";
import { stackInputs } from "../../compiler/compile.js";
import { UsageError } from "../../stdlib/base/errors.js";
import type { InputNode } from "../../stdlib/constructs/graph.js";
import { findStack } from "../compile-stack.js";
import { environmentsOf } from "../inputs.js";
import type { CommandRun } from "../program.js";
import { escapeText } from "../render/escape.js";

/** What `infra compile --help` adds about the stack it is called for: its inputs and environments. */
export const run: CommandRun = async (context, [operand]) => {
  let found: ReturnType<typeof findStack>;
  try {
    found = findStack(context, operand);
  } catch (error) {
    if (error instanceof UsageError) return 0; // help without a stack is help all the same
    throw error;
  }
  const { entry, host } = found;
  const { inputs } = await stackInputs(host, { entry, set: {} });
  const rows = (inputs ?? []).map((input) => [input.name, kindOf(input), input.help ?? ""] as const);
  const width = (column: 0 | 1) => Math.max(0, ...rows.map((row) => row[column].length));
  if (rows.length > 0)
    context.out(
      `\nInputs of this stack:\n${rows
        .map((row) => `  ${row[0].padEnd(width(0))}  ${row[1].padEnd(width(1))}  ${row[2]}`.trimEnd())
        .map((line) => `${escapeText(line)}\n`)
        .join("")}`,
    );
  const environments = environmentsOf(host, dirname(entry));
  if (environments.length > 0)
    context.out(`\nEnvironments (--env): ${escapeText(environments.join(", "))}\n`);
  return 0;
};

/** `number 1–20, default 3, or $REPLICAS` */
function kindOf({ choices, default: otherwise, env, max, min, type }: InputNode): string {
  const bounds = min === undefined && max === undefined ? "" : ` ${min ?? "…"}–${max ?? "…"}`;
  const of = choices === undefined ? `${type}${bounds}` : choices.join(" | ");
  const value = otherwise === undefined ? "required" : `default ${JSON.stringify(otherwise)}`;
  return `${of}, ${value}${env === undefined ? "" : `, or $${env}`}`;
}
