import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { createHost } from "../../cli/host.js";
import { compile } from "../../compiler/compile.js";
import type { Diagnostic } from "../../compiler/diagnostics/reporter.js";
import { brokenManifests, soundManifests } from "./textbook-manifests.js";

const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
const files = new Map([
  ["sound.yaml", soundManifests],
  ...brokenManifests.map(({ from, to }, index) => {
    const [before, ...after] = soundManifests.split(from);
    if (after.length !== 1) throw new Error(`${JSON.stringify(from)} is there ${after.length} times`);
    return [`m${index}.yaml`, `${before}${to}${after}`] as const;
  }),
]);
let folder: string;
let diagnostics: readonly Diagnostic[];

/** Each in a namespace of its own, with a node port and a host of its own, all in one stack. */
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "infra-textbook-"));
  for (const [index, [file, text]] of [...files].entries()) {
    const namespace = file.replace(".yaml", "");
    const own = text
      .replaceAll(/[⟦⟧]/g, "")
      .replaceAll("namespace: shop", `namespace: ${namespace}`)
      .replace("nodePort: 30080", `nodePort: ${30_080 + index}`)
      .replace("host: shop.example.org", `host: ${namespace}.example.org`);
    await writeFile(join(folder, file), own);
  }
  const lines = [...files.keys()].map((file) => `manifests("./${file}")`);
  await writeFile(
    join(folder, "infra.ts"),
    `import { manifests } from "infra";\nexport const all = [${lines}];\n`,
  );
  const result = await compile(createHost(packageRoot, join(folder, "cache")), {
    ...{ entry: join(folder, "infra.ts"), output: join(folder, "out"), stack: "m", namespace: "default" },
    ...{ set: {}, check: false, version: "0.0.0" },
  });
  diagnostics = result.diagnostics;
});
test.after.always(() => rm(folder, { recursive: true }));

const foundIn = (file: string) => diagnostics.filter(({ span }) => span?.file === file);

test("nothing is found in the sound ones, nor outside of them", (t) => {
  t.deepEqual(foundIn("sound.yaml"), []);
  t.deepEqual(
    diagnostics.filter(({ span }) => span === undefined || !files.has(span.file)),
    [],
  );
});

for (const [index, { brings, code, what }] of brokenManifests.entries())
  test(`${what}: ${code}`, (t) => {
    const file = `m${index}.yaml`;
    const before = files.get(file)?.split("⟦")[0]?.split("\n") ?? [];
    const at = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    const found = foundIn(file);
    const [here, elsewhere] = [true, false].map((isHere) =>
      found
        .filter(({ span }) => (span?.start.line === at.line && span.start.column === at.column) === isHere)
        .map((one) => one.code)
        .sort(),
    );
    t.deepEqual([here, elsewhere], [[code], brings], JSON.stringify(found));
  });

test("there are more than thirty of them", (t) => t.true(brokenManifests.length > 30));
