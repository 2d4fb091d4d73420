import { join } from "node:path";
import type { RunOptions } from "../host.js";

export const heapMegabytes = 512;
/** With what is outside V8's heap: typed arrays, stacks, the engine itself. */
export const dataMegabytes = 1024;
/** What the process leaves beside its words: one number, where it was. */
export const placeBytes = 4;
/**
 * Bytes of bytecode after which V8 thinks of optimising a function, several times its default: most programs end before
 * the machine code made for them would have paid for itself.
 */
const interruptBudget = 1_000_000;

/** The process that programs are evaluated in, each in one of its own: how it is started. */
export function evaluatorProcess(
  packageRoot: string,
): readonly [
  program: string,
  args: readonly string[],
  options: Required<Pick<RunOptions, "cwd" | "sharedBytes">>,
] {
  const dist = join(packageRoot, "dist");
  const args = [
    String(dataMegabytes),
    process.execPath,
    `--max-old-space-size=${heapMegabytes}`,
    `--interrupt-budget=${interruptBudget}`,
    "--no-warnings",
    join(dist, "evaluator.cjs"),
    join(dist, "guest.js"),
    join(dist, "infra-enclosure.node"),
  ];
  return [join(dist, "infra-enclosure"), args, { cwd: "/", sharedBytes: placeBytes }];
}
