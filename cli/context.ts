import type { Clock } from "../stdlib/base/clock.js";
import type { Answer } from "./answers.js";
import type { StartedProcess } from "./processes.js";
import type { Style } from "./render/style.js";

/** The person at the other end, where there is one. */
export interface Terminal {
  /** Somebody can answer a question. */
  readonly interactive: boolean;
  /** Asks a question that is answered with y or n. */
  confirm(question: string): Promise<boolean>;
  readonly stdin: NodeJS.ReadableStream;
  /** Bytes as they are, for what a container writes. @param written - called when they have left the process. */
  writeOut(bytes: Buffer, written?: () => void): void;
  writeError(bytes: Buffer): void;
  /** Size in characters; undefined when standard output is no terminal. */
  size(): { readonly columns: number; readonly rows: number } | undefined;
  onResize(handler: () => void): void;
  /** Keys go to the program as they are pressed; call the result to end that. */
  raw(): () => void;
}

/** What a command may use of the process it runs in. Only `main.ts` makes one from the real process. */
export interface CliContext {
  /** Absolute; relative operands are resolved against it. */
  readonly cwd: string;
  /** Folder of the instance. */
  readonly root: string;
  /** Folder of what instances keep until the host restarts. */
  readonly runBase: string;
  /** Folder that compile caches live in. */
  readonly cache: string;
  /** The package's own folder. */
  readonly packageRoot: string;
  readonly version: string;
  /** The caller's environment variables: for declared inputs and secrets alone. */
  readonly environment: { readonly [name: string]: string | undefined };
  readonly style: Style;
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Keeps a compile's answer for the same question, while nothing that it touched changes. */
  readonly remember?: (answer: Answer, touched: Iterable<string>, variables: readonly string[]) => void;
  /** What a compile will want, started before the program was loaded. */
  readonly started?: StartedProcess | undefined;
  /** Milliseconds, for "how long it took". */
  readonly now: () => number;
  readonly clock: Clock;
  readonly terminal: Terminal;
  /** Store of images that several instances share (INFRA_IMAGES); undefined: each has its own. */
  readonly images: string | undefined;
  /** Aborts at the first Ctrl-C; a second ends the process. */
  readonly interrupted: AbortSignal;
}
