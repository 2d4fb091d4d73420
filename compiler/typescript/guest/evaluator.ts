/**
 * The child process in which an author's program runs. It makes itself ready, reads one request on stdin, closes itself, evaluates the
 * program in a fresh context that no object of this process enters, writes one line of JSON to stdout and ends.
 *
 * A context is no security boundary by itself (reference: Node's vm documentation). The walls are the kernel's, see
 * ../sandbox: the launcher that started this process left the network and the machine's names behind, and the addon
 * takes away files, processes and every system call that V8 does not compute with.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createContext, Script } from "node:vm";

export interface EvaluationRequest {
  /** The marked bundle; defines `__infra_stack`. */
  readonly code: string;
  readonly set: { readonly [name: string]: string };
  readonly environment: { readonly [name: string]: string };
  /** Objects, JSON text: the program's policies judge them instead of its resources being told. */
  readonly objects?: string;
  /** Of the processors. */
  readonly timeoutMs: number;
}

export interface EvaluationAnswer {
  readonly walls: Walls;
  /** Text the guest made; to be treated as hostile. */
  readonly result: string;
}

/** The kernel's walls: each 0, or the errno of its refusal. */
export interface Walls {
  readonly namespaces: number;
  readonly files: number;
  readonly calls: number;
}

/** Where the host reads what this process leaves, however it ends. */
const sharedDescriptor = 3;

interface Enclosure {
  /** Puts shared memory behind one number of the array: its index. */
  share(room: Int32Array, descriptor: number): number;
  watchDeaths(progress: Int32Array, seconds: number): void;
  forbidFiles(): number;
  filterCalls(): number;
  leave(): never;
}

interface Evaluation {
  readonly answer: EvaluationAnswer;
  /** The guest's own words for what it threw. */
  readonly describe: (thrown: unknown) => unknown;
  readonly leave: () => never;
}

/**
 * @param preludeFile - the guest's own.
 * @param enclosureFile - the addon that closes the process.
 */
function evaluate(preludeFile: string, enclosureFile: string): Evaluation {
  const prelude = readFileSync(preludeFile, "utf8");
  const addon = { exports: {} as Enclosure };
  process.dlopen(addon, enclosureFile);
  const enclosure = addon.exports;
  const leave = () => enclosure.leave();
  const context = createContext(Object.create(null), {
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: "afterEvaluate", // all that the program still does is done before the answer is written
  });
  const run = (code: string, filename: string, lineOffset: number): unknown =>
    new Script(code, { filename, lineOffset }).runInContext(context);

  run(prelude, "infra:stdlib", 0);
  const request = JSON.parse(readFileSync(0, "utf8")) as EvaluationRequest; // waits for it
  run(
    `__infra_globals = ${JSON.stringify({ set: request.set, environment: request.environment })}`,
    "infra:globals",
    0,
  );
  // The guest's own arrays: one number is all that is read of them, here or when the process dies.
  const cell = enclosure.share(run("__infra_room", "infra:progress", 0) as Int32Array, sharedDescriptor);
  const progress = run(`__infra_progress_at(${cell})`, "infra:progress", 0) as Int32Array;
  const describe = run("__infra_describe", "infra:describe", 0) as Evaluation["describe"];
  enclosure.watchDeaths(progress, request.timeoutMs / 1000);
  const walls: Walls = {
    namespaces: Number(process.env["INFRA_NAMESPACES"]),
    files: enclosure.forbidFiles(),
    calls: enclosure.filterCalls(),
  };
  const [finish, objects] =
    request.objects === undefined
      ? ["__infra_finish", ""]
      : ["__infra_judge", `, JSON.parse(${JSON.stringify(request.objects)})`];
  cutErrors();
  // Modules are strict code, which esbuild no longer says of a bundle of them. A function in brackets is parsed once:
  // V8 takes it for one that is called at once, any other it only looks through until it is.
  const program = `${finish}((function (__infra_mark, __infra_at) {"use strict";\n${request.code}\nreturn __infra_stack;\n})${objects})`;
  return { describe, leave, answer: { walls, result: String(run(program, "infra:bundle", -1)) } };
}

/**
 * Node asks for the stack of the guest's errors by a function of this realm. Where the stack ends there, its RangeError
 * is the guest's to catch: it must lead to nothing and say nothing of this process.
 */
function cutErrors(): void {
  Error.stackTraceLimit = 0;
  Object.setPrototypeOf(RangeError.prototype, null);
  Reflect.deleteProperty(RangeError.prototype, "constructor");
  Reflect.deleteProperty(Function.prototype, "constructor"); // of accessors that an error may have
}

let rejection: { readonly reason: unknown } | undefined;
process.on("unhandledRejection", (reason) => {
  rejection ??= { reason }; // the guest's, to be looked at by the guest alone
});
const { answer, describe, leave } = evaluate(process.argv[2] ?? "", process.argv[3] ?? "");
setImmediate(() => {
  const isResult = !answer.result.startsWith('{"exception"');
  const told: EvaluationAnswer =
    isResult && rejection !== undefined
      ? { walls: answer.walls, result: String(describe(rejection.reason)) }
      : answer;
  writeFileSync(1, JSON.stringify(told));
  leave();
});
