import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { createHost } from "../../cli/host.js";
import { compile } from "../../compiler/compile.js";
import { examples } from "../../compiler/diagnostics/examples/all.js";
import type { Example } from "../../compiler/diagnostics/examples/example.js";
import { type Diagnostic, Reporter } from "../../compiler/diagnostics/reporter.js";
import { type DiagnosticCode, diagnostics } from "../../compiler/diagnostics/table.js";
import { importCompose } from "../../compiler/import/compose.js";
import { importDockerfile } from "../../compiler/import/dockerfile.js";
import { importKubernetes } from "../../compiler/import/kubernetes.js";
import { selectObjects } from "../../compiler/import/select-objects.js";
import type { SourceReader } from "../../compiler/import/source-reader.js";
import { customKindsIn } from "../../compiler/types/definitions.js";
import { runCli } from "../support/cli.js";
import { beside, filesOf } from "./example-programs.js";

const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
const root = await mkdtemp(join(tmpdir(), "infra-examples-"));
test.after.always(() => rm(root, { recursive: true }));

const noFiles: SourceReader = {
  ...{ text: () => undefined, kind: () => undefined, list: () => [], stackPath: () => undefined },
  ...{ wayIn: () => "", name: (path) => path },
};

/** What reads a file that is no stack. */
const readers: { readonly [file: string]: (name: string, text: string, reporter: Reporter) => void } = {
  "compose.yaml": (name, text, reporter) => importCompose(noFiles, [{ name, text }], reporter),
  Dockerfile: (name, text, reporter) => importDockerfile(noFiles, name, text, reporter),
  "objects.yaml": (name, text, reporter) =>
    importKubernetes([{ name, text }], { namespace: "default" }, reporter),
  "definitions.yaml": (name, text, reporter) =>
    customKindsIn(selectObjects([{ name, text }], reporter), reporter),
};

const options = { namespace: "default", stack: "m", check: false, set: {}, version: "0.0.0" };

/** What is found in the wrong or the right side, read by itself. */
async function found(
  code: string,
  side: "wrong" | "right",
  example: Example,
): Promise<readonly Diagnostic[]> {
  const files = filesOf(example, side);
  const { file = "infra.ts" } = example;
  const read = readers[file];
  if (read !== undefined) {
    const reporter = new Reporter();
    read(file, files.get(file) ?? "", reporter);
    return reporter.sorted();
  }
  const folder = join(root, `${code}-${side}`);
  await mkdir(folder);
  for (const [name, text] of [...beside, ...files]) await writeFile(join(folder, name), text);
  const { diagnostics: said } = await compile(createHost(packageRoot, join(folder, "cache")), {
    ...{ ...options, entry: join(folder, file), output: join(folder, "out"), set: setBy(example[side]) },
    check: code === "type-error",
    ...(code === "endless-program" ? { evaluationMs: 300 } : {}),
  });
  return said;
}

function setBy(command: string): { readonly [name: string]: string } {
  const set = [...command.matchAll(/ --set (\w+)=(\w+)/g)];
  return Object.fromEntries(set.map(([, name = "", value = ""]) => [name, value]));
}

/** What else the wrong side has: nothing is accepted by a code that is none. */
const brings: { readonly [code: string]: readonly string[] } = { "accept-unknown": ["run-as-root"] };

/** What is looked for at a level is in policies.test.ts, all in one stack. */
const alone = Object.entries(examples).flatMap(([code, one]) =>
  "when" in one || "level" in diagnostics[code as DiagnosticCode] ? [] : [[code, one as Example] as const],
);

for (const [code, example] of alone)
  test.serial(`${code}: ${example.wrong}`, async (t) => {
    const said = await found(code, "wrong", example);
    const codes = new Set(said.map((one) => one.code));
    t.deepEqual([...codes], [code, ...(brings[code] ?? [])], JSON.stringify(said));
    if (example.file !== undefined) t.deepEqual(await found(code, "right", example), []);
  });

test.serial(
  "the right ones in TypeScript are one stack without a finding, and with the right types",
  async (t) => {
    const folder = join(root, "right");
    await mkdir(folder);
    const all = alone.filter(([, { file }]) => file === undefined);
    const entry = all.map(([code], index) => `export * as m${index} from "./${code}.js";\n`);
    const files = all.map(([code, one]) => filesOf(one, "right", { entry: `${code}.ts`, resource: code }));
    for (const [name, text] of [
      ...beside,
      ["infra.ts", entry.join("")] as const,
      ...files.flatMap((one) => [...one]),
    ])
      await writeFile(join(folder, name), text);
    const { diagnostics: said } = await compile(createHost(packageRoot, join(folder, "cache")), {
      ...{ ...options, entry: join(folder, "infra.ts"), output: join(folder, "out"), check: true },
      set: Object.assign({}, ...all.map(([, { right }]) => setBy(right))),
    });
    t.deepEqual(said, []);
  },
);

test("every code is explained", (t) => {
  t.deepEqual(Object.keys(examples).sort(), Object.keys(diagnostics).sort());
  for (const [code, one] of Object.entries(examples))
    if ("when" in one) t.regex(one.when, /^.{40,}[^.]$/, code);
});

const explained: { readonly [code: string]: string } = {
  "field-missing": `error[field-missing]
  A field that has no default is not given.

  wrong  claim("disk", {})
  right  claim("disk", { size: "1Gi" })
`,
  "ssh-port": `warning[ssh-port]
  A way in for people, with keys and passwords of its own, beside the cluster's rules of who may what.

  infra compile --policy advice
  wrong  pod("a", { containers: { a: { image: "shop:1", ports: { ssh: 22 } } } })
  right  pod("a", { containers: { a: { image: "shop:1", ports: { http: 80 } } } })
`,
  "definition-duplicate": `error[definition-duplicate]
  Each name is defined once in a file; blocks once for each kind.

  infra.infra
  wrong  let size = 1Gi
         let size = 2Gi
  right  let size = 1Gi
         let largeSize = 2Gi
`,
  "lock-missing": `error[lock-missing]
  Package versions and hashes come from the lock file, so that a compile needs no network.

  Said when debian({ packages }) asks for other packages than when infra lock has last run.
`,
};

test("infra explain shows them", async (t) => {
  for (const [code, text] of Object.entries(explained))
    t.is((await runCli("/", ["explain", code])).out, text);
  const { out } = await runCli("/", ["explain", "lock-missing", "--format", "json"]);
  t.deepEqual(Object.keys(JSON.parse(out)), ["code", "severity", "about", "when"]);
});
