import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { createHost } from "../../cli/host.js";
import { compile } from "../../compiler/compile.js";
import { firstSteps, follows, habits, imports, language, places } from "./new-user.js";

const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
let cache: string;
test.before(async () => {
  cache = await mkdtemp(join(tmpdir(), "infra-new-user-cache-"));
});
test.after.always(() => rm(cache, { recursive: true }));

for (const { beside, infra, says, ts, what } of [
  ...firstSteps,
  ...follows,
  ...habits,
  ...imports,
  ...language,
  ...places,
])
  test(what, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "infra-new-user-"));
    t.teardown(() => rm(folder, { recursive: true }));
    const entry = join(folder, ts === undefined ? "infra.infra" : "infra.ts");
    await writeFile(entry, ts ?? infra ?? "");
    for (const [file, text] of Object.entries(beside ?? {})) await writeFile(join(folder, file), text);
    const { diagnostics, files } = await compile(createHost(packageRoot, cache), {
      ...{ entry, output: join(folder, "out"), stack: "m", namespace: "default" },
      ...{ set: {}, check: true, version: "0.0.0" },
    });
    t.deepEqual(
      diagnostics.map(({ code, hint, message, span }) => {
        const place = span === undefined ? "" : `${span.start.line}:${span.start.column} `;
        return `${place}${code}: ${message}${hint === undefined ? "" : ` | ${hint}`}`;
      }),
      [...says],
    );
    t.is(
      files === undefined,
      diagnostics.some(({ severity }) => severity === "error"),
    ); // none is hidden alone
  });
