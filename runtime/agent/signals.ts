import { constants } from "node:os";

/** `SIGTERM`, `TERM` or `15` as a number; TERM for what is none. Source: signal(7), OCI image-spec `StopSignal`. */
export function signalNumber(name: string): number {
  if (/^\d+$/.test(name)) return Number(name);
  const full = name.startsWith("SIG") ? name : `SIG${name}`;
  const realtime = /^SIGRTM(IN|AX)([+-]\d+)?$/.exec(full);
  if (realtime !== null) return (realtime[1] === "IN" ? 34 : 64) + Number(realtime[2] ?? 0);
  return (constants.signals as { readonly [name: string]: number })[full] ?? constants.signals.SIGTERM;
}
