import type { Style } from "./render/style.js";

/** What a command may use of the process it runs in. Only `main.ts` makes one from the real process. */
export interface CliContext {
  /** Absolute; relative operands are resolved against it. */
  readonly cwd: string;
  /** Folder of the instance. */
  readonly root: string;
  /** Folder that compile caches live in. */
  readonly cache: string;
  /** The package's own folder. */
  readonly packageRoot: string;
  readonly version: string;
  readonly style: Style;
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Milliseconds, for "how long it took". */
  readonly now: () => number;
}
