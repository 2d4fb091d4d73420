/** Compiles for the language server in a process beside it: keys are answered while one runs, and one can be ended. */
import { type ChildProcess, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { setPriority } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { compile } from "../compiler/compile.js";
import type { Diagnostic } from "../compiler/diagnostics/reporter.js";
import type { Host } from "../compiler/host.js";
import type { ServerHost } from "../compiler/language/server/server.js";
import { stackName } from "./compile-stack.js";
import type { CliContext } from "./context.js";
import { createHost } from "./host.js";
import { renewEditorTypes } from "./project-files.js";

/** What goes over the channel; the channel can carry maps. */
interface Request {
  readonly entry: string;
  readonly texts: ReadonlyMap<string, string>;
}
type Response = { readonly diagnostics: readonly Diagnostic[] } | { readonly failure: string };

/** How far behind the editor a compile stands for a processor; see nice(1). */
const niceness = 10;

/** The server's side. The process is started for the first compile, and again after one that was ended. */
export function compilerProcess(context: CliContext): {
  readonly compile: ServerHost["compile"];
  readonly end: () => void;
} {
  let child: ChildProcess | undefined;
  const end = () => {
    child?.kill("SIGKILL");
    child = undefined;
  };
  return {
    end,
    compile(entry, texts, signal) {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null)
        child = started(context);
      const own = child;
      return new Promise((resolve, reject) => {
        const settle = () => {
          signal.removeEventListener("abort", abort);
          own.off("error", broken).off("exit", ended).off("message", take);
        };
        const fail = (why: string) => {
          settle();
          if (child === own) end();
          reject(new Error(why));
        };
        const abort = () => fail("the text has changed");
        const broken = ({ message }: Error) => fail(message);
        const ended = (code: number | null, by: string | null) =>
          fail(`the compiler ended with ${code ?? by}`);
        const take = (response: Response) => {
          settle();
          if ("failure" in response) reject(new Error(response.failure));
          else resolve(response.diagnostics);
        };
        signal.addEventListener("abort", abort);
        own.on("error", broken).on("exit", ended).on("message", take);
        own.send({ entry, texts } satisfies Request);
      });
    },
  };
}

function started({ packageRoot }: CliContext): ChildProcess {
  const child = fork(join(packageRoot, "dist/start.cjs"), ["lsp", "--compiler"], {
    cwd: "/", // it goes nowhere, and the folder of the server may

    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  child.on("error", () => {}); // whoever waits for it is told; nobody may
  if (child.pid !== undefined) setPriority(child.pid, niceness);
  return child;
}

/** The compiler's side: one request after the other, until the server is gone. */
export function answerCompiles(context: CliContext): Promise<number> {
  process.on("message", ({ entry, texts }: Request) => {
    const answer = (response: Response) => process.send?.(response, undefined, undefined, () => {}); // it may be gone
    const host = hostOf(context, entry, texts);
    // Types after the answer: TypeScript's own server asks for them later than a reader for mistakes.
    diagnosticsOf(context, entry, host)
      .then(
        (diagnostics) => answer({ diagnostics }),
        (error) => answer({ failure: wordsOf(error) }),
      )
      .then(() => renewEditorTypes(host, dirname(entry)))
      .catch((error) => context.error(`Types for editors were not written: ${wordsOf(error)}\n`));
  });
  return new Promise((resolve) => process.on("disconnect", () => resolve(0)));
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What is typed in counts as if it were stored. */
function hostOf(context: CliContext, entry: string, texts: ReadonlyMap<string, string>): Host {
  const cache = createHash("sha256").update(entry).digest("hex").slice(0, 16);
  const stored = createHost(
    context.packageRoot,
    join(context.cache, "language-server", cache),
    context.environment,
  );
  return {
    ...stored,
    read(path) {
      const text = texts.get(path);
      return text === undefined ? stored.read(path) : Buffer.from(text);
    },
  };
}

/** What `infra compile` says, without values for inputs, and without writing a bundle. */
async function diagnosticsOf(context: CliContext, entry: string, host: Host): Promise<readonly Diagnostic[]> {
  const folder = dirname(entry);
  const { diagnostics } = await compile(host, {
    entry,
    output: join(folder, "infra.out"),
    stack: stackName(basename(folder)),
    namespace: "default",
    set: {},
    check: true,
    policy: "default",
    version: context.version,
  });
  const absolute = <T extends { readonly file: string }>(span: T): T => ({
    ...span,
    file: resolve(folder, span.file),
  });
  return diagnostics.map((diagnostic) => ({
    ...diagnostic,
    span: diagnostic.span && absolute(diagnostic.span),
    related: diagnostic.related.map((one) => ({ ...one, span: absolute(one.span) })),
  }));
}
