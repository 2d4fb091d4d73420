import { callPosition, declaredInput, declareInput, givenValue, literalOf, report } from "./guest.js";

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
    return read(name, options, {
      type: "text",
      parse: (given) => given,
      refusal: (value) => (typeof value === "string" ? undefined : "is no text"),
      otherwise: name,
    });
  },

  /** A number, whole or not. */
  number(name: string, options: NumberOptions = {}): number {
    const { max, min } = boundsOf(options);
    return read(name, options, {
      type: "number",
      parse: (given) => (given.trim() === "" ? Number.NaN : Number(given)),
      refusal(value) {
        if (typeof value !== "number" || !Number.isFinite(value)) return "is no number";
        if (value < min) return `is below ${min}`;
        return value > max ? `is above ${max}` : undefined;
      },
      takes: boundsText(options),
      otherwise: Math.max(min, Math.min(max, 1)),
    });
  },

  /** `true` or `false`. */
  boolean(name: string, options: InputOptions<boolean> = {}): boolean {
    return read(name, options, {
      type: "boolean",
      parse: (given) => (given === "true" || given === "false" ? given === "true" : undefined),
      refusal: (value) => (typeof value === "boolean" ? undefined : "is neither true nor false"),
      otherwise: false,
    });
  },

  /** One of several texts. */
  choice<const C extends string>(
    name: string,
    choices: readonly [C, ...C[]],
    options: InputOptions<NoInfer<C>> = {},
  ): C {
    const isList = Array.isArray(choices) && choices.every((choice) => typeof choice === "string");
    const known: readonly C[] = isList ? choices : [];
    return read(name, options, {
      type: "choice",
      choices: known,
      mistake:
        known.length === 0
          ? `its choices are a list of texts: input.choice("${name}", ["small", "large"])`
          : new Set(known).size < known.length
            ? "it has one choice twice"
            : undefined,
      parse: (given) => given as C,
      refusal: (value) =>
        known.some((choice) => choice === value) ? undefined : `is none of ${known.join(", ")}`,
      otherwise: known[0] ?? ("" as C),
    });
  },
});

interface InputKind<T> {
  readonly type: "text" | "number" | "boolean" | "choice";
  readonly choices?: readonly string[];
  /** What is wrong with the call itself. */
  readonly mistake?: string | undefined;
  parse(given: string): T | undefined;
  /** Why a value is none, in words that follow it. */
  refusal(value: unknown): string | undefined;
  /** What would fit, where the refusal does not say so. */
  readonly takes?: string | undefined;
  /** What the program goes on with after a mistake, so that one run shows them all. */
  readonly otherwise: T;
}

function read<T extends string | number | boolean>(
  name: string,
  options: InputOptions<T>,
  kind: InputKind<T>,
): T {
  const { choices, otherwise, parse, refusal, takes, type } = kind;
  const isSound = checkDeclaration(name, options, kind);
  const given = isSound ? options : {};
  const declaration = { name, type, ...given, ...(isSound && choices !== undefined ? { choices } : {}) };
  if (typeof name === "string") declare(declaration);
  const text = givenValue(name, given.env);
  const fallback = given.default ?? otherwise;
  if (text === undefined) {
    if (isSound && given.default === undefined) report("input-missing", { name });
    return fallback;
  }
  const value = parse(text);
  const what = refusal(value);
  if (value !== undefined && what === undefined) return value;
  if (isSound)
    report("input-invalid", {
      name,
      given: text,
      what: what ?? "",
      ...(takes === undefined ? {} : { takes }),
    });
  return fallback;
}

/** Types that nobody checked may be anything; and a default out of bounds no type refuses. */
function checkDeclaration<T>(
  name: string,
  options: NumberOptions | InputOptions<T>,
  kind: InputKind<T>,
): boolean {
  const wrong = (why: string, option?: string) => {
    const literal = literalOf(options as object);
    report(
      "input-declaration",
      { name: String(name), why },
      option === undefined || literal === undefined ? undefined : [literal, option],
    );
    return false;
  };
  if (typeof name !== "string" || !/^[^\s=]+$/.test(name))
    return wrong("its name is a text without spaces or =, as in --set replicas=3");
  if (kind.mistake !== undefined) return wrong(kind.mistake);
  if (typeof options !== "object" || options === null || Array.isArray(options))
    return wrong(`its options are an object: input.${kind.type}("${name}", { help: "…" })`);
  const known = ["default", "help", "env", ...(kind.type === "number" ? ["min", "max"] : [])];
  for (const option of Object.keys(options))
    if (!known.includes(option))
      return wrong(`it has no option "${option}", only ${known.join(", ")}`, option);
  const { env, help, max, min } = options as { readonly [option: string]: unknown };
  for (const [option, bound] of Object.entries({ min, max }))
    if (bound !== undefined && (typeof bound !== "number" || !Number.isFinite(bound)))
      return wrong(`"${option}" is a number`, option);
  if (typeof min === "number" && typeof max === "number" && min > max)
    return wrong(`no number is at least ${min} and at most ${max}`, "min");
  if (help !== undefined && typeof help !== "string") return wrong('"help" is a line of text', "help");
  if (env !== undefined && (typeof env !== "string" || !/^[A-Za-z_]\w*$/.test(env)))
    return wrong('"env" is the name of a variable, such as "REPLICAS"', "env");
  const why = options.default === undefined ? undefined : kind.refusal(options.default);
  return why === undefined || wrong(`its default, ${JSON.stringify(options.default)}, ${why}`, "default");
}

/** What is declared in several modules is one input, of one kind. */
function declare(declaration: { readonly name: string; readonly [field: string]: unknown }): void {
  const { help: _, ...own } = declaration;
  const before = declaredInput(declaration.name);
  if (before === undefined) declareInput({ ...declaration, call: callPosition() });
  else {
    const { call, help, ...there } = before;
    if (JSON.stringify(there) !== JSON.stringify(own))
      report("input-declaration", { name: declaration.name, why: "it is declared before, and otherwise" });
  }
}

/** In words, where there are any. */
function boundsText({ max, min }: NumberOptions): string | undefined {
  if (min !== undefined && max !== undefined) return `a number from ${min} to ${max}`;
  if (min !== undefined) return `a number of at least ${min}`;
  return max === undefined ? undefined : `a number of at most ${max}`;
}

function boundsOf(options: NumberOptions): { readonly min: number; readonly max: number } {
  const { max, min } = options ?? {};
  return {
    min: typeof min === "number" ? min : Number.NEGATIVE_INFINITY,
    max: typeof max === "number" ? max : Number.POSITIVE_INFINITY,
  };
}
