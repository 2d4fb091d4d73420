import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import type { IToken } from "chevrotain";
import fc from "fast-check";
import { createHost } from "../../cli/host.js";
import { compile } from "../../compiler/compile.js";
import { lexer } from "../../compiler/language/tokens.js";
import { stackFolder } from "../support/stack-folder.js";

const packageRoot = fileURLToPath(new URL("../../", import.meta.url));

async function mistakes(
  t: ExecutionContext,
  files: { readonly [path: string]: string },
  entry = "main.infra",
) {
  const folder = await stackFolder(t, files);
  const { diagnostics } = await compile(createHost(packageRoot, join(folder, "cache")), {
    entry: join(folder, entry),
    output: join(folder, "infra.out"),
    stack: "x",
    namespace: "default",
    set: {},
    check: true,
    version: "0",
  });
  return diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ code, span }) => `${span?.file}:${span?.start.line} ${code}`);
}

/** A line with `//! CODE` has that mistake, and no other line has any. */
function marksOf(files: { readonly [path: string]: string }): string[] {
  return Object.entries(files).flatMap(([path, text]) =>
    text.split("\n").flatMap((line, index) => {
      const [, codes = ""] = /\/\/! (.*)/.exec(line) ?? [];
      const names = codes.split(" ").filter((code) => code !== "");
      return names.map((code) => `${path}:${index + 1} ${code}`);
    }),
  );
}

async function isAsMarked(t: ExecutionContext, files: { readonly [path: string]: string }, entry?: string) {
  const marked = marksOf(files);
  t.true(marked.length > 0);
  t.deepEqual((await mistakes(t, files, entry)).sort(), marked.sort());
}

const rows: readonly (readonly [title: string, source: string])[] = [
  [
    "rules of finished objects, beside a text that cannot be read",
    `
deployment api {
  replicas = -1 //! field-invalid
  container web {
    image = "nginx:1.29"
    ports { http: 80 } //! syntax
  }
}
configMap settings { "a/b" = "x" } //! field-invalid
service front {
  to = deployment.api
  ports = { 80: "http" }
  labels = { "a/b/c": "x" } //! field-invalid
}
`,
  ],
  [
    "what only the type checker knows, beside a text that cannot be read",
    `
let sizes = { small: 1 }
let large = sizes.large //! type-error
function twice(n) = n * 2
let four = twice(2, 3) //! type-error
configMap a { x = "b } //! syntax
service front { to = web  ports = { 80: "http" } }
deployment web {
  container web { image = "a:1"  ports = { http: 80 }  env = { SIZE: "\${four}" } }
}
`,
  ],
  [
    "a probe of a port that there is not, beside a value that cannot be computed",
    `
deployment web {
  container web {
    image = "a:1"
    ports = { http: 80 }
    readiness = { http: "/", port: "htp" } //! port-name-unknown
  }
}
let third = [1, 2][2] //! value-impossible
`,
  ],
  [
    "values that cannot be computed, each beside the others",
    `
let zones = ["a", "b"]
let third = zones[2] //! value-impossible
let none = 0
let two = 2
configMap a {
  zone = third
  half = "\${1 / none}" //! value-impossible
  name = "\${zones}" //! value-impossible
}
configMap b { sound = zones[7] } //! value-impossible
deployment c {
  replicas = -1 //! field-invalid
  container web { image = "nginx:1.29" }
}
deployment d {
  container web { image = "nginx:1.29" }
  labels = { zone: zones[1 + two] } //! value-impossible
}
`,
  ],
  [
    "values that cannot be computed, beside names that nobody gives",
    `
let zones = ["a"]
configMap a { b = zones[1], c = nobody } //! value-impossible name-unknown
configMap d { e = nobody[0], f = "\${zones}" } //! name-unknown value-impossible
`,
  ],
  [
    "nothing is said of what another mistake leaves open",
    `
configMap settings {
  mode = = "x" //! syntax
  speed = "1"
}
deployment api {
  container web {
    image = "nginx:1.29"
    env = { MODE: settings.key("mode"), SPEED: settings.key("speed") }
    ports = { http: nobody } //! name-unknown
    readiness { http = "/", port = "http" }
  }
}
service front {
  to = deployment.api
  ports = { 80: "http" }
}
autoscaler more {
  of = deployment.api
  min = lost //! name-unknown
  max = 3
}
`,
  ],
  [
    "what a block lacks is said of whole blocks alone",
    `
deployment api { container web { image = "nginx:1.29", ports = { http: 80 } } }
service front {
  to = deployment.api
  type = nobody //! name-unknown
  ports = { 80: "http" }
  nodePorts = { http: 30080 }
  labels = { team: "a b" } //! field-invalid
}
service back { ports = { 80: "http" } } //! field-missing
deployment none { replica = 1 } //! field-unknown field-missing
`,
  ],
  [
    "functions are whole or left out",
    `
function app(name, count) {
  deployment main {
    replicas = count
    container web { image = name, nothing = "x" } //! field-unknown
  }
}
function half(n) = n / 0 //! value-impossible
let shop = app("x", 1)
configMap a { b = "\${half(4)}", c = length(shop) }
configMap d { "x/y" = "z" } //! field-invalid
`,
  ],
];

for (const [title, source] of rows) test(title, (t) => isAsMarked(t, { "main.infra": source }));

test("modules are left out of what imports them only as far as they are wrong", (t) =>
  isAsMarked(t, {
    "main.infra": `
import { store, size, lost } from "./store.infra"
import "./more.infra"
deployment api {
  replicas = size
  container web { image = "nginx:1.29", env = { STORE: store.address(), A: lost } }
  history = -3 //! field-invalid
}
`,
    "store.infra": `
let size = = 3 //! syntax
service store { to = deployment.redis, ports = { 6379: "redis" } }
statefulSet redis {} //! field-missing
deployment redis {
  replicas = -2 //! field-invalid
  container redis { image = "redis:8" ports { redis: 6379 } } //! syntax
}
`,
    "more.infra": `
let more = [0][0] + [1][3] //! value-impossible
configMap more { "/" = "x" } //! field-invalid
`,
  }));

test("a stack in both languages", (t) =>
  isAsMarked(
    t,
    {
      "infra.ts": `export { a } from "./a.infra";
export { b } from "./b.infra";
`,
      "a.infra": `
deployment a {
  replicas = -1 //! field-invalid
  container web { image "nginx" } //! syntax
}
`,
      "b.infra": `
deployment b {
  replicas = -1 //! field-invalid
  container web { image = "nginx:1.29" }
}
deployment unused {
  replicas = -1
  container web { image = "nginx:1.29" }
}
`,
    },
    "infra.ts",
  ));

/** Each definition has one mistake that only its object shows. */
const definitions: readonly string[] = [
  `let size = 3\n`,
  `configMap settings {
  mode = "fast"
  "a/b" = "x" //! field-invalid
}
`,
  `deployment api {
  replicas = -1 //! field-invalid
  container web {
    image = "nginx:1.29"
    ports = { http: 80 }
    env = { MODE: settings.key("mode"), SIZE: "\${size}" }
  }
}
`,
  `service front {
  to = deployment.api
  ports = { 80: "http" }
  labels = { team: "a b" } //! field-invalid
}
`,
  `function app(name) = "\${name}:1.37"\n`,
  `cronJob night {
  schedule = "99 * * * *" //! field-invalid
  container main { image = app("busybox") }
}
`,
];

test("a word too few in one definition hides nothing of the others, and brings nothing about", (t) =>
  fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), async (which, at) => {
      const chosen = which % definitions.length;
      const text = definitions[chosen] ?? "";
      const words = lexer
        .tokenize(text)
        .tokens.filter(({ tokenType }) => !/^Text|Interp/.test(tokenType.name));
      const { endOffset = 0, startOffset } = words[at % words.length] as IToken;
      const parts = definitions.with(chosen, text.slice(0, startOffset) + text.slice(endOffset + 1));
      const source = parts.join("");
      const first = parts.slice(0, chosen).join("").split("\n").length;
      const last = first + text.split("\n").length - 2;
      const isOutside = (found: string) => {
        const [, line = "", code] = /:(\d+) (.*)/.exec(found) ?? [];
        // A name that was taken away is not there.
        return (Number(line) < first || Number(line) > last) && code !== "name-unknown";
      };
      const found = await mistakes(t, { "main.infra": source });
      t.deepEqual(found.filter(isOutside), marksOf({ "main.infra": source }).filter(isOutside), source);
    }),
    { numRuns: 15 },
  ));
