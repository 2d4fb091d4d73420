/** Base of every error thrown on purpose. `cli/` prints message, cause chain, then hint. */
export abstract class InfraError extends Error {
  /** Stable, kebab-case; part of JSON output. */
  abstract readonly code: string;
  /** What the user can do next. */
  readonly hint: string | undefined;

  constructor(message: string, options: { cause?: unknown; hint?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
  }
}

/** The host lacks a kernel feature or a right. Never retried. */
export class HostUnsupported extends InfraError {
  readonly code = "host-unsupported";
}

/** A raw system call failure, named. `errnoName` is `"ENOENT"` and the like. */
export class SyscallError extends InfraError {
  readonly code = "syscall";
  readonly syscall: string;
  readonly errnoName: string;
  readonly path: string | undefined;

  constructor(at: { syscall: string; errnoName: string; path?: string | undefined; doing: string }) {
    super(`${at.doing}: ${at.errnoName} from ${at.syscall}${at.path === undefined ? "" : ` "${at.path}"`}`);
    this.syscall = at.syscall;
    this.errnoName = at.errnoName;
    this.path = at.path;
  }
}

/** Bad arguments or options on the command line: exit code 1 and a usage hint. */
export class UsageError extends InfraError {
  readonly code = "usage";
}
