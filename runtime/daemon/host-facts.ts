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

/** A host's name as a node's: a DNS subdomain. What has no letter or digit, as an unnamed host, is `node`. */
export function nodeName(hostName: string): string {
  const name = hostName
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, "-")
    .split(".")
    .map((label) => label.replace(/^-+|-+$/g, ""))
    .filter((label) => label !== "")
    .join(".")
    .slice(0, 63) // a label of the node has its value, too
    .replace(/[.-]+$/, "");
  return hostName === "(none)" || name === "" ? "node" : name;
}
