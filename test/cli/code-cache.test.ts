import { execFile } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));

/** The built command line beside another code cache. */
async function versionWith(t: ExecutionContext, cache: Uint8Array | undefined): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "infra-code-cache-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const dist = join(folder, "dist");
  mkdirSync(dist);
  for (const name of readdirSync(join(root, "dist")))
    if (name !== "cli.cache" && name !== "start.cjs") symlinkSync(join(root, "dist", name), join(dist, name));
  copyFileSync(join(root, "dist/start.cjs"), join(dist, "start.cjs")); // a link would lead back
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  if (cache !== undefined) writeFileSync(join(dist, "cli.cache"), cache);
  const { stdout } = await run(process.execPath, [join(dist, "start.cjs"), "--version"]);
  return stdout;
}

const whole = readFileSync(join(root, "dist/cli.cache"));
const flipped = Uint8Array.from(whole);
flipped[flipped.length >> 1] = 255 - (flipped[flipped.length >> 1] ?? 0);
const damages: { readonly [name: string]: Uint8Array | undefined } = {
  "that is not there": undefined,
  "of nothing": new Uint8Array(),
  "of text": Buffer.from("no machine code"),
  "that was cut off": whole.subarray(0, whole.length >> 1),
  "with one other byte": flipped,
};
for (const [name, cache] of Object.entries(damages))
  test(`a code cache ${name} is passed over`, async (t) => {
    t.regex(await versionWith(t, cache), /^\d+\.\d+\.\d+\n$|^infra \d/);
  });
