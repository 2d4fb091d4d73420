import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { runCli } from "../support/cli.js";

const bookshop = fileURLToPath(new URL("../../examples/bookshop/", import.meta.url));

/** All of a bundle but where its parts were written: provenance, and the digests of sources. */
async function made(folder: string): Promise<ReadonlyMap<string, string>> {
  const manifests = (await readdir(join(folder, "manifests"))).map((name) => `manifests/${name}`);
  const files = ["build.json", "secrets.json", ...manifests.sort()];
  const texts = files.map(async (file) => [file, await readFile(join(folder, file), "utf8")] as const);
  return new Map(await Promise.all(texts));
}

test("one application in TypeScript, in .infra and imported from YAML gives one bundle", async (t) => {
  const work = await mkdtemp(join(tmpdir(), "infra-same-"));
  t.teardown(() => rm(work, { recursive: true }));
  const stack = join(work, "bookshop");
  await cp(bookshop, stack, { recursive: true, filter: (path) => !path.endsWith("infra.out") });

  const imported = await runCli(stack, ["import", "k8s", "-o", "again"]);
  t.is(imported.code, 0, imported.error);
  t.is(
    await readFile(join(stack, "again/infra.ts"), "utf8"),
    await readFile(join(stack, "imported/infra.ts"), "utf8"),
    "examples/bookshop/imported is what infra import k8s -o imported writes",
  );

  const bundles: ReadonlyMap<string, string>[] = [];
  for (const [index, entry] of ["infra.ts", "main.infra", "imported/infra.ts"].entries()) {
    const output = join(dirname(entry), `out-${index}`);
    const { code, error } = await runCli(stack, ["compile", entry, "--stack", "bookshop", "-o", output]);
    t.is(code, 0, error);
    bundles.push(await made(join(stack, output)));
  }
  const [first, ...others] = bundles;
  for (const other of others) t.deepEqual(other, first);
});
