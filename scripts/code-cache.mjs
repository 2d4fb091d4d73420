/* Compiles a small stack with the built command line, then keeps the machine code V8 made for that beside it. */
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { constants, Script } from "node:vm";
import { root } from "./setup.mjs";

const file = join(root, "dist/cli.cjs");
const work = mkdtempSync(join(tmpdir(), "infra-build-"));
cpSync(join(root, "examples/settings/infra.ts"), join(work, "infra.ts"));
process.env.XDG_CACHE_HOME = work;
process.argv = [process.execPath, file, "compile", work];
process.stdout.write = () => true;

// As cli/start.ts makes it: V8 refuses a cache of another source, version or flags.
const filename = pathToFileURL(file).href;
const script = new Script(readFileSync(file, "latin1"), {
  filename,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
process.once("exit", () => {
  const code = script.createCachedData();
  const digest = createHash("sha256").update(code).digest(); // cli/start.ts looks at it
  if (process.exitCode !== 1) writeFileSync(join(root, "dist/cli.cache"), Buffer.concat([digest, code]));
  rmSync(work, { recursive: true });
});
script.runInThisContext()(createRequire(file), filename);
