/* Bundles the client of the Visual Studio Code extension; `vsce package` runs it first. */
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./setup.mjs";

const folder = join(root, "compiler/language/vscode");
await build({
  absWorkingDir: folder,
  entryPoints: ["client.ts"],
  outfile: "dist/client.cjs",
  bundle: true,
  minify: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["vscode"],
  logLevel: "warning",
});
