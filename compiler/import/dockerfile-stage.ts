import type { Reporter } from "../diagnostics/reporter.js";
import type { Span } from "../diagnostics/span.js";
import { imagePath } from "./dockerfile-copy.js";
import type { Instruction } from "./dockerfile-read.js";
import { expand, rawWords } from "./dockerfile-words.js";
import type { SourceValue } from "./program.js";
import { constantText, hasInputs, type Inputs, type Text } from "./text-parts.js";

/** What a root file system is made of; shared by all stages that stand on it. */
export interface RootSystem {
  readonly kind: "debian" | "scratch" | "unknown";
  readonly packages: string[];
  readonly users: Map<string, number>;
}

/** One `image()`: copies come before commands, as there. */
export interface Segment {
  readonly copies: Map<string, string>;
  readonly runs: SourceValue[];
  readonly env: Map<string, Text>;
  workdir: string | undefined;
  /** Names of variables that its commands read. */
  readonly commands: string[];
  readonly comments: Map<"copy" | "run" | "env" | "cmd" | "entrypoint" | "expose" | "user", string[]>;
}

export interface Healthcheck {
  readonly exec: readonly string[];
  /** `interval`, `timeout`, `start-period`, `retries` as they are written. */
  readonly timing: ReadonlyMap<string, string>;
}

/** A stage as it is read, instruction by instruction. */
export interface Stage {
  readonly name: string | undefined;
  readonly place: Span;
  readonly base: Stage | RootSystem;
  readonly root: RootSystem;
  readonly segments: Segment[];
  readonly variables: Map<string, Text>;
  /** Build arguments in scope; commands see them as environment variables. */
  readonly arguments: Set<string>;
  readonly notes: string[];
  readonly ports: { port: number; protocol: string }[];
  readonly volumes: string[];
  readonly folders: Set<string>;
  shell: readonly string[];
  workdir: string;
  user:
    | { readonly name: string; readonly id: string | number; readonly group: string | undefined }
    | undefined;
  entrypoint: readonly string[] | undefined;
  cmd: readonly string[] | undefined;
  healthcheck: Healthcheck | undefined;
}

export interface StageContext {
  readonly reporter: Reporter;
  /** Where build arguments become inputs; without it they are what they say. */
  readonly inputs: Inputs | undefined;
  /** Values of build arguments from outside. */
  readonly given: ReadonlyMap<string, Text>;
  /** Build arguments before the first FROM. */
  readonly global: Map<string, Text>;
  /** Names of all build arguments. */
  readonly declared: Set<string>;
}

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export function newStage(name: string | undefined, place: Span, base: Stage | RootSystem): Stage {
  const below = "segments" in base ? base : undefined;
  return {
    name,
    place,
    base,
    root: below?.root ?? (base as RootSystem),
    segments: [newSegment()],
    variables: new Map<string, Text>([
      ...(below === undefined ? [["PATH", [defaultPath]] as const] : []),
      ...[...(below?.variables ?? [])].filter(([variable]) => below?.arguments.has(variable) !== true),
    ]),
    arguments: new Set(),
    notes: [],
    ports: [],
    volumes: [],
    folders: new Set(below?.folders),
    shell: below?.shell ?? ["/bin/sh", "-c"],
    workdir: below?.workdir ?? "/",
    user: below?.user,
    entrypoint: undefined,
    cmd: undefined,
    healthcheck: below?.healthcheck,
  };
}

export function newSegment(): Segment {
  return {
    copies: new Map(),
    runs: [],
    env: new Map(),
    workdir: undefined,
    commands: [],
    comments: new Map(),
  };
}

export function isStage(base: Stage | RootSystem): base is Stage {
  return "segments" in base;
}

/** The segment that is being filled. */
export function current(stage: Stage): Segment {
  const segment = stage.segments.at(-1);
  if (segment === undefined) throw new Error("A stage has at least one segment");
  return segment;
}

/** What comes now must not be seen by commands that ran before: it belongs to an image that stands on theirs. */
export function split(stage: Stage): void {
  stage.segments.push(newSegment());
}

export function remark(
  segment: Segment,
  member: "copy" | "run" | "env" | "cmd" | "entrypoint" | "expose" | "user",
  lines: readonly string[],
) {
  if (lines.length > 0) segment.comments.set(member, [...(segment.comments.get(member) ?? []), ...lines]);
}

/** Names that BuildKit sets by the machine that builds. */
const builtIn = /^(TARGET|BUILD)(PLATFORM|OS|ARCH|VARIANT)$/;

/** A word of an instruction with its variables; names that nothing sets are noted, those of BuildKit refused. */
export function expandWord(
  word: string,
  stage: Stage,
  instruction: Instruction,
  context: StageContext,
): Text {
  return expand(word, stage.variables, {
    unset(name) {
      if (builtIn.test(name))
        refuse(context, instruction, {
          why: `${name} depends on the machine that builds, and the same source must give the same image`,
          instead: "Write the architecture out",
        });
      else stage.notes.push(`${instruction.keyword} reads ${name}, which nothing sets: it is empty`);
    },
    tooLong: () =>
      context.reporter.report("dockerfile-invalid", instruction.place, {
        why: "Its variables make it longer than 64 KiB",
      }),
    missing: (name, message) =>
      context.reporter.report("dockerfile-invalid", instruction.place, {
        why: `${name} has to be given${message === "" ? "" : `: ${message}`}`,
      }),
  });
}

/** The same where a program needs to know it now: inputs have their default. */
export function constantWord(
  word: string,
  stage: Stage,
  instruction: Instruction,
  context: StageContext,
): string {
  const text = expandWord(word, stage, instruction, context);
  for (const part of text)
    if (typeof part !== "string" && part.value === undefined)
      refuse(context, instruction, {
        why: "it depends on a value that is not known now",
        instead: "Give it a default",
      });
  return constantText(text) ?? "";
}

export function refuse(
  context: StageContext,
  { keyword, place }: Instruction,
  { instead, why }: { readonly why: string; readonly instead: string },
): void {
  context.reporter.report("import-refused", place, { what: keyword, why, instead });
}

/** `ARG NAME=value …` before the first FROM. */
export function readGlobalArguments(instruction: Instruction, context: StageContext): void {
  for (const { fallback, name } of argumentsOf(instruction, context)) {
    const value = fallback === undefined ? [] : expand(fallback, context.global);
    context.global.set(name, context.given.get(name) ?? inputOf(name, value, instruction, context));
  }
}

/** The same in a stage, where one without a value has that from before the first FROM, and ENV wins. */
export function readArguments(instruction: Instruction, stage: Stage, context: StageContext): void {
  for (const { fallback, name } of argumentsOf(instruction, context)) {
    const isVariable = stage.variables.has(name) && !stage.arguments.has(name);
    if (isVariable || builtIn.test(name)) continue;
    const value =
      fallback === undefined
        ? (context.global.get(name) ?? [])
        : expandWord(fallback, stage, instruction, context);
    stage.variables.set(name, context.given.get(name) ?? inputOf(name, value, instruction, context));
    stage.arguments.add(name);
  }
}

function argumentsOf({ place, text }: Instruction, context: StageContext) {
  return rawWords(text).flatMap((word) => {
    const found = /^([A-Za-z_][A-Za-z0-9_]*)(?:=([\s\S]*))?$/.exec(word);
    if (found === null) {
      context.reporter.report("dockerfile-invalid", place, {
        why: `"${word}" is no argument: ARG name=value`,
      });
      return [];
    }
    context.declared.add(found[1] ?? "");
    return [{ name: found[1] ?? "", fallback: found[2] }];
  });
}

function inputOf(name: string, value: Text, { comment }: Instruction, { inputs }: StageContext): Text {
  return inputs === undefined || hasInputs(value) ? value : [inputs.use(name, value, comment.join(" "))];
}

/** `ENV A=1 B="two words"`, or the old form `ENV A the rest`. */
export function readVariables(
  instruction: Instruction,
  stage: Stage,
  context: StageContext,
): ReadonlyMap<string, Text> {
  const { text } = instruction;
  const old = /^([A-Za-z_][A-Za-z0-9_.-]*)\s+([^=][\s\S]*)$/.exec(text);
  const pairs =
    old !== null && !/^[^\s=]+=/.test(text)
      ? [[old[1] ?? "", old[2] ?? ""] as const]
      : rawWords(text).map((word) => {
          const at = word.indexOf("=");
          if (at < 1) {
            context.reporter.report("dockerfile-invalid", instruction.place, {
              why: `"${word}" sets nothing: ${instruction.keyword} name=value`,
            });
            return undefined;
          }
          return [word.slice(0, at), word.slice(at + 1)] as const;
        });
  const unquoted = (name: string) => constantText(expand(name, new Map())) ?? name;
  return new Map(
    pairs
      .filter((pair) => pair !== undefined)
      .map(([name, value]) => [unquoted(name), expandWord(value, stage, instruction, context)]),
  );
}

/** Where the stage's programs start from now on. */
export function setWorkdir(stage: Stage, path: string): void {
  const segment = current(stage);
  const next = imagePath(stage.workdir, path);
  if (next === stage.workdir && segment.workdir === undefined && stage.folders.has(next)) return;
  if (segment.runs.length > 0 && next !== stage.workdir) split(stage);
  stage.workdir = next;
  stage.folders.add(next);
  current(stage).workdir = next;
}
