import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { runCli } from "../support/cli.js";

/** What constructs become, for a reader's eyes: `UPDATE_GOLDEN=1` writes them anew. */
const golden = fileURLToPath(new URL("../golden/manifests/", import.meta.url));
const examples = fileURLToPath(new URL("../../examples/", import.meta.url));

const stacks: { readonly [name: string]: readonly string[] } = {
  bookshop: [],
  cluster: [],
  custom: [],
  environments: ["--env", "prod"],
  guestbook: [],
  library: [],
  platform: [],
  policies: [],
  settings: [],
};

for (const [stack, options] of Object.entries(stacks))
  test(`manifests of ${stack}`, async (t) => {
    const work = await mkdtemp(join(tmpdir(), "infra-manifests-"));
    t.teardown(() => rm(work, { recursive: true }));
    const copy = join(work, stack);
    await cp(join(examples, stack), copy, { recursive: true, filter: (path) => !path.endsWith("infra.out") });
    const { code, error } = await runCli(work, ["compile", copy, ...options]);
    t.is(code, 0, error);
    const manifests = join(copy, "infra.out/manifests");
    const names = (await readdir(manifests)).sort();
    const texts = await Promise.all(
      names.map(async (name) => `# ${name}\n${await readFile(join(manifests, name), "utf8")}`),
    );
    const text = texts.join("\n");
    const path = join(golden, `${stack}.yaml`);
    if (process.env["UPDATE_GOLDEN"] === "1") await writeFile(path, text);
    t.is(text, await readFile(path, "utf8"));
  });
