import { Command, CommanderError } from "commander";
import type { CliContext } from "./context.js";

/** What a command's module exports as `run`; the exit code. */
export type CommandRun = (
  context: CliContext,
  operands: readonly string[],
  options: CommandOptions,
) => Promise<number>;
export interface CommandOptions {
  readonly [name: string]: unknown;
}

/** One command: its words for help, and its module, loaded when it is called and not before. */
interface CommandRow {
  readonly usage: string;
  readonly summary: string;
  readonly options?: readonly OptionRow[];
  readonly load: () => Promise<{ readonly run: CommandRun }>;
}

type OptionRow = readonly [flags: string, description: string, how?: "repeat"];

const format: OptionRow = ["--format <format>", "text or json"];
/** What every command that compiles a stack takes. */
const compileOptions: readonly OptionRow[] = [
  ["-o, --output <folder>", "where the bundle goes, instead of infra.out beside the stack"],
  ["--set <name=value>", "value of an input; may be repeated", "repeat"],
  ["-n, --namespace <name>", "namespace of what names none"],
  ["--stack <name>", "name of the stack, instead of its folder's"],
  ["--no-check", "skip the type check"],
];

/** A new command is one row. */
const commands: readonly CommandRow[] = [
  {
    usage: "compile [path]",
    summary: "check a stack and write its bundle",
    options: [...compileOptions, format],
    load: () => import("./commands/compile.js"),
  },
  {
    usage: "diff <a> <b>",
    summary: "compare two bundles, or what two stacks compile to",
    options: [
      ["--detailed-exitcode", "exit with 2 when they differ"],
      ...compileOptions.filter(([flags]) => !flags.startsWith("-o")),
      format,
    ],
    load: () => import("./commands/diff.js"),
  },
  {
    usage: "lock [path]",
    summary: "write exact package versions and hashes to infra.lock",
    options: [["--set <name=value>", "value of an input; may be repeated", "repeat"]],
    load: () => import("./commands/lock.js"),
  },
  {
    usage: "init [folder]",
    summary: "write a starting stack",
    load: () => import("./commands/init.js"),
  },
  {
    usage: "explain <code>",
    summary: "say what a diagnostic means",
    options: [format],
    load: () => import("./commands/explain.js"),
  },
];

/** Parses the arguments and runs one command. @returns the exit code. */
export async function runProgram(context: CliContext, args: readonly string[]): Promise<number> {
  let code = 0;
  const program = new Command("infra")
    .description("Typed TypeScript for images, Pods, Deployments and Services")
    .version(context.version, "-V, --version")
    .option("--root <folder>", "folder of the instance (INFRA_ROOT)")
    .exitOverride()
    .configureOutput({ writeOut: context.out, writeErr: context.error });
  for (const row of commands) {
    const command = program
      .command(row.usage)
      .description(row.summary)
      .exitOverride()
      .configureOutput({ writeOut: context.out, writeErr: context.error });
    for (const [flags, description, how] of row.options ?? []) {
      if (how === "repeat") command.option(flags, description, append, []);
      else command.option(flags, description);
    }
    command.action(async () => {
      const { run } = await row.load();
      const root = program.opts<{ root?: string }>().root ?? context.root;
      code = await run({ ...context, root }, command.args, command.opts());
    });
  }
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode; // commander has said what is wrong
  }
  return code;
}

function append(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
