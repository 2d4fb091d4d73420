import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import type { Clock } from "../../stdlib/base/clock.js";
import { InfraError } from "../../stdlib/base/errors.js";

/** The daemon's log: one JSON object a line, with `time`, `level`, `message` and what the caller adds. */
export interface Logger {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** `error` becomes its message, code, causes and, for a mistake of ours, its stack. */
  error(message: string, error: unknown, fields?: LogFields): void;
  close(): void;
}

export interface LogFields {
  readonly [name: string]: unknown;
}

export interface LoggerOptions {
  readonly path: string;
  readonly clock: Clock;
  /** Size in bytes at which the file becomes `<path>.1`, replacing an older one. */
  readonly maxBytes?: number;
}

/** Twice this much is kept: the file and its predecessor. */
const defaultMaxBytes = 10 * 1024 * 1024;

/**
 * Opens the log for appending.
 *
 * Lines are written at once: the last line before a crash is the one that is read. A line that cannot be written (a
 * full disk) must not end a daemon whose pods run; it is counted, and the next line that fits says how many were lost.
 */
export function openLogger({ path, clock, maxBytes = defaultMaxBytes }: LoggerOptions): Logger {
  let fd = openLog(path);
  let size = fstatSync(fd).size;
  let lost = 0;

  const write = (level: string, message: string, fields: LogFields) => {
    const entry = {
      time: new Date(clock.now()).toISOString(),
      level,
      message,
      ...fields,
      ...(lost === 0 ? {} : { lostLines: lost }),
    };
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    try {
      if (size > 0 && size + line.length > maxBytes) rotate();
      size += writeSync(fd, line);
      lost = 0;
    } catch {
      lost += 1;
    }
  };
  const rotate = () => {
    renameSync(path, `${path}.1`);
    const next = openLog(path);
    closeSync(fd);
    fd = next;
    size = 0;
  };
  return {
    info: (message, fields = {}) => write("info", message, fields),
    warn: (message, fields = {}) => write("warn", message, fields),
    error: (message, error, fields = {}) => write("error", message, { ...fields, error: describe(error) }),
    close: () => closeSync(fd),
  };
}

function openLog(path: string): number {
  return openSync(path, "a", 0o600);
}

interface ErrorFields {
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: ErrorFields;
}

function describe(error: unknown): ErrorFields {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    message: error.message,
    ...(error instanceof InfraError ? { code: error.code } : { stack: error.stack ?? "" }),
    ...(error.cause === undefined ? {} : { cause: describe(error.cause) }),
  };
}
