/** What the compiler may do to the world; `cli` supplies it. Paths are absolute. */
export interface Host {
  /** The package's own folder: the stdlib's sources and built parts are found below it. */
  readonly packageRoot: string;
  /** A folder that only caches live in; deleting it costs time, nothing else. */
  readonly cacheFolder: string;
  /** @returns undefined when there is no such regular file: reading anything else might never end. */
  read(path: string): Uint8Array | undefined;
  /** The path without links; undefined when nothing is there. */
  realPath(path: string): string | undefined;
  /** Entries below a folder, depth first, sorted by code unit; undefined when it is no folder. Links are not followed. `levels` bounds how deep. */
  list(path: string, levels?: number): readonly HostEntry[] | undefined;
  /** Names in a folder, sorted by code unit, those of folders with a slash at their end; undefined when it is no folder. */
  names(path: string): readonly string[] | undefined;
  /** Whether none of the files or folders has changed since this host was made. */
  isSettled(paths: Iterable<string>): boolean;
  /** A variable of the caller's environment. Only those that the stack declares are asked for. */
  environment(name: string): string | undefined;
  /** Writes a file whole: beside it, then renamed. Parents are made. */
  write(path: string, content: string | Uint8Array): void;
  /** Removes a file; gone already is fine. */
  remove(path: string): void;
  /** Removes what is oldest in a folder of the cache, until as many entries are left. */
  keepNewest(folder: string, entries: number): void;
  /** Lends a new folder inside the cache that nobody else uses, and removes it after. */
  withFolder<T>(use: (folder: string) => Promise<T>): Promise<T>;
  /** Runs a program with no environment but what is given. Its output is bounded; it is killed at the deadline. */
  run(program: string, args: readonly string[], options: RunOptions): Promise<RunResult>;
}

export interface HostEntry {
  /** Relative to the listed folder, `/`-separated. */
  readonly path: string;
  readonly type: "file" | "directory" | "symlink";
  readonly executable: boolean;
  /** Target of a symlink, as stored. */
  readonly target?: string;
}

export interface RunOptions {
  readonly cwd: string;
  /** Standard input. A program may be started before it is known; without one it is killed then. */
  readonly input?: string | Promise<string | undefined>;
  /** Called when the program has all of its input, or was not there to take it. */
  readonly onGiven?: () => void;
  readonly timeoutMs: number;
  readonly environment?: { readonly [name: string]: string };
  /** So many bytes of a file are its descriptor 3, zeros at first: what it leaves there is told however it ends. */
  readonly sharedBytes?: number;
}

export interface RunResult {
  /** undefined when it was killed or could not be started. */
  readonly code: number | undefined;
  readonly timedOut: boolean;
  /** Of somebody else, or of the kernel. */
  readonly signal: string | undefined;
  /** What is shared, at the end; undefined where there was no place for it. */
  readonly shared?: Uint8Array;
  readonly stdout: string;
  readonly stderr: string;
}
