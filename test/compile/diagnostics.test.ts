import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { createHost } from "../../cli/host.js";
import { renderDiagnostics } from "../../cli/render/diagnostics.js";
import { plainStyle } from "../../cli/render/style.js";
import { compile } from "../../compiler/compile.js";

const cases = new URL("../golden/diagnostics/", import.meta.url);
const packageRoot = fileURLToPath(new URL("../../", import.meta.url));

for (const name of await readdir(cases)) {
  for (const check of [true, false]) {
    test(`${name}, ${check ? "types checked" : "types not checked"}`, async (t) => {
      const cache = await mkdtemp(join(tmpdir(), "infra-compile-"));
      t.teardown(() => rm(cache, { recursive: true }));
      const entry = fileURLToPath(new URL(`${name}/infra.ts`, cases));
      const host = createHost(packageRoot, cache);
      const { diagnostics, files } = await compile(host, {
        entry,
        output: join(dirname(entry), "infra.out"),
        stack: name,
        namespace: "default",
        set: name === "input-unknown" ? { colour: "red", mode: "quick" } : {},
        check,
        version: "0.0.0",
      });
      t.is(
        files === undefined,
        diagnostics.some(({ severity }) => severity === "error"),
      );
      t.true(diagnostics.length > 0);
      const source = (file: string) =>
        Buffer.from(host.read(join(dirname(entry), file)) ?? []).toString("utf8");
      const text = renderDiagnostics(diagnostics, source, plainStyle);
      const golden = fileURLToPath(
        new URL(`${name}/${check ? "expected" : "expected-unchecked"}.txt`, cases),
      );
      if (process.env["UPDATE_GOLDEN"] === "1") await writeFile(golden, text);
      t.is(text, await readFile(golden, "utf8"), "UPDATE_GOLDEN=1 rewrites; then read the diff");
    });
  }
}
