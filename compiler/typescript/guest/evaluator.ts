/**
 * The child process in which an author's program runs. It reads one request on stdin, evaluates it in a fresh context
 * that no object of this process enters, writes one line of JSON to stdout and ends. The parent gives it an empty
 * environment, a memory limit and a deadline; this file adds a time limit that can say where the program was.
 *
 * A context is no security boundary by itself (reference: Node's vm documentation); the process is the outer wall.
 */
import { readFileSync } from "node:fs";
import { createContext, Script } from "node:vm";

export interface EvaluationRequest {
  /** Path of the guest's prelude. */
  readonly prelude: string;
  /** The marked bundle; defines `__infra_stack`. */
  readonly code: string;
  readonly set: { readonly [name: string]: string };
  readonly environment: { readonly [name: string]: string };
  /** Objects, JSON text: the program's policies judge them instead of its resources being told. */
  readonly objects?: string;
  readonly timeoutMs: number;
}

export type EvaluationAnswer =
  /** Text the guest made; to be treated as hostile. */
  | { readonly result: string }
  /** Time ran out at this progress mark. */
  | { readonly timeout: number };

function evaluate(request: EvaluationRequest): EvaluationAnswer {
  const context = createContext(Object.create(null), {
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: "afterEvaluate", // otherwise a loop of awaits outlives the time limit
  });
  const run = (code: string, filename: string, lineOffset: number, timeout?: number): unknown =>
    new Script(code, { filename, lineOffset }).runInContext(
      context,
      timeout === undefined ? {} : { timeout },
    );

  run(readFileSync(request.prelude, "utf8"), "infra:stdlib", 0);
  run(
    `__infra_globals = ${JSON.stringify({ set: request.set, environment: request.environment })}`,
    "infra:globals",
    0,
  );
  try {
    const [finish, objects] =
      request.objects === undefined
        ? ["__infra_finish", ""]
        : ["__infra_judge", `, JSON.parse(${JSON.stringify(request.objects)})`];
    const program = `${finish}(() => {\n${request.code}\nreturn __infra_stack;\n}${objects})`;
    return { result: String(run(program, "infra:bundle", -1, request.timeoutMs)) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    return { timeout: Number(run("__infra_mark", "infra:mark", 0, 100)) };
  }
}

process.stdout.write(JSON.stringify(evaluate(JSON.parse(readFileSync(0, "utf8")) as EvaluationRequest)));
