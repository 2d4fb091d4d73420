import { readFile } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";

export interface HostFacts {
  readonly cpus: number;
  readonly memoryBytes: bigint;
  readonly osImage: string;
  readonly bootId: string;
  readonly machineId: string;
}

/** What a Node object says of its host. Files some hosts lack read as empty. */
export async function hostFacts(): Promise<HostFacts> {
  const read = (path: string) => readFile(path, "utf8").catch(() => "");
  const [release, bootId, machineId] = await Promise.all([
    read("/etc/os-release"),
    read("/proc/sys/kernel/random/boot_id"),
    read("/etc/machine-id"),
  ]);
  return {
    cpus: availableParallelism(),
    memoryBytes: BigInt(totalmem()),
    osImage: /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(release)?.[1] ?? "Linux",
    bootId: bootId.trim(),
    machineId: machineId.trim(),
  };
}
