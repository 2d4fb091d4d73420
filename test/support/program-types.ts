import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const packageRoot = fileURLToPath(new URL("../../", import.meta.url));

/** What the type checker says of programs, by name, all in one run; empty when nothing. */
export function typeErrors(programs: ReadonlyMap<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "infra-types-"));
  try {
    const compilerOptions = {
      strict: true,
      target: "es2022",
      lib: ["es2022"],
      types: [],
      module: "preserve",
      moduleResolution: "bundler",
      noEmit: true,
      skipLibCheck: true,
      paths: {
        infra: [join(packageRoot, "stdlib/constructs/index.ts")],
        "infra/kubernetes": [join(packageRoot, "stdlib/kubernetes/index.ts")],
      },
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
    for (const [name, text] of programs) writeFileSync(join(folder, `${name}.ts`), text);
    const compiler = join(packageRoot, "node_modules/typescript7/bin/tsc");
    return spawnSync(process.execPath, [compiler, "--project", folder, "--pretty", "false"], {
      cwd: folder,
      encoding: "utf8",
    }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
