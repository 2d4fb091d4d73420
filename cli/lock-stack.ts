import { dirname, join, relative } from "node:path";
import { debianRequests } from "../compiler/compile.js";
import { lockDebian } from "../runtime/images/debian-lock.js";
import type { LockFile } from "../stdlib/schema/bundle.js";
import { findStack, inputOptions, printDiagnostics } from "./compile-stack.js";
import type { CliContext } from "./context.js";
import { givenInputs } from "./inputs.js";
import type { CommandOptions } from "./program.js";
import { count } from "./render/plan.js";

/**
 * Resolves what a stack's images ask for and writes it beside the source, whole or not at all.
 *
 * @returns whether it could; what could not was printed.
 */
export async function lockStack(
  context: CliContext,
  operand: string | undefined,
  options: CommandOptions,
): Promise<boolean> {
  const started = context.now();
  const { host, entry } = findStack(context, operand);
  const { diagnostics, requests } = await debianRequests(host, {
    entry,
    ...inputOptions(await givenInputs(host, context.cwd, entry, options)),
  });
  if (!printDiagnostics(context, host, entry, diagnostics, requests !== undefined) || requests === undefined)
    return false;
  const debian = requests.length === 0 ? {} : await lockDebian(requests, context.interrupted);
  const path = join(dirname(entry), "infra.lock");
  host.write(path, `${JSON.stringify({ formatVersion: 1, debian } satisfies LockFile, null, 2)}\n`);
  const packages = Object.values(debian).reduce((total, set) => total + set.packages.length, 0);
  const seconds = ((context.now() - started) / 1000).toFixed(1);
  context.out(
    `${relative(context.cwd, path)}      ${count(requests.length, "package set")}, ${count(packages, "package")}      ${seconds} s\n`,
  );
  return true;
}
