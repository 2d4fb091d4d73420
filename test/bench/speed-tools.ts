/** The tools that are measured: how each is installed outside the repository, fed and run. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Command } from "./speed-process.js";
import * as stacks from "./speed-stacks.js";

/** One tool over one application that lies in a folder. */
export interface Tool {
  readonly name: string;
  /** With its version. */
  readonly title: string;
  /** Counts as a TypeScript peer. */
  readonly typescript?: true;
  readonly files: (count: number) => stacks.Files;
  /** Once, after the files are written. */
  readonly prepare?: (folder: string) => void;
  /** What has to run when a source changed; without it a change costs what any run costs. */
  readonly rebuild?: (folder: string) => readonly Command[];
  readonly run: (folder: string) => Command;
  /** What earlier runs left there, to be forgotten. Tools without caches leave nothing. */
  readonly leaves?: readonly string[];
}

/** A tool that could not be installed, and why. */
export interface Absent {
  readonly name: string;
  readonly why: string;
}

const versions = {
  cdk8s: "2.70.106",
  constructs: "10.8.1",
  tsx: "4.23.15",
  esbuild: "0.28.2",
  typescript: "7.0.2",
  jsonnet: "v0.22.0",
  cue: "v0.17.1",
  kcl: "0.13.2",
} as const;

const home = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "infra-bench");

/** @returns the tools of others that install here, and those that do not. */
export function peers(): { readonly tools: readonly Tool[]; readonly absent: readonly Absent[] } {
  const tools: Tool[] = [];
  const absent: Absent[] = [
    { name: "Timoni", why: "its module is not in the Go module proxy; what it evaluates is CUE" },
  ];
  for (const [name, make] of Object.entries({ cdk8s: cdk8sTools, jsonnet, cue, kcl }))
    try {
      tools.push(...make());
    } catch (error) {
      absent.push({ name, why: (error as Error).message.split("\n")[0] ?? "" });
    }
  return { tools, absent };
}

function execute(program: string, args: readonly string[], options: object = {}): void {
  const { error, status, stderr } = spawnSync(program, args, { encoding: "utf8", ...options });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed: ${String(stderr).trim()}`);
}

/** A folder that is complete once it is there: an interrupted installation is begun again. */
function installed(name: string, install: (folder: string) => void): string {
  const folder = join(home, name);
  const mark = join(folder, "installed");
  if (existsSync(mark)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  install(folder);
  writeFileSync(mark, "");
  return folder;
}

function cdk8sTools(): Tool[] {
  const { cdk8s, constructs, esbuild, tsx, typescript } = versions;
  const folder = installed(`cdk8s-${cdk8s}-typescript-${typescript}`, (into) => {
    writeFileSync(join(into, "package.json"), "{}");
    const packages = Object.entries({ cdk8s, constructs, esbuild, tsx, typescript }).map((of) =>
      of.join("@"),
    );
    execute("npm", ["install", "--no-audit", "--no-fund", "--save-exact", ...packages], { cwd: into });
  });
  const modules = join(folder, "node_modules");
  const native = join(modules, `@esbuild/${process.platform}-${process.arch}/bin/esbuild`);
  const prepare = (stack: string) => {
    if (!existsSync(join(stack, "node_modules"))) symlinkSync(modules, join(stack, "node_modules"));
  };
  const checked = join(modules, `@typescript/typescript-${process.platform}-${process.arch}/lib/tsc`);
  const bundle = (stack: string): Command => ({
    argv: [
      native,
      "main.ts",
      "--bundle",
      "--platform=node",
      "--packages=external",
      "--log-level=error",
      "--outfile=build/main.cjs",
    ],
    cwd: stack,
  });
  return [
    {
      name: "cdk8s, tsx",
      title: `cdk8s ${cdk8s} by tsx ${tsx}`,
      typescript: true,
      files: stacks.cdk8sTypeScript,
      prepare: (stack) => {
        prepare(stack);
        mkdirSync(join(stack, "tmp"), { recursive: true });
      },
      // tsx keeps what it made of each file under TMPDIR.
      run: (stack) => ({
        argv: [process.execPath, join(modules, "tsx/dist/cli.mjs"), "main.ts"],
        cwd: stack,
        env: { TMPDIR: join(stack, "tmp") },
      }),
      leaves: [`tmp/tsx-${process.getuid?.()}`, "dist"],
    },
    {
      name: "cdk8s, compiled",
      title: `cdk8s ${cdk8s} compiled by esbuild ${esbuild}, run by node`,
      typescript: true,
      files: stacks.cdk8sTypeScript,
      prepare: (stack) => {
        prepare(stack);
        const { argv, cwd } = bundle(stack);
        execute(argv[0] ?? "", argv.slice(1), { cwd });
      },
      rebuild: (stack) => [bundle(stack)],
      run: (stack) => ({ argv: [process.execPath, "build/main.cjs"], cwd: stack }),
      leaves: ["build", "dist"],
    },
    {
      name: "cdk8s, checked",
      title: `cdk8s ${cdk8s} checked and compiled by TypeScript ${typescript}, run by node`,
      typescript: true,
      files: stacks.cdk8sTypeScript,
      prepare: (stack) => {
        prepare(stack);
        const compilerOptions = {
          target: "es2022",
          module: "nodenext",
          strict: true,
          skipLibCheck: true,
          types: [],
          outDir: "build",
        };
        writeFileSync(join(stack, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["main.ts"] }));
        execute(checked, ["--project", "."], { cwd: stack });
      },
      rebuild: (cwd) => [{ argv: [checked, "--project", "."], cwd }],
      run: (stack) => ({ argv: [process.execPath, "build/main.js"], cwd: stack }),
      leaves: ["build", "dist"],
    },
  ];
}

function jsonnet(): Tool[] {
  const folder = goTool("jsonnet", `github.com/google/go-jsonnet/cmd/jsonnet@${versions.jsonnet}`);
  return [
    {
      name: "jsonnet",
      title: `go-jsonnet ${versions.jsonnet}`,
      files: stacks.jsonnet,
      run: (cwd) => ({ argv: [join(folder, "jsonnet"), "-y", "main.jsonnet"], cwd }),
    },
  ];
}

function cue(): Tool[] {
  const folder = goTool("cue", `cuelang.org/go/cmd/cue@${versions.cue}`);
  return [
    {
      name: "CUE",
      title: `CUE ${versions.cue}`,
      files: stacks.cue,
      prepare: (stack) => {
        mkdirSync(join(stack, "cue.mod"), { recursive: true });
        const module = 'module: "bench.example/shop"\nlanguage: version: "v0.9.0"\n';
        writeFileSync(join(stack, "cue.mod/module.cue"), module);
      },
      run: (cwd) => ({ argv: [join(folder, "cue"), "export", "--out", "text", "-e", "stream", "."], cwd }),
    },
  ];
}

function goTool(name: string, module: string): string {
  return installed(`${name}-${module.split("@")[1]}`, (into) =>
    execute("go", ["install", module], { env: { ...process.env, GOBIN: into } }),
  );
}

/** Its module's host is not in every Go proxy; its Python package holds the same native evaluator. */
function kcl(): Tool[] {
  const folder = installed(`kcl-${versions.kcl}`, (into) => {
    execute("python3", ["-m", "venv", into]);
    execute(join(into, "bin/pip"), ["install", "--quiet", `kcl-lib==${versions.kcl}`]);
  });
  const program =
    "import kcl_lib.api as kcl; print(kcl.API().exec_program(kcl.ExecProgramArgs(k_filename_list=['.'])).yaml_result)";
  return [
    {
      name: "KCL",
      title: `KCL ${versions.kcl}, its Python package`,
      files: stacks.kcl,
      run: (cwd) => ({ argv: [join(folder, "bin/python"), "-c", program], cwd }),
    },
  ];
}

/** infra itself, as it is built in this repository. */
export function infraTools(root: string): Tool[] {
  const version = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;
  const tool = (name: string, files: Tool["files"]): Tool => ({
    name,
    title: `${name} ${version}`,
    files,
    run: (cwd) => ({
      argv: [process.execPath, join(root, "bin/infra"), "compile"],
      cwd,
      env: { XDG_CACHE_HOME: join(cwd, "cache") },
    }),
    leaves: ["cache", "infra.out"],
  });
  return [tool("infra", stacks.infraTypeScript), tool("infra, .infra", stacks.infraLanguage)];
}
