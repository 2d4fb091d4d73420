/**
 * Runs first in the guest's context: gives the stdlib as globals and closes what would make a compile unrepeatable.
 * Bundled alone to `dist/guest.js`; nothing of the host is in reach here.
 */

import { counting, exact } from "../../../stdlib/constructs/called.js";
import type { Graph, GuestPosition, GuestProblem, PolicyFinding } from "../../../stdlib/constructs/graph.js";
import {
  callPosition,
  hideFrames,
  madeOf,
  markLiteral,
  originOf,
  pendingOf,
  remembered,
  report,
} from "../../../stdlib/constructs/guest.js";
import * as stdlib from "../../../stdlib/constructs/index.js";
import type { PolicyObject } from "../../../stdlib/constructs/policy.js";
import { judgeObjects, serializeModule } from "../../../stdlib/constructs/serialize.js";
import * as kubernetes from "../../../stdlib/kubernetes/index.js";
import { addConstants, lockDown } from "./lockdown.js";

/** What a run ends with: JSON text, the only thing that leaves the context. */
export type GuestResult =
  | { readonly graph: Graph }
  | { readonly findings: readonly PolicyFinding[]; readonly problems: readonly GuestProblem[] }
  | (Ending & {
      readonly closed: { readonly what: string; readonly instead: string };
    })
  | (Ending & {
      readonly exception: string;
      /** Where the program was, of what does not say where it was thrown. */
      readonly mark?: number;
    })
  | { readonly impossible: true; readonly problems: readonly GuestProblem[] };

interface Ending {
  readonly call: GuestPosition;
  /** What was wrong before. */
  readonly problems: readonly GuestProblem[];
}

class ClosedDoor extends Error {
  readonly call = callPosition();
  readonly what: string;
  readonly instead: string;

  constructor(what: string, instead: string) {
    super(`${what} is closed to stacks`);
    this.what = what;
    this.instead = instead;
  }
}

function closed(what: string, instead: string): () => never {
  function door(): never {
    throw new ClosedDoor(what, instead);
  }
  return door; // no arrow function: `new Date()` has to arrive here too
}

const asInput = "Declare an input: input.text(…), and give it with --set";

/** Names a program may look for, and what each would have let in. */
const doors: { readonly [name: string]: readonly [what: string, instead: string] } = {
  process: ["the environment (process)", asInput],
  require: ["Node's modules (require)", "Use file(…) for files beside the stack"],
  fetch: ["the network (fetch)", "Stacks are compiled without network"],
  setTimeout: ["timers (setTimeout)", "A stack is evaluated at once, without waiting"],
  setInterval: ["timers (setInterval)", "A stack is evaluated at once, without waiting"],
  setImmediate: ["timers (setImmediate)", "A stack is evaluated at once, without waiting"],
  performance: ["the clock (performance)", asInput],
  crypto: ["randomness (crypto)", "For a secret, use generated()"],
  console: ["output (console)", "Look at the result: infra compile, then the bundle's manifests"],
  Intl: ["the machine's locale (Intl)", "Write the text as it should be"],
  Atomics: ["shared memory (Atomics)", "A stack has one thread"],
  SharedArrayBuffer: ["shared memory (SharedArrayBuffer)", "A stack has one thread"],
  WebAssembly: ["WebAssembly", "A stack is TypeScript alone"],
  WeakRef: ["the garbage collector (WeakRef)", "Keep the object itself"],
  FinalizationRegistry: ["the garbage collector (FinalizationRegistry)", "A stack ends by itself"],
  Temporal: ["the clock (Temporal)", asInput],
  module: ["Node's modules (module)", "Write import and export"],
};

const localeMethods: readonly (readonly [object, readonly string[]])[] = [
  [String.prototype, ["localeCompare", "toLocaleLowerCase", "toLocaleUpperCase"]],
  [Number.prototype, ["toLocaleString"]],
  [Array.prototype, ["toLocaleString"]],
  [Object.prototype, ["toLocaleString"]],
  [BigInt.prototype, ["toLocaleString"]],
];

function closeDoors(): void {
  for (const [name, [what, instead]] of Object.entries(doors)) {
    Object.defineProperty(globalThis, name, { get: closed(what, instead), configurable: false });
  }
  const clock = closed("the clock (Date)", asInput);
  Object.defineProperty(globalThis, "Date", {
    value: Object.assign(clock, { now: clock, parse: clock, UTC: clock }),
    writable: false,
    configurable: false,
  });
  Object.defineProperty(Math, "random", {
    value: closed("randomness (Math.random)", "For a secret, use generated()"),
    writable: false,
    configurable: false,
  });
  for (const [prototype, names] of localeMethods) {
    for (const name of names) {
      Object.defineProperty(prototype, name, {
        value: closed(`the machine's locale (${name})`, "Compare and format without locales"),
        writable: false,
        configurable: false,
      });
    }
  }
}

/**
 * A secret's key is a symbol, which no text takes by itself. What would make text of it on demand refuses it in the same
 * words, and JSON does not pass over it in silence.
 */
function keepSecrets(): void {
  const refuse = (): never => {
    throw new TypeError("Cannot convert a Symbol value to a string");
  };
  Object.defineProperty(Symbol.prototype, "toString", { value: refuse });
  Object.defineProperty(Symbol.prototype, "description", { get: refuse });
  Object.defineProperty(globalThis, "String", {
    value: new Proxy(String, {
      apply: (target, self, values) =>
        typeof values[0] === "symbol" ? refuse() : Reflect.apply(target, self, values),
    }),
  });
  Object.defineProperty(JSON, "stringify", {
    value: (value: unknown, replacer?: unknown, space?: string | number): string => {
      if (Array.isArray(replacer)) return stringify(value, replacer, space);
      return stringify(
        value,
        function (this: unknown, key: string, member: unknown) {
          if (typeof member === "symbol") return refuse();
          return typeof replacer === "function" ? replacer.call(this, key, member) : member;
        },
        space,
      );
    },
  });
}

/** What says nothing of an object but that it is one. */
const plainText = Object.prototype.toString;

/** Of an object that stands in a text and has none. */
function withoutText(object: object): GuestProblem["data"] {
  const made = madeOf(object);
  const pending = pendingOf(object);
  const what = made ? `${made.construct} "${made.name}"` : pending ? "a reference" : "a map";
  return { why: `${what} cannot stand in text`, ...(pending === undefined ? {} : { isReference: true }) };
}

/** Ends a program of the language, which goes on without the definition. */
class NoText extends TypeError {
  readonly data: GuestProblem["data"];

  constructor(object: object) {
    super();
    this.data = withoutText(object);
  }
}

/** Each is a mistake; more of them say nothing new. */
const mostWithoutText = 100;
let countWithoutText = 0;

/** A program of TypeScript goes on, to tell what else is wrong. */
function reportWithoutText(object: object): string {
  countWithoutText += 1;
  if (countWithoutText <= mostWithoutText) report("value-impossible", withoutText(object));
  return `unknown-${countWithoutText}`; // a name, each another, so that nothing is wrong with it
}

/** Where `"[object Object]"` would become part of a text: nobody means that. Otherwise as ECMA-262 7.1.1.1 has it. */
function refuseObjectsAsText(): void {
  Object.defineProperty(Object.prototype, Symbol.toPrimitive, {
    value(this: object, hint: string): unknown {
      for (const name of hint === "string"
        ? (["toString", "valueOf"] as const)
        : (["valueOf", "toString"] as const)) {
        const method: unknown = this[name];
        if (method === plainText) return reportWithoutText(this);
        const value: unknown = typeof method === "function" ? Reflect.apply(method, this, []) : this;
        if (value === null || !["object", "function"].includes(typeof value)) return value;
      }
      throw new TypeError("Cannot convert object to primitive value");
    },
  });
}

/**
 * The text and place of whatever was thrown; a getter of the guest's own that throws again must not matter.
 * @param mark - where the program was then.
 */
function describe(thrown: unknown, mark?: number): GuestResult {
  const { problems } = remembered;
  const unplaced = { call: [0, 0], ...(mark === undefined ? {} : { mark }), problems } as const;
  try {
    if (thrown instanceof ClosedDoor)
      return { closed: { what: thrown.what, instead: thrown.instead }, call: thrown.call, problems };
    if (!(thrown instanceof Error)) return { exception: textOf(thrown), ...unplaced };
    const call = originOf(thrown);
    if (thrown instanceof NoText)
      return {
        impossible: true,
        problems: [...problems, { code: "value-impossible", call, data: thrown.data }],
      };
    const exception = `${thrown.name}: ${thrown.message}`;
    return call[0] === 0 ? { exception, ...unplaced } : { exception, call, problems };
  } catch {
    return { exception: "something that cannot be described", ...unplaced };
  }
}

const mostOfThrown = 200;

/** An object that has no words of its own is told by its members. */
function textOf(thrown: unknown): string {
  const isPlain = typeof thrown === "object" && thrown?.toString === plainText;
  const text = isPlain ? plainText.call(thrown) : String(thrown);
  if (!/^\[object .*\]$/.test(text)) return text;
  const members = stringify(thrown) ?? text;
  return members.length > mostOfThrown ? `${members.slice(0, mostOfThrown)}…` : members;
}

const stringify = JSON.stringify;
/** Two of the largest pages of any processor, so that a whole one is in it: the evaluator puts shared memory there. */
const room = new Int32Array((2 * 65_536) / Int32Array.BYTES_PER_ELEMENT);
/** Where the program is: the place of the last loop or function that it reached. The evaluator keeps an eye on it. */
let progress = room.subarray(0, 1);
type Program<Result> = (mark: Int32Array, at: typeof markLiteral) => Result;

// A buffer that could be moved away would take the place out of reach; Node 20 has none of these yet.
for (const name of ["transfer", "transferToFixedLength"]) Reflect.deleteProperty(ArrayBuffer.prototype, name);
Object.assign(Error, { prepareStackTrace: hideFrames });
closeDoors();
keepSecrets();
refuseObjectsAsText();
lockDown();
addConstants({
  __infra_stdlib: counting(stdlib),
  __infra_kubernetes: Object.fromEntries(
    Object.entries(kubernetes).map(([group, versions]) => [
      group,
      Object.fromEntries(
        Object.entries(versions).map(([version, kinds]) => [version, exact(kinds, `${group}.${version}`)]),
      ),
    ]),
  ),
  __infra_refuse_as_text(object: object): void {
    if (Object.prototype.toString === object.toString) throw new NoText(object);
  },
  __infra_room: room,
  __infra_progress_at(cell: number): Int32Array {
    progress = room.subarray(cell, cell + 1);
    return progress;
  },
  __infra_describe: (thrown: unknown): string => stringify(describe(thrown)),
  __infra_judge(run: Program<unknown>, objects: readonly PolicyObject[]): string {
    try {
      run(progress, markLiteral);
      const findings = judgeObjects(objects);
      return `{"findings":${findings},"problems":${stringify(remembered.problems)}}`;
    } catch (thrown) {
      return stringify(describe(thrown, progress[0]));
    }
  },
  __infra_finish(run: Program<{ readonly [name: string]: unknown } | undefined>): string {
    try {
      return `{"graph":${serializeModule(run(progress, markLiteral) ?? {})}}`;
    } catch (thrown) {
      return stringify(describe(thrown, progress[0]));
    }
  },
});
