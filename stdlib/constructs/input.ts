import { callPosition, declareInput, givenValue, report } from "./guest.js";

interface InputOptions<T> {
  /** What it is when nothing is given. @default none: it has to be given */
  readonly default?: T;
  /** One line for `infra compile --help`. */
  readonly help?: string;
  /** Variable of the environment that is asked when nothing is given. @default none */
  readonly env?: string;
}

interface NumberOptions extends InputOptions<number> {
  /** The least it may be. */
  readonly min?: number;
  /** The most it may be. */
  readonly max?: number;
}

/** The only door for values from outside: `--set name=value`, a values file, or a variable that is declared here. */
export const input = Object.freeze({
  /** Any text. */
  text(name: string, options: InputOptions<string> = {}): string {
    return read(name, "text", options, name, (given) => given);
  },

  /** A number, whole or not. */
  number(name: string, options: NumberOptions = {}): number {
    return read(name, "number", options, 0, (given) => {
      const value = Number(given);
      if (given.trim() === "" || !Number.isFinite(value)) return problem(name, given, "is no number");
      if (options.min !== undefined && value < options.min)
        return problem(name, given, `is below ${options.min}`);
      if (options.max !== undefined && value > options.max)
        return problem(name, given, `is above ${options.max}`);
      return value;
    });
  },

  /** `true` or `false`. */
  boolean(name: string, options: InputOptions<boolean> = {}): boolean {
    return read(name, "boolean", options, false, (given) => {
      if (given === "true" || given === "false") return given === "true";
      return problem(name, given, "is neither true nor false");
    });
  },

  /** One of several texts. */
  choice<const C extends string>(
    name: string,
    choices: readonly [C, ...C[]],
    options: InputOptions<NoInfer<C>> = {},
  ): C {
    return read(name, "choice", { ...options, choices }, choices[0], (given) => {
      const chosen = choices.find((choice) => choice === given);
      return chosen ?? problem(name, given, `is none of ${choices.join(", ")}`);
    });
  },
});

/** @returns `fallback` after a problem, so that one run shows them all. */
function read<T>(
  name: string,
  type: string,
  options: InputOptions<T> & { readonly choices?: readonly string[] },
  fallback: T,
  parse: (given: string) => T | undefined,
): T {
  declareInput({ name, type, ...options, call: callPosition() });
  const given = givenValue(name, options.env);
  if (given !== undefined) return parse(given) ?? fallback;
  if (options.default === undefined) report("input-missing", { name });
  return options.default ?? fallback;
}

function problem(name: string, given: string, what: string): undefined {
  report("input-invalid", { name, given, what });
  return undefined;
}
