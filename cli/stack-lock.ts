import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { native } from "../runtime/kernel/native.js";
import { sleep } from "../stdlib/base/clock.js";
import { InfraError } from "../stdlib/base/errors.js";
import type { CliContext } from "./context.js";

/** Another command works on the stack and does not end. */
export class StackBusy extends InfraError {
  readonly code = "stack-busy";
}

const pollMs = 50;
const limitMs = 120_000;

/**
 * Runs `work` while no other `up` or `down` of the stack runs on the instance: two at once would plan on what the other
 * is changing. The kernel frees the lock of a command that dies.
 *
 * @throws {StackBusy} when the other one has not ended after two minutes.
 */
export async function withStackLock<T>(
  context: CliContext,
  stack: string,
  work: () => Promise<T>,
): Promise<T> {
  const folder = join(context.root, "stacks");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = await open(join(folder, `${stack}.lock`), "a", 0o600);
  try {
    const { flockTry } = native();
    for (const deadline = context.clock.now() + limitMs; !flockTry(file.fd); ) {
      if (context.clock.now() >= deadline)
        throw new StackBusy(`Another infra up or down of stack ${stack} is running`, {
          hint: "Wait for its end, or end it with Ctrl-C",
        });
      await sleep(context.clock, pollMs, context.interrupted);
    }
    return await work();
  } finally {
    await file.close();
  }
}
