import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { projectFiles } from "../../cli/project-files.js";

const packageRoot = fileURLToPath(new URL("../../", import.meta.url));

/** What the type checker says of programs, by name, all in one run, with the project that `infra init` writes; empty when nothing. */
export function typeErrors(programs: ReadonlyMap<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "infra-types-"));
  try {
    for (const [path, text] of projectFiles(packageRoot)) writeFileSync(join(folder, path), text);
    for (const [name, text] of programs) writeFileSync(join(folder, `${name}.ts`), text);
    const compiler = join(packageRoot, "node_modules/typescript7/bin/tsc");
    return spawnSync(process.execPath, [compiler, "--project", folder, "--pretty", "false"], {
      cwd: folder,
      encoding: "utf8",
      maxBuffer: 1 << 28,
    }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
