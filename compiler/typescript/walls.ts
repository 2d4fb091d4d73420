import type { Host } from "../host.js";
import { Evaluator } from "./evaluate.js";
import type { EvaluationAnswer, Walls } from "./guest/evaluator.js";

/** What the kernel of this machine says to each wall around a program; undefined when no program runs here at all. */
export async function inspectWalls(host: Host): Promise<Walls | undefined> {
  const empty = { code: "const __infra_stack = {};", set: {}, environment: {}, timeoutMs: 10_000 };
  const { code, stdout } = await new Evaluator(host).run(empty);
  return code === 0 ? (JSON.parse(stdout) as EvaluationAnswer).walls : undefined;
}
