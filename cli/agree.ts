import { UsageError } from "../stdlib/base/errors.js";
import type { CliContext } from "./context.js";

/** Whether to go on: said by `--yes`, else asked. @throws {UsageError} when there is no terminal to ask at. */
export async function agree(context: CliContext, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!context.terminal.interactive)
    throw new UsageError("Nobody can be asked whether to do this", { hint: "Add --yes" });
  if (await context.terminal.confirm("\nDo this?")) return true;
  context.out("Nothing was changed.\n");
  return false;
}
