import type { ContainerState } from "./engine.js";
import type { PayloadReader } from "./protocol.js";

/** A container's state as the shim tells it: in the list, in answers to START, and in exit events. */
export function readState(from: PayloadReader): ContainerState {
  const name = from.text();
  const pid = from.u32();
  const startedAt = from.u64();
  const exited = from.u32() !== 0;
  const code = from.u32();
  const signal = from.u32();
  const oomKilled = from.u32() !== 0;
  const finishedAt = from.u64();
  return {
    name,
    pid: pid === 0 ? undefined : pid,
    startedAt: startedAt === 0 ? undefined : startedAt,
    exit: exited ? { code, signal, oomKilled, startedAt, finishedAt } : undefined,
  };
}
