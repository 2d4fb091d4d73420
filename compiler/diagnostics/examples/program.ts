// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the examples are programs as text
import type { Explained } from "./example.js";

/** Reading and running the program, its inputs and files. */
export const programExamples = {
  "endless-program": {
    wrong: "let left = 3;\nwhile (left > 0) {}",
    right: "let left = 3;\nwhile (left > 0) left -= 1;",
  },
  exception: { wrong: 'configMap("a", JSON.parse("{ b"))', right: 'configMap("a", { b: "c" })' },
  "export-missing": {
    wrong:
      'import { limit } from "./common.js";\nexport const a = configMap("a", { limit });\n// common.ts\nexport const limits = 5;',
    right:
      'import { limits } from "./common.js";\nexport const a = configMap("a", { limits });\n// common.ts\nexport const limits = 5;',
  },
  "file-missing": {
    wrong: 'configMap("a", { page: file("./indx.html") })\n// index.html\n<h1>Shop</h1>',
    right: 'configMap("a", { page: file("./index.html") })\n// index.html\n<h1>Shop</h1>',
  },
  "import-missing": {
    wrong:
      'import { limits } from "./comon.js";\nexport const a = configMap("a", { limits });\n// common.ts\nexport const limits = 5;',
    right:
      'import { limits } from "./common.js";\nexport const a = configMap("a", { limits });\n// common.ts\nexport const limits = 5;',
  },
  "input-declaration": {
    wrong: 'configMap("a", { b: `${input.number("count", { default: 11, max: 10 })}` })',
    right: 'configMap("a", { b: `${input.number("count", { default: 10, max: 10 })}` })',
  },
  "input-invalid": {
    wrong: "infra compile --set replicas=two",
    right: "infra compile --set replicas=2",
  },
  "input-missing": {
    wrong: 'configMap("a", { b: input.text("b") })',
    right: 'configMap("a", { b: input.text("b", { default: "c" }) })',
  },
  "input-unknown": {
    wrong: "infra compile --set replica=2",
    right: "infra compile --set replicas=2",
  },
  "lock-invalid": {
    when: "infra.lock was damaged, as by a merge that left its marks in it, or a newer infra wrote it",
  },
  "lock-missing": {
    when: "debian({ packages }) asks for other packages than when infra lock has last run",
  },
  "program-stopped": {
    when: "a program breaks out of its sandbox or breaks the engine, or the kernel ends it because the machine has no memory left; nothing that a stack is written for does it",
  },
  "program-too-large": {
    wrong: "const rows = [];\nwhile (rows.length < 100) rows.push(new Array(3e7).fill(0));",
    right: "const rows = [];\nwhile (rows.length < 100) rows.push(new Array(3).fill(0));",
  },
  "sandbox-open": {
    when: "the machine's kernel refuses a wall around the evaluation, as old kernels and some containers do; once for each cache",
  },
  "secret-leaked": {
    wrong: 'configMap("settings", { url: `redis://:${password.key("password")}@redis` })',
    right:
      'pod("a", { containers: { a: { image: "shop:1", env: { URL: text`redis://:${password.key("password")}@redis` } } } })',
  },
  "export-unusable": {
    wrong:
      'import { configMap } from "infra";\nexport const a = (async () => configMap("a", { mode: "fast" }))();',
    right: 'import { configMap } from "infra";\nexport const a = (() => configMap("a", { mode: "fast" }))();',
  },
  "stack-empty": {
    wrong: 'import { configMap } from "infra";\nexport const settings = { mode: "fast" };',
    right:
      'import { configMap } from "infra";\nexport const settings = configMap("settings", { mode: "fast" });',
  },
  syntax: { wrong: 'configMap("a", { mode: "fast" )', right: 'configMap("a", { mode: "fast" })' },
  "type-error": { wrong: 'const replicas: number = "3";', right: "const replicas: number = 3;" },
  "undeclared-input": {
    wrong: 'configMap("built", { at: Date.now() })',
    right: 'configMap("built", { at: input.text("at", { default: "today" }) })',
  },
  "value-unusable": { wrong: 'configMap("a", { b: 1 / 0 })', right: 'configMap("a", { b: 1 / 2 })' },
} as const satisfies { readonly [code: string]: Explained };
