import { lockStack } from "../lock-stack.js";
import type { CommandRun } from "../program.js";

/** `infra lock [PATH]`: exact versions and hashes of what the stack's images are made of. */
export const run: CommandRun = async (context, [operand], options) =>
  (await lockStack(context, operand, options)) ? 0 : 1;
