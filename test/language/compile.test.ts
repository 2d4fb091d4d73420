import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { parseModule } from "../../compiler/language/parse.js";
import { runCli } from "../support/cli.js";

const guestbook = fileURLToPath(new URL("../../examples/guestbook/", import.meta.url));

async function folder(t: ExecutionContext, files: { readonly [name: string]: string }): Promise<string> {
  const work = await mkdtemp(join(tmpdir(), "infra-language-"));
  t.teardown(() => rm(work, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(work, name), text);
  return work;
}

/** Everything of a bundle that a cluster or a builder sees, places left out. */
async function outcome(bundle: string): Promise<{ [file: string]: unknown }> {
  const manifests = (await readdir(join(bundle, "manifests"))).sort();
  const files: { [file: string]: unknown } = {};
  for (const name of manifests) files[name] = await readFile(join(bundle, "manifests", name), "utf8");
  for (const name of ["build.json", "secrets.json"]) {
    const text = await readFile(join(bundle, name), "utf8");
    files[name] = JSON.parse(text, (key, value) => (key === "place" ? undefined : value));
  }
  return files;
}

test("one application in TypeScript and in .infra is one bundle", async (t) => {
  const work = await folder(t, {});
  await cp(guestbook, work, { recursive: true, filter: (path) => !path.endsWith("infra.out") });
  for (const entry of ["infra.ts", "main.infra"]) {
    const out = join(work, `${entry}.out`);
    const { code, error } = await runCli(work, ["compile", entry, "--stack", "guestbook", "-o", out]);
    t.is(code, 0, error);
  }
  t.deepEqual(await outcome(join(work, "main.infra.out")), await outcome(join(work, "infra.ts.out")));
});

test("a program that throws is still judged in the words of the language", async (t) => {
  const work = await folder(t, {
    "main.infra": `secret login { password = "x" }
let none = [1][5].a.b
service x { to = none }
`,
  });
  const { code, error } = await runCli(work, ["compile"]);
  t.is(code, 1);
  t.regex(error, /"password" must be a provider, such as generated\(\)[^\n]*\n\s+main\.infra:1:27/);
  t.notRegex(error, /SecretProvider/);
});

test("the order of definitions has no meaning", async (t) => {
  const source = await readFile(join(guestbook, "main.infra"), "utf8");
  const { module } = parseModule("main.infra", source);
  const lines = source.split("\n");
  const parts = module.definitions.map(({ span }) =>
    lines.slice(span.start.line - 1, span.end.line).join("\n"),
  );
  const work = await folder(t, {});
  await cp(guestbook, work, { recursive: true, filter: (path) => !path.endsWith("infra.out") });
  const compiled = async (text: string) => {
    await writeFile(join(work, "main.infra"), text);
    const { code, error } = await runCli(work, [
      "compile",
      "main.infra",
      "--stack",
      "guestbook",
      "--no-check",
    ]);
    t.is(code, 0, error);
    return outcome(join(work, "infra.out"));
  };
  const expected = await compiled(source);
  for (const shuffled of fc.sample(fc.shuffledSubarray(parts, { minLength: parts.length }), 4))
    t.deepEqual(await compiled(shuffled.join("\n")), expected);
});

const store = `
deployment redis { container redis { image = "redis:7"  ports = { redis: 6379 } } }
service store { to = redis  ports = { 6379: "redis" } }
`;

test(".ts imports .infra as typed values, and .infra imports .ts", async (t) => {
  const work = await folder(t, {
    "store.infra": store,
    "front.ts": `
import { deployment, service } from "infra";
import { store } from "./store.infra";
export function front(name: string, port: number) {
  const to = deployment(name, {
    containers: { web: { image: "web:1", ports: { http: port }, env: { STORE: store.address("redis") } } },
  });
  return service(name, { to, ports: { 80: "http" } });
}
`,
    "main.infra": `
import { front } from "./front.js"
import { store } from "./store.infra"
let web = front("web", 8080)
deployment worker {
  container worker {
    image = "worker:1"
    env = { STORE: store.address("redis"), WEB: web.address("http") }
  }
}
`,
  });
  const { code, error } = await runCli(work, ["compile", "--stack", "mixed"]);
  t.is(code, 0, error);
  const worker = await readFile(join(work, "infra.out/manifests/05-deployment-worker.yaml"), "utf8");
  t.regex(worker, /value: "store:6379"|value: store:6379/);
  t.regex(worker, /value: "?web:80"?/);
  const provenance = await readFile(join(work, "infra.out/provenance.json"), "utf8");
  t.true(["main.infra", "front.ts", "store.infra"].every((file) => provenance.includes(`"${file}"`)));
});

test("types pass between the languages: mistakes are seen on either side, each at its line", async (t) => {
  const work = await folder(t, {
    "store.infra": store,
    "infra.ts": `import { deployment } from "infra";
import { store } from "./store.infra";
export const api = deployment("api", { containers: { web: { image: "x:1", env: { S: store.address("rediz") } } } });
`,
    "other.infra": `import { store } from "./store.infra"
deployment api {
  replicas = "3"
  container web { image = "x:1"  env = { S: store.address("rediz") } }
}
`,
  });
  const typed = await runCli(work, ["compile", "--format", "json"]);
  const found = JSON.parse(typed.out).diagnostics as {
    code: string;
    span: { file: string; start: { line: number } };
  }[];
  t.true(
    found.some(
      ({ code, span }) =>
        /type-error|port-name-unknown/.test(code) && span.file === "infra.ts" && span.start.line === 3,
    ),
  );
  const other = await runCli(work, ["compile", "other.infra"]);
  t.is(other.code, 1);
  t.regex(other.error, /other\.infra:3:14/);
  t.regex(other.error, /other\.infra:4:\d+/);
});

test("params are inputs: defaults, bounds and choices", async (t) => {
  const work = await folder(t, {
    "main.infra": `
param replicas = 2 { min = 1  max = 5  help = "How many" }
param mode = "fast" { choices = ["fast", "safe"] }
param wait = 5s
param debug = false
param region { help = "Where" }
deployment api {
  replicas = if debug then 1 else replicas
  container web {
    image     = "web:1"
    ports     = { http: 8080 }
    env       = { MODE: mode, REGION: region, NOTE: "\${mode}-\${replicas}" }
    readiness = { http: "/", port: "http", every: wait }
  }
}
`,
  });
  const missing = await runCli(work, ["compile"]);
  t.regex(missing.error, /input-missing.*"region"/);
  const outside = await runCli(work, ["compile", "--set", "region=eu", "--set", "replicas=9"]);
  t.regex(outside.error, /"9" is above 5/);
  const good = await runCli(work, ["compile", "--set", "region=eu", "--set", "mode=safe"]);
  t.is(good.code, 0, good.error);
  const text = await readFile(join(work, "infra.out/manifests/01-deployment-api.yaml"), "utf8");
  t.regex(text, /replicas: 2/);
  t.regex(text, /value: safe-2/);
  t.regex(text, /periodSeconds: 5/);
});

test("what a function gives fits the field it is given to", async (t) => {
  const work = await folder(t, {
    "main.infra": `
function probe(path) = { http: path, port: "http" }
function size(cpu) = { cpu: cpu, memory: 64Mi }
function args(n) = ["serve", "--level=\${n}"]
function ports(at) = if at == 80 then { http: 80 } else { http: at }
function rolling() = { surge: 1, unavailable: 0 }
deployment web {
  strategy = rolling()
  container web {
    image = "web:1"
    ports = ports(8080)
    command = args(2)
    readiness = probe("/ready")
    resources = size(100m)
  }
}
`,
  });
  const { code, error } = await runCli(work, ["compile"]);
  t.is(code, 0, error);
  const text = await readFile(join(work, "infra.out/manifests/01-deployment-web.yaml"), "utf8");
  for (const said of ["path: /ready", 'cpu: "100m"', "--level=2", "containerPort: 8080", "maxUnavailable: 0"])
    t.true(text.includes(said), said);
});

test("blocks of a function's body are known by kind and name, also where that is computed", async (t) => {
  const work = await folder(t, {
    "main.infra": `
function app(name, image) {
  deployment "\${name}" { container web { image = image  ports = { http: 80 } } }
  service "\${name}" { to = deployment["\${name}"]  ports = { 80: "http" } }
}
function pair(image) {
  deployment web { container web { image = image  ports = { http: 80 } } }
  service web { to = web  ports = { 80: "http" } }
  let scaled = deployment.web
  autoscaler scale { of = scaled  max = 3 }
}
let shop = app("shop", "shop:1")
let blog = app("blog", "blog:1")
let rest = pair("rest:1")
ingress all {
  routes = {
    "a.example": { "/": shop["service.shop"].port("http") },
    "b.example": { "/": rest["service.web"].port("http") },
  }
}
networkPolicy web { of = rest["deployment.web"]  from = [shop["deployment.shop"]] }
`,
  });
  const { code, error } = await runCli(work, ["compile"]);
  t.is(code, 0, error);
  const names = (await readdir(join(work, "infra.out/manifests"))).map((name) => name.replace(/^\d+-/, ""));
  t.deepEqual(names.sort(), [
    "deployment-blog.yaml",
    "deployment-shop.yaml",
    "deployment-web.yaml",
    "horizontalpodautoscaler-scale.yaml",
    "ingress-all.yaml",
    "networkpolicy-web.yaml",
    "service-blog.yaml",
    "service-shop.yaml",
    "service-web.yaml",
  ]);
});

for (const [body, ...said] of [
  ["deployment web { }\nautoscaler a { of = deployment.wep  max = 2 }", 'there is no "deployment.wep"'],
  ["deployment web { }\nservice web { to = web }\nlet x = web", '"web" may be deployment.web or service.web'],
  [
    `deployment "\${n}" { }\nautoscaler a { of = deployment["\${n}x"]  max = 2 }`,
    `there is no "deployment.\${n}x"`,
  ],
  [`deployment "\${n}" { }\nautoscaler a { of = deployment["\${m}"]  max = 2 }`, 'there is no "m"'],
  [`deployment "\${n}" { }\ndeployment "\${n}" { }`, `"deployment \${n}" is defined twice`],
  ["let web = 1\ndeployment web { }\nlet web = 2", '"web" is defined twice'],
] as const)
  test(`a name that a body lacks, or has twice: ${body}`, async (t) => {
    const work = await folder(t, { "main.infra": `function f(n) {\n${body}\n}\n` });
    const { out } = await runCli(work, ["compile", "--format", "json"]);
    const { diagnostics } = JSON.parse(out) as { diagnostics: { code: string; message: string }[] };
    const named = diagnostics.filter(({ code }) => /^(name|definition)-/.test(code));
    t.deepEqual(
      named.map(({ message }) => message),
      said,
    );
  });

test("functions, loops, conditions and exact objects", async (t) => {
  const work = await folder(t, {
    "main.infra": `
let names = ["a", "b", "c"]
function app(name, size = 1) {
  deployment "\${name}-app" {
    replicas = size
    container web { image = "web:1"  ports = { http: 8080 } }
  }
  service "\${name}-front" { to = deployment("\${name}-extra", { containers: { web: { image: "web:2", ports: { http: 80 } } } })  ports = { 80: "http" } }
}
function double(n) = n * 2
let apps = [for name in names: app(name, double(2)) where name != "b"]
let settings = configMap("loop", { for key, value in { x: 1, y: 2 }: upper(key): "\${value}" })
let quota = kubernetes.core.v1.ResourceQuota({ metadata: { name: "all" }, spec: { hard: { pods: "10" } } })
let nothing = null
`,
  });
  const { code, error } = await runCli(work, ["compile"]);
  t.is(code, 0, error);
  const manifests = await readdir(join(work, "infra.out/manifests"));
  const kinds = manifests.map((name) => name.replace(/^\d+-/, ""));
  t.deepEqual(kinds.sort(), [
    "configmap-loop.yaml",
    "deployment-a-app.yaml",
    "deployment-a-extra.yaml",
    "deployment-c-app.yaml",
    "deployment-c-extra.yaml",
    "resourcequota-all.yaml",
    "service-a-front.yaml",
    "service-c-front.yaml",
  ]);
});

test("a stack is divided: whole files, and files within them, belong to it", async (t) => {
  const work = await folder(t, {
    "main.infra": 'import "./store.infra"\nimport "./front.js"\nnamespace shop {}\n',
    "store.infra": 'import "./settings.infra"\nconfigMap store { A = "b" }\n',
    "settings.infra": 'configMap settings { A = "b" }\n',
    "front.ts": 'import { configMap } from "infra";\nexport const front = configMap("front", { A: "b" });\n',
  });
  const { code, error } = await runCli(work, ["compile"]);
  t.is(code, 0, error);
  t.is(error, "");
  const manifests = await readdir(join(work, "infra.out/manifests"));
  const names = manifests.map((name) => name.replace(/^\d+-/, "")).sort();
  t.deepEqual(names, [
    "configmap-front.yaml",
    "configmap-settings.yaml",
    "configmap-store.yaml",
    "namespace-shop.yaml",
  ]);
});

test("what is imported and not used is loaded, and said to be left out", async (t) => {
  const files = {
    "store.infra": 'configMap store { A = "b" }\n',
    "other.ts": 'import { configMap } from "infra";\nexport const other = configMap("other", { A: "b" });\n',
    "main.infra": 'import { store } from "./store.infra"\nnamespace shop {}\n',
    "infra.ts": `import { namespace } from "infra";
import { other } from "./other.js";
import { store } from "./store.infra";
export const shop = namespace("shop");
`,
  };
  const work = await folder(t, files);
  const language = await runCli(work, ["compile", "main.infra"]);
  t.is(language.code, 0, language.error);
  t.regex(
    language.error,
    /configMap "store" is neither exported by main\.infra nor referred to[^\n]*\n\s+store\.infra:1:1/,
  );
  t.regex(language.error, /Write import "\.\/store\.infra" in main\.infra, or remove it/);
  const typed = await runCli(work, ["compile", "infra.ts"]);
  t.is(typed.code, 0, typed.error);
  t.regex(typed.error, /"store" is neither[^\n]*\n\s+store\.infra:1:1/);
  t.regex(typed.error, /"other" is neither[^\n]*\n\s+other\.ts:2:22/);
  t.regex(typed.error, /Write export \* from "\.\/other\.js" in infra\.ts, or remove it/);
});

test("a mistake in an .infra file does not make its importers wrong", async (t) => {
  const work = await folder(t, {
    "store.infra": 'configMap store { A "b" }\n',
    "infra.ts": 'export * from "./store.infra";\nimport type { store } from "./store.infra";\n',
  });
  const { error } = await runCli(work, ["compile"]);
  t.regex(error, /^error\[syntax\][^\n]*\n\s+store\.infra:1:/);
  t.regex(error, /\n1 error; nothing was written\n$/);
});

test("types alone are not imported of an .infra file", async (t) => {
  const work = await folder(t, {
    "store.infra": 'configMap store { A = "b" }\n',
    "infra.ts": `import { namespace } from "infra";
import type { store } from "./store.infra";
export const shop = namespace("shop");
export const nameOf = (of: typeof store) => of;
`,
  });
  const { code, error } = await runCli(work, ["compile"]);
  t.is(code, 1);
  t.regex(
    error,
    /Types alone cannot be imported of "\.\/store\.infra": import a value of it[^\n]*\n\s+infra\.ts:2:28/,
  );
});

test("a name that an imported file lacks is said there, used or not, whatever else is wrong", async (t) => {
  const said = async (main: string) => {
    const work = await folder(t, {
      "main.infra": main,
      "part.infra": "let size = 3\n",
      "front.ts": 'export const front = "x";\n',
    });
    const { out } = await runCli(work, ["compile", "--format", "json"]);
    const { diagnostics } = JSON.parse(out) as {
      diagnostics: { code: string; span: { start: { line: number; column: number } } }[];
    };
    return diagnostics.map(({ code, span: { start } }) => `${start.line}:${start.column} ${code}`);
  };
  const imports = 'import { size, sise } from "./part.infra"\nimport { frond } from "./front.ts"\n';
  t.deepEqual(await said(`${imports}configMap c { a = "\${size}" }\n`), [
    "1:16 export-missing",
    "2:10 export-missing",
  ]);
  t.deepEqual(
    await said(`${imports}import { a } from "./gone.js"\nconfigMap c { a = "\${size}  b = sise }\n`),
    ["1:16 export-missing", "2:10 export-missing", "3:19 import-missing", "4:39 syntax"],
  );
  t.deepEqual(await said('import { front } from "./front.ts"\nconfigMap c { a = front }\n'), []);
});

test("a module is imported by the name of its file, or by that it would be compiled to", async (t) => {
  for (const name of ["./front.ts", "./front.js"]) {
    const work = await folder(t, {
      "infra.ts": `import { configMap } from "infra";
import { front } from "${name}";
import { size } from "./part.infra";
export const c = configMap("c", { front, size: \`\${size}\` });\n`,
      "part.infra": `import { front } from "${name}"\nlet size = length(front)\n`,
      "front.ts": 'export const front = "x";\n',
    });
    const { code, error } = await runCli(work, ["compile"]);
    t.is(code, 0, error);
  }
});
