import { Command, CommanderError, Option } from "commander";
import type { CliContext } from "./context.js";
import { escapeLines } from "./render/escape.js";

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
  /** What its help ends with. */
  readonly epilogue?: () => Promise<{ readonly run: CommandRun }>;
}

type OptionRow = readonly [flags: string, description: string, how?: "repeat" | "hidden"];

const reports: OptionRow = ["--format <format>", "text, json, sarif or github"];
const format: OptionRow = ["--format <format>", "text or json"];
const yes: OptionRow = ["--yes", "do it without asking"];
const stack: OptionRow = ["--stack <name>", "name of the stack, instead of its folder's"];
const namespace: OptionRow = ["-n, --namespace <name>", "namespace to look in (default)"];
/** Where values of inputs come from. */
const inputValues: readonly OptionRow[] = [
  ["--set <name=value>", "value of an input; may be repeated", "repeat"],
  ["--values <file>", "values of inputs, YAML or JSON; may be repeated, the last wins", "repeat"],
  ["--env <name>", "values of env/<name>.yaml beside the stack"],
];
/** What every command that compiles a stack takes. */
const compileOptions: readonly OptionRow[] = [
  ["-o, --output <folder>", "where the bundle goes, instead of infra.out beside the stack"],
  ...inputValues,
  ["-n, --namespace <name>", "namespace of what names none"],
  stack,
  ["--no-check", "skip the type check"],
  ["--policy <level>", "hold the stack to: default, advice, baseline or restricted"],
  ["--strict", "warnings stop the compile too"],
];

/** A new command is one row. */
const commands: readonly CommandRow[] = [
  {
    usage: "compile [path]",
    summary: "check a stack and write its bundle",
    options: [
      ...compileOptions,
      ["--against <env>", "show how the bundle differs from another environment's"],
      ["--detailed-exitcode", "with --against: exit with 2 when they differ"],
      reports,
    ],
    load: () => import("./commands/compile.js"),
    epilogue: () => import("./commands/compile-help.js"),
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
    options: inputValues,
    load: () => import("./commands/lock.js"),
  },
  {
    usage: "plan [path]",
    summary: "show what up would change, and with which effect",
    options: [["--detailed-exitcode", "exit with 2 when there are changes"], ...compileOptions, format],
    load: () => import("./commands/plan.js"),
  },
  {
    usage: "up [path]",
    summary: "build and run a stack, and wait until it is ready",
    options: [yes, ["--timeout <seconds>", "longest wait without progress (120)"], ...compileOptions],
    load: () => import("./commands/up.js"),
  },
  {
    usage: "down [path]",
    summary: "remove a stack and wait until it is gone",
    options: [yes, ["--purge", "remove images and everything else of the instance too"], stack],
    load: () => import("./commands/down.js"),
  },
  {
    usage: "status",
    summary: "show what runs and where it is reached",
    options: [format],
    load: () => import("./commands/status.js"),
  },
  {
    usage: "logs <resource>",
    summary: "show what all containers of a resource wrote",
    options: [
      ["-f, --follow", "go on with what comes, until Ctrl-C"],
      ["--tail <lines>", "only the last lines of each"],
      ["--previous", "of the start before the last restart"],
      namespace,
    ],
    load: () => import("./commands/logs.js"),
  },
  {
    usage: "exec <resource> [command...]",
    summary: "run a command in a container: infra exec -it deployment/web -- sh",
    options: [
      ["-i, --stdin", "pass standard input on"],
      ["-t, --tty", "with a terminal"],
      ["-c, --container <name>", "container of the pod, instead of the first"],
      namespace,
    ],
    load: () => import("./commands/exec.js"),
  },
  {
    usage: "daemon <start|stop|status|run>",
    summary: "start, stop or ask for the instance's daemon",
    options: [format],
    load: () => import("./commands/daemon.js"),
  },
  {
    usage: "kubeconfig",
    summary: "print what kubectl needs to talk to the instance",
    options: [["--path", "print where the file lies instead"]],
    load: () => import("./commands/kubeconfig.js"),
  },
  {
    usage: "doctor",
    summary: "say what this host can and cannot do",
    options: [format],
    load: () => import("./commands/doctor.js"),
  },
  {
    usage: "init [folder]",
    summary: "write a starting stack",
    load: () => import("./commands/init.js"),
  },
  {
    usage: "import <sources...>",
    summary:
      "write a stack of what Kubernetes YAML, a Compose file or a Dockerfile describes: infra import k8s/ or -",
    options: [
      ["-o, --output <folder>", "where the stack goes, instead of here"],
      ["--to <language>", "ts or infra (ts)"],
      ["--add", "add to the stack that is there"],
      ["--force", "overwrite what is there"],
      ["-n, --namespace <name>", "namespace of what names none"],
      [
        "--profile <name>",
        "profile of a Compose file whose services are wanted too; may be repeated",
        "repeat",
      ],
      ["--target <stage>", "stage of a Dockerfile, instead of the last"],
      [
        "--build-arg <name=value>",
        "value of a Dockerfile's ARG, instead of an input; may be repeated",
        "repeat",
      ],
      ["--context <folder>", "folder that a Dockerfile copies from, instead of its own"],
    ],
    load: () => import("./commands/import.js"),
  },
  {
    usage: "types <files...>",
    summary: "write typed modules for the custom kinds that definitions describe: infra types crds/ or -",
    options: [["-o, --output <folder>", "where the modules go, instead of types"]],
    load: () => import("./commands/types.js"),
  },
  {
    usage: "export [path]",
    summary: "write a stack as YAML, JSON, a Helm chart or for kustomize",
    options: [
      ["--format <format>", "yaml, json, list, helm or kustomize (yaml)"],
      ["--force", "overwrite what is there"],
      ["-o, --output <path>", "file, or folder of a chart, instead of standard output"],
      ...compileOptions.filter(([flags]) => !flags.startsWith("-o")),
    ],
    load: () => import("./commands/export.js"),
  },
  {
    usage: "fmt [paths...]",
    summary: "lay out .infra files: those named, those below this folder, or - for standard input",
    options: [["--check", "write nothing; exit with 1 when a file would change"]],
    load: () => import("./commands/fmt.js"),
  },
  {
    usage: "lsp",
    summary: "language server of .infra files, for editors: diagnostics, completion, rename and more",
    options: [
      ["--stdio", "over standard input and output, which is the only way"],
      ["--clientProcessId <pid>", "the editor; it says so itself, and ends the server by closing its input"],
      ["--compiler", "compile for a language server, which asks over a channel", "hidden"],
    ],
    load: () => import("./commands/lsp.js"),
  },
  {
    usage: "explain [code]",
    summary: "say what a diagnostic means; without a code, which there are",
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
    .configureOutput({ writeOut: context.out, writeErr: (text) => context.error(escapeLines(text)) });
  for (const row of commands) {
    const command = program
      .command(row.usage)
      .description(row.summary)
      .exitOverride()
      .configureOutput({ writeOut: context.out, writeErr: (text) => context.error(escapeLines(text)) });
    for (const [flags, description, how] of row.options ?? []) {
      if (how === "repeat") command.option(flags, description, append, []);
      else if (how === "hidden") command.addOption(new Option(flags, description).hideHelp());
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
    if (error.code === "commander.helpDisplayed") await showEpilogue(context, args);
    return error.exitCode; // commander has said what is wrong
  }
  return code;
}

/** `infra compile --help` in a folder with a stack goes on about that stack. */
async function showEpilogue(context: CliContext, args: readonly string[]): Promise<void> {
  const [name, ...operands] = args.filter((arg) => !arg.startsWith("-"));
  const row = commands.find(({ usage }) => usage.split(" ")[0] === name);
  if (row?.epilogue !== undefined) await (await row.epilogue()).run(context, operands, {});
}

function append(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
