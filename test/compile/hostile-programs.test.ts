import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { createHost } from "../../cli/host.js";
import { compile } from "../../compiler/compile.js";

/**
 * Programs that do harm, each with the diagnostic that stops it and its line. The first line of every source is line 1;
 * what is endless or too large ends at the last statement or loop it reached.
 */
const packageRoot = fileURLToPath(new URL("../../", import.meta.url));

/** A few at a time: all at once, a program's share of the machine would be less than its limit. */
const running: Promise<unknown>[] = [];
const atOnce = 3;

async function found(t: ExecutionContext, source: string, check: boolean, evaluationMs: number) {
  const folder = await mkdtemp(join(tmpdir(), "infra-hostile-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const entry = join(folder, "infra.ts");
  await writeFile(entry, source);
  const before = running[running.length - atOnce];
  const result = (async () => {
    await before;
    return compile(createHost(packageRoot, join(folder, "cache")), {
      entry,
      output: join(folder, "infra.out"),
      stack: "hostile",
      namespace: "default",
      set: {},
      check,
      evaluationMs,
      version: "0.0.0",
    });
  })();
  running.push(result);
  const { diagnostics } = await result;
  return diagnostics.map(({ code, message, span }) => ({
    at: `${code} ${span === undefined ? "-" : span.start.line}`,
    message,
  }));
}

interface Expectation {
  readonly message?: RegExp;
  readonly evaluationMs?: number;
}

const stopped = test.macro({
  title: (name = "") => `${name} is stopped`,
  async exec(t: ExecutionContext, source: string, expected: string, more: Expectation = {}) {
    const { evaluationMs = 60_000, message = /./ } = more;
    const diagnostics = await found(t, source, false, evaluationMs);
    t.deepEqual(
      diagnostics.map(({ at }) => at),
      [expected],
      diagnostics.map((one) => one.message).join("\n"),
    );
    t.regex(diagnostics[0]?.message ?? "", message);
  },
});

/** Each is given this long, and never ends by itself. */
const briefMs = 500;
const endless: readonly (readonly [name: string, source: string, line: number])[] = [
  ["for (;;)", "const a = 1;\nfor (;;);\n", 2],
  ["while", "let a = 1;\n\nwhile (a > 0) {\n  a = 2;\n}\n", 3],
  ["do while", "let a = 1;\ndo a = 2; while (a > 0);\n", 2],
  ["a label continued", "const a = 1;\nouter: for (;;) { for (;;) continue outer; }\n", 2],
  ["for of over itself", "const list = [1];\nfor (const a of list) list.push(a);\n", 2],
  [
    "a generator",
    "const a = 1;\nfunction* all() { for (let i = a; ; i++) yield i; } for (const i of all()) void i;\n",
    2,
  ],
  [
    "a generator spread",
    "function* all() {\n  while (true) yield;\n}\nconst a = new Set(all());\nexport { a };\n",
    2,
  ],
  [
    "recursion that forks",
    "function f(n: number): number {\n  return n === 0 ? 1 : f(n - 1) + f(n - 1);\n}\nf(80);\n",
    2,
  ],
  ["backtracking", 'const a = "a".repeat(60);\n/^(a+)+$/.test(a + "!");\n', 2],
  [
    "backtracking in a replacement",
    'const a = "x".repeat(60);\nconst b = (a + "!").replace(/(x+x+)+y/g, "");\nexport { b };\n',
    2,
  ],
  ["awaits", "async function f() {\n  for (;;) await null;\n}\nf();\n", 2],
  [
    "promises",
    "const next = (): Promise<unknown> => {\n  return Promise.resolve().then(next);\n};\nnext();\n",
    2,
  ],
  [
    "a thenable",
    "const o = {\n  then(done: (a: unknown) => void) {\n    done(o);\n  },\n};\nPromise.resolve(o);\n",
    3,
  ],
  ["a getter", "const o = {\n  get a(): number {\n    while (true);\n  },\n};\nexport const b = o.a;\n", 3],
  ["a trap", "const p = new Proxy({} as any, {\n  get() {\n    for (;;);\n  },\n});\np.a;\n", 3],
  [
    "a trap that the stdlib meets",
    "export const p = new Proxy({}, {\n  ownKeys() {\n    for (;;);\n  },\n});\n",
    3,
  ],
  ["toString", "const o = {\n  toString() {\n    for (;;);\n  },\n};\nexport const s = String(o);\n", 3],
  ["valueOf", "const o = {\n  valueOf() {\n    for (;;);\n  },\n};\nexport const s = (o as any) + 1;\n", 3],
  [
    "Symbol.toPrimitive",
    "const o = {\n  [Symbol.toPrimitive]() {\n    for (;;);\n  },\n};\nexport const s = +(o as any);\n",
    3,
  ],
  ["toJSON", "export const a = JSON.stringify({\n  toJSON() {\n    for (;;);\n  },\n});\n", 3],
  [
    "a thrown thing's message",
    "const e = new Error();\nObject.defineProperty(e, 'message', {\n  get() {\n    for (;;);\n  },\n});\nthrow e;\n",
    4,
  ],
  [
    "a comparator",
    "const list = Array.from({ length: 1000 }, (_, i) => i);\nlist.sort(() => {\n  for (;;);\n});\n",
    3,
  ],
  ["a static block", "class A {\n  static {\n    for (;;);\n  }\n}\nexport const a = new A();\n", 3],
  ["a class field", "class A {\n  a = (() => {\n    for (;;);\n  })();\n}\nexport const a = new A();\n", 3],
  ["catching its own end", "for (;;) {\n  try {\n    for (;;);\n  } catch {}\n}\n", 3],
  ["finally", "function f() {\n  try {\n    for (;;);\n  } finally {\n    f();\n  }\n}\nf();\n", 3],
  ["a long list filled", "const a = 1;\nexport const list = Array(1e9).fill(a);\n", 2],
];
for (const [name, source, line] of endless)
  if (!name.startsWith("the mark"))
    test(`endless: ${name}`, stopped, source, `endless-program ${line}`, {
      message: /0\.5 s/,
      evaluationMs: briefMs,
    });

const large: readonly (readonly [name: string, source: string, code: string, line: number])[] = [
  [
    "a list",
    "const a: unknown[] = [];\nwhile (true) a.push(new Array(3e7).fill(a));\n",
    "program-too-large",
    2,
  ],
  [
    "typed arrays",
    "const a: unknown[] = [];\nfor (let i = 0; i < 30; i++) a.push(new Uint8Array(1e8).fill(1));\n",
    "program-too-large",
    2,
  ],
  [
    "one typed array",
    "const a = 1;\nexport const b = new Float64Array(4e8).fill(a);\n",
    "program-too-large",
    2,
  ],
  ["a string doubled", 'let s = "ab";\nwhile (true) s += s;\n', "exception", 2],
  [
    "a map",
    "const m = new Map();\nfor (let i = 0; ; i++) m.set(i, new Array(5e6).fill(i));\n",
    "program-too-large",
    2,
  ],
  ["a power", "const a = 30n;\nexport const b = 2n ** (2n ** a);\n", "exception", 2],
  [
    "powers kept",
    "const a: unknown[] = [];\nfor (let i = 1n; ; i++) a.push(1n << (400_000_000n + i));\n",
    "program-too-large",
    2,
  ],
  ["recursion", "const a = 1;\nfunction f(): number {\n  return f() + a;\n}\nf();\n", "exception", 3],
  [
    "a closure chain",
    "let f = () => {};\nfor (;;) {\n  const g = f;\n  const kept = new Array(5e6).fill(g);\n  f = () => void kept;\n}\n",
    "program-too-large",
    2,
  ],
  [
    "JSON text",
    'let o: unknown = "x".repeat(1e6);\nfor (;;) o = [o, JSON.stringify(o)];\n',
    "program-too-large",
    2,
  ],
  [
    "nested values",
    "let o: unknown = 1;\nfor (let i = 0; i < 1e6; i++) o = [o];\nexport const s = JSON.stringify(o);\n",
    "exception",
    3,
  ],
];
for (const [name, source, code, line] of large)
  test(`too large: ${name}`, stopped, source, `${code} ${line}`);

const at = (line: string) => `const one = 1;\n${line}\nexport const two = one;\n`;
const closed: readonly (readonly [name: string, line: string])[] = [
  ["process.exit", "process.exit(0);"],
  ["process.kill", "process.kill(1, 9);"],
  ["process.env", "const a = process.env;"],
  ["process.binding", 'process.binding("fs");'],
  ["process.dlopen", 'process.dlopen({ exports: {} } as any, "/lib/x.so");'],
  ["process.getBuiltinModule", 'process.getBuiltinModule("node:fs");'],
  ["globalThis.process", "(globalThis as any).process.abort();"],
  ["require", 'require("fs").writeFileSync("/tmp/x", "");'],
  ["module.require", 'module.require("fs");'],
  ["import()", 'const a = import("node:fs");'],
  ["import() of a computed name", 'const a = import(["node", "fs"].join(":"));'],
  [
    "import() that is caught",
    'import("node:fs").catch((e) => e.constructor.constructor("return process")());',
  ],
  ["Date.now", "Date.now();"],
  ["new Date", "export const a = new Date();"],
  ["a given date", 'export const a = new Date("2020-01-01");'],
  ["Date as a function", "Date();"],
  ["Date by Reflect", "Reflect.construct(Date, []);"],
  ["performance", "performance.now();"],
  ["Temporal", "(globalThis as any).Temporal.Now.instant();"],
  ["Math.random", "Math.random();"],
  ["crypto.randomUUID", "crypto.randomUUID();"],
  ["setTimeout", "setTimeout(() => {}, 1);"],
  ["setInterval", "setInterval(() => {}, 1);"],
  ["setImmediate", "setImmediate(() => {});"],
  ["fetch", 'fetch("http://localhost");'],
  ["Intl", "new Intl.NumberFormat();"],
  ["toLocaleString", "(1).toLocaleString();"],
  ["localeCompare", '"a".localeCompare("b");'],
  ["a typed array's locale", "new Int8Array([1]).toLocaleString();"],
  ["SharedArrayBuffer", "new SharedArrayBuffer(1);"],
  ["Atomics.wait", "Atomics.wait(new Int32Array(1), 0, 0);"],
  ["WebAssembly.compile", "WebAssembly.compile(new Uint8Array(8));"],
  ["WebAssembly", "new WebAssembly.Memory({ initial: 1 });"],
  ["WeakRef", "new WeakRef({});"],
  ["FinalizationRegistry", "new FinalizationRegistry(() => {});"],
  ["console", 'console.log("a");'],
];
for (const [name, line] of closed)
  test(`closed: ${name}`, stopped, at(line), "undeclared-input 2", { message: /cannot use/ });

const modules = [
  "fs",
  "node:fs",
  "fs/promises",
  "node:net",
  "node:child_process",
  "node:vm",
  "node:worker_threads",
  "node:os",
  "node:dns",
  "node:inspector",
  "node:process",
  "node:module",
  "node:ffi",
  "node:wasi",
  "node:cluster",
  "node:repl",
  "node:v8",
];
for (const name of modules)
  test(
    `closed: import of ${name}`,
    stopped,
    `\nimport * as a from "${name}";\nexport const b = a;\n`,
    "undeclared-input 2",
  );

const constant: readonly (readonly [name: string, line: string])[] = [
  ["Object.prototype", "(Object.prototype as any).kind = 'Evil';"],
  ["Object.prototype.toString", "Object.prototype.toString = () => '';"],
  ["__proto__ of everything", "({} as any).__proto__.a = 1;"],
  ["Object.prototype's prototype", "Object.setPrototypeOf(Array.prototype, null);"],
  ["Array.prototype.map", "Array.prototype.map = () => [];"],
  ["Array.prototype by definition", 'Object.defineProperty(Array.prototype, "map", { value: 1 });'],
  ["Array.prototype by assignment of many", "Object.assign(Array.prototype, { map: 1 });"],
  ["a method deleted", "delete (Array.prototype as any).map;"],
  ["an iterator", "Array.prototype[Symbol.iterator] = null as any;"],
  ["an iterator's prototype", "Object.getPrototypeOf([][Symbol.iterator]()).next = 1;"],
  ["JSON", "(globalThis as any).JSON = {};"],
  ["JSON.stringify", "JSON.stringify = () => '';"],
  ["Array", "(globalThis as any).Array = null;"],
  ["Object.keys", "Object.keys = () => [];"],
  ["Error.prepareStackTrace", "(Error as any).prepareStackTrace = () => [];"],
  ["Error.stackTraceLimit", "Error.stackTraceLimit = 0;"],
  ["Error.prototype.name", 'Error.prototype.name = "Evil";'],
  ["Promise.prototype.then", "Promise.prototype.then = () => null as any;"],
  ["Function.prototype.call", "Function.prototype.call = () => null;"],
  ["RegExp.prototype.exec", "RegExp.prototype.exec = () => null;"],
  ["WeakMap.prototype.set", "WeakMap.prototype.set = () => null as any;"],
  ["String.prototype", "(String.prototype as any).toJSON = () => 1;"],
  ["the stdlib", "(globalThis as any).__infra_stdlib.configMap = () => null;"],
  ["a function of the stdlib", "(globalThis as any).__infra_stdlib.configMap.call = () => null;"],
  ["how a stack ends", "(globalThis as any).__infra_finish = () => '{}';"],
  ["Date", "(globalThis as any).Date = class {};"],
  ["Math.random", "Math.random = () => 4;"],
  ["eval", 'eval("1");'],
  ["Function", 'new Function("return 1")();'],
  ["a function by its constructor", '(() => {}).constructor("return 1")();'],
  ["a generator by its constructor", 'Object.getPrototypeOf(function* () {}).constructor("yield 1")();'],
  ["eval by another name", '(0, eval)("1");'],
  ["Function by Reflect", 'Reflect.construct(Function, ["return 1"]);'],
  ["Function bound", 'Function.bind(null, "return 1")()();'],
  ["an async function by its constructor", '(async () => {}).constructor("return 1")();'],
  [
    "an async generator by its constructor",
    'Object.getPrototypeOf(async function* () {}).constructor("yield 1")();',
  ],
  ["a class that is a Function", 'new (class extends Function {})("return 1")();'],
  [
    "the stdlib's constructor",
    '(globalThis as any).__infra_stdlib.configMap.constructor("return process")();',
  ],
  [
    "an engine's error's constructor",
    'try {\n null!.x;\n} catch (e: any) { e.constructor.constructor("return process")(); }'.replaceAll(
      "\n",
      "",
    ),
  ],
  [
    "a refusal's constructor",
    'try { eval("1"); } catch (e: any) { e.constructor.constructor("return process")(); }',
  ],
  [
    "a full stack's error's constructor",
    'const f = (): any => { try { return f(); } catch (e: any) { return e; } }; f().constructor.constructor("return process")();',
  ],
  ["a Worker", 'new (globalThis as any).Worker("x");'],
  ["a ShadowRealm", "new (globalThis as any).ShadowRealm();"],
  ["the caller's caller", "(function f(this: any) { return (f as any).caller; })();"],
  ["an undeclared variable", "undeclared = 1;"],
];
for (const [name, line] of constant) test(`constant: ${name}`, stopped, at(line), "exception 2");

const odd: readonly (readonly [name: string, source: string, expected: string])[] = [
  ["a rejected promise", "const a = 1;\nPromise.reject(new Error('late'));\nexport { a };\n", "exception 2"],
  [
    "a trap as a reason",
    "const a = 1;\nPromise.reject(new Proxy({}, { get() { throw a; } }));\n",
    "exception -",
  ],
  [
    "an async failure",
    "async function f() {\n  await null;\n  throw new Error('late');\n}\nf();\n",
    "exception 3",
  ],
  [
    "a thrown trap",
    "const a = 1;\nthrow new Proxy(new Error(), { getPrototypeOf() { throw a; } });\n",
    "exception 2",
  ],
  ["a thrown null", "const a = 1;\nthrow null;\n", "exception 2"],
  ["nothing exported", "const a = 1;\nvoid a;\n", "stack-empty -"],
];
for (const [name, source, expected] of odd) test(`odd: ${name}`, stopped, source, expected);

test("what subclasses and libraries do with the language is no mistake", async (t) => {
  const source = `import { configMap } from "infra";
class MyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MyError";
    this.message = message.toUpperCase();
  }
}
function Old(this: any) {}
Old.prototype.toString = () => "old";
Old.prototype.constructor = Old;
const own: any = { a: 1 };
own.toString = () => "own";
own.hasOwnProperty = () => true;
own.__proto__ = { b: 2 };
const text = [new MyError("m").name, new (Old as any)(), own, own.b, [3, 1, 2].sort(), new Map([[1, 2]]).get(1)].join(" ");
export const map = configMap("map", { ["__proto__"]: "key", constructor: "c", text });
`;
  const diagnostics = await found(t, source, false, 60_000);
  t.deepEqual(diagnostics, []);
});

/** An object of the host's, or of any other context, would lead to its Function, and from there to everything. */
test("nothing that a program can reach is of another context", async (t) => {
  const source = `import * as infra from "infra";
const own = [Object.prototype, Function.prototype];
const seen = new Set<unknown>();
const waiting: unknown[] = [globalThis, infra, import.meta];
const add = (get: () => unknown) => {
  try {
    waiting.push(get());
  } catch (thrown) {
    waiting.push(thrown);
  }
};
add(() => eval("1"));
add(() => null!.toString());
add(() => JSON.parse("{"));
add(() => new RegExp("("));
add(() => (function () { return arguments; })());
add(() => { const f = (): unknown => f(); return f(); });
add(() => Object.getOwnPropertyDescriptors(globalThis));
for (const made of [function* () {}, async () => {}, async function* () {}, Promise.resolve()]) waiting.push(made);
let functions = 0;
while (waiting.length > 0) {
  const one: any = waiting.pop();
  if ((typeof one !== "object" && typeof one !== "function") || one === null || seen.has(one)) continue;
  seen.add(one);
  let root = one;
  for (let next = root; next !== null; next = Object.getPrototypeOf(next)) root = next;
  if (typeof one === "function") {
    functions += 1;
    if (one !== own[1] && !(one instanceof Function)) throw new Error("a function of another context: " + one.name);
  }
  if (root !== own[0] && Object.getPrototypeOf(one) !== null)
    throw new Error("an object of another context: " + Object.getOwnPropertyNames(one).join());
  add(() => Object.getPrototypeOf(one));
  if (ArrayBuffer.isView(one)) continue;
  for (const key of Reflect.ownKeys(one)) {
    const { get, set, value } = Object.getOwnPropertyDescriptor(one, key)!;
    waiting.push(get, set, value);
    if (get) add(() => get.call(one));
  }
}
export const found = infra.configMap("found", { functions: functions > 500 ? "many" : String(functions) });
`;
  t.deepEqual(await found(t, source, false, 60_000), []);
});

for (const [name, source, line] of endless.filter((_row, index) => index % 14 === 0))
  test(`with the types checked, endless: ${name}`, async (t) => {
    const diagnostics = await found(t, source, true, briefMs);
    t.true(diagnostics.some(({ at: place }) => place === `endless-program ${line}`));
  });
