import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import type { Diagnostic } from "../../compiler/diagnostics/reporter.js";
import { runCli } from "./cli.js";

/** What a compile says of a program, types not checked: `"5:12 code: message"` each, in the order of their places. */
export async function findings(t: ExecutionContext, source: string, ...args: readonly string[]) {
  const work = await mkdtemp(join(tmpdir(), "infra-findings-"));
  t.teardown(() => rm(work, { recursive: true }));
  await writeFile(join(work, "infra.ts"), source);
  const { out } = await runCli(work, [
    "compile",
    "--no-check",
    "--stack",
    "check",
    "--format",
    "json",
    ...args,
  ]);
  const { diagnostics } = JSON.parse(out) as { diagnostics: readonly Diagnostic[] };
  const lines = diagnostics.map(
    ({ code, message, span }) => `${span?.start.line}:${span?.start.column} ${code}: ${message}`,
  );
  return { diagnostics, lines, work };
}
