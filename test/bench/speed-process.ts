/** Whole processes, measured from outside: wall time, CPU time, peak memory. */
import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Cost {
  /** Milliseconds from start to end. */
  readonly wall: number;
  /** Milliseconds of processors, user and system, children included. */
  readonly cpu: number;
  /** Peak resident memory of the largest process, megabytes. */
  readonly megabytes: number;
}

export interface Command {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env?: { readonly [name: string]: string };
}

/** Compiles the program that measures. @returns what measures one run; its output goes to a file nobody reads. */
export function createMeter(work: string, source: string): (command: Command) => Cost {
  const meter = join(work, "run");
  const built = spawnSync("gcc", ["-O2", "-Wall", "-Wextra", "-Werror", "-o", meter, source], {
    encoding: "utf8",
  });
  if (built.status !== 0) throw new Error(`gcc failed: ${built.stderr}`);
  return ({ argv, cwd, env = {} }) => {
    const [output, report] = ["output", "report"].map((name) => join(work, name)) as [string, string];
    const [out, told] = [openSync(output, "w"), openSync(report, "w")];
    try {
      const stdio = ["ignore", out, "pipe", told] as const;
      const { status, stderr } = spawnSync(meter, argv, {
        cwd,
        stdio: [...stdio],
        env: { ...process.env, ...env },
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(`${argv.join(" ")} ended with ${status}: ${stderr.slice(0, 2000)}`);
    } finally {
      closeSync(out);
      closeSync(told);
    }
    const [wallNs = 0, cpuUs = 0, kilobytes = 0] = readFileSync(report, "utf8").split(" ").map(Number);
    return { wall: wallNs / 1e6, cpu: cpuUs / 1e3, megabytes: kilobytes / 1024 };
  };
}

/** Several commands of one kind, one after the other, as one. */
export function together(costs: readonly Cost[]): Cost {
  return {
    wall: costs.reduce((sum, { wall }) => sum + wall, 0),
    cpu: costs.reduce((sum, { cpu }) => sum + cpu, 0),
    megabytes: Math.max(...costs.map(({ megabytes }) => megabytes)),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Half the distance between the quartiles: how far a run usually is from the median. */
export function spread(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.round((sorted.length - 1) * part)] ?? Number.NaN;
  return (at(0.75) - at(0.25)) / 2;
}
