import type { Reporter } from "../diagnostics/reporter.js";
import { type FileContext, instructionReaders } from "./dockerfile-instructions.js";
import { type Instruction, readDockerfile } from "./dockerfile-read.js";
import {
  type Healthcheck,
  isStage,
  newStage,
  type RootSystem,
  readGlobalArguments,
  type Segment,
  type Stage,
} from "./dockerfile-stage.js";
import { expand } from "./dockerfile-words.js";
import { IgnoredFiles } from "./dockerignore.js";
import { imageReadiness } from "./healthcheck.js";
import {
  type SourceMember,
  type SourceProgram,
  type SourceValue,
  type Statement,
  valuesOf,
} from "./program.js";
import { besidePath, type SourceReader } from "./source-reader.js";
import { constantText, Inputs, membersOf, type Text, textValue } from "./text-parts.js";
import { namePorts } from "./well-known-ports.js";

export interface DockerfileOptions {
  /** Name of the image. @default "app" */
  readonly name?: string;
  /** What the variables of images end with. @default "" */
  readonly suffix?: string;
  /** Folder that is built, relative to the reader's. @default the reader's own */
  readonly folder?: string;
  /** The stage that is wanted. @default the last */
  readonly target?: string;
  /** Values of build arguments. */
  readonly arguments?: ReadonlyMap<string, Text>;
}

/** An image, and what its Dockerfile says that only a container can. */
export interface ImportedImage {
  /** The image's own statement is the last. */
  readonly statements: readonly Statement[];
  readonly image: Statement;
  /** Container ports by the names that the image exposes them with. */
  readonly ports: ReadonlyMap<string, number | string>;
  readonly healthcheck: Healthcheck | undefined;
  readonly volumes: readonly string[];
  readonly group: string | undefined;
}

/**
 * A Dockerfile as a program of `image()`. What `image()` cannot say is reported at its line; nothing should be written
 * then.
 *
 * @param path - of the file, relative to the reader's folder.
 */
export function importDockerfile(
  reader: SourceReader,
  path: string,
  text: string,
  reporter: Reporter,
  options: DockerfileOptions = {},
): SourceProgram {
  const inputs = new Inputs();
  const found = readImage(reader, path, text, reporter, { ...options, inputs, forContainer: false });
  if (found === undefined) return { statements: [] };
  const { healthcheck, image } = found;
  const comment = [
    ...(image.comment ?? []),
    ...(healthcheck === undefined
      ? []
      : [
          `HEALTHCHECK: where the container is described, readiness: { ${imageReadiness(healthcheck)
            .members.map(({ name, value }) => `${name}: ${JSON.stringify(value)}`)
            .join(", ")} }`,
        ]),
  ];
  const last: Statement = { ...image, ...(comment.length === 0 ? {} : { comment }) };
  const rest = found.statements.slice(0, -1);
  return { statements: [...usedInputs(inputs, [...rest, last]), ...rest, last] };
}

/** Inputs that the statements refer to, and those that their defaults refer to. */
export function usedInputs(inputs: Inputs, statements: readonly Statement[]): readonly Statement[] {
  const used = new Set<Statement>();
  const visit = (value: SourceValue): void => {
    for (const inner of valuesOf(value)) {
      if (typeof inner !== "object" || inner === null || !("variable" in inner) || used.has(inner.variable))
        continue;
      used.add(inner.variable);
      visit(inner.variable.value);
    }
  };
  for (const { value } of statements) visit(value);
  return inputs.statements.filter((statement) => used.has(statement));
}

/** @returns undefined when there is no stage to build. */
export function readImage(
  reader: SourceReader,
  path: string,
  text: string,
  reporter: Reporter,
  options: DockerfileOptions & { readonly inputs: Inputs | undefined; readonly forContainer: boolean },
): ImportedImage | undefined {
  const folder = options.folder ?? "";
  const ignored = reader.text(`${path}.dockerignore`) ?? reader.text(besidePath(folder, ".dockerignore"));
  const context: FileContext = {
    reporter,
    reader,
    inputs: options.inputs,
    given: options.arguments ?? new Map(),
    global: new Map(),
    declared: new Set(),
    folder,
    ignored: ignored === undefined ? undefined : new IgnoredFiles(ignored),
    forContainer: options.forContainer,
  };
  const instructions = readDockerfile(reader.name(path), text, reporter);
  const stages = readStages(instructions, context);
  for (const name of options.arguments?.keys() ?? [])
    if (!context.declared.has(name))
      reporter.report("import-differs", instructions[0]?.place, {
        what: `The build argument ${name}`,
        why: `${path} declares no ARG ${name}, so it is nowhere used`,
      });
  const wanted =
    options.target === undefined
      ? stages.at(-1)
      : stages.find(({ name }) => name === options.target?.toLowerCase());
  if (wanted === undefined) {
    if (!reporter.hasErrors)
      reporter.report("dockerfile-invalid", instructions[0]?.place, {
        why:
          stages.length === 0
            ? `${path} builds nothing: there is no FROM`
            : `No stage is named "${options.target}"`,
      });
    return undefined;
  }
  return new ImageWriter(options.name ?? "app", options.suffix ?? "").write(wanted, stages);
}

/**
 * All stages, so that one run shows every mistake. Only those that the wanted one stands on are written: BuildKit
 * builds no others either.
 */
function readStages(instructions: readonly Instruction[], context: FileContext): readonly Stage[] {
  const stages: Stage[] = [];
  for (const instruction of instructions) {
    const { keyword, place } = instruction;
    const stage = stages.at(-1);
    if (keyword === "FROM") stages.push(readFrom(instruction, stages, context));
    else if (stage === undefined) {
      if (keyword === "ARG") readGlobalArguments(instruction, context);
      else
        context.reporter.report("dockerfile-invalid", place, {
          why: `${keyword} stands before the first FROM`,
        });
    } else if (Object.hasOwn(instructionReaders, keyword)) {
      instructionReaders[keyword]?.(instruction, stage, context);
      if (withoutMember.has(keyword)) stage.notes.push(...instruction.comment);
    } else
      context.reporter.report("dockerfile-invalid", place, {
        why: `There is no instruction ${keyword}`,
        instead: Object.keys(instructionReaders).includes(keyword.slice(0, -1)) ? keyword.slice(0, -1) : "",
      });
  }
  return stages;
}

/** Instructions that no single member of `image()` stands for: comments on them go above it. */
const withoutMember = new Set([
  "HEALTHCHECK",
  "LABEL",
  "MAINTAINER",
  "SHELL",
  "STOPSIGNAL",
  "VOLUME",
  "WORKDIR",
]);

/** What to build on instead of an image that somebody else has built. First part of its name to packages of Debian. */
const instead: { readonly [image: string]: string } = {
  golang: "golang-go",
  httpd: "apache2",
  mariadb: "mariadb-server",
  memcached: "memcached",
  nginx: "nginx-light",
  node: "nodejs npm",
  openjdk: "default-jre-headless",
  "eclipse-temurin": "default-jre-headless",
  perl: "perl",
  php: "php-cli",
  postgres: "postgresql",
  python: "python3 python3-venv",
  redis: "redis-server",
  ruby: "ruby",
  rust: "cargo",
};

function readFrom(instruction: Instruction, stages: readonly Stage[], context: FileContext): Stage {
  const { place } = instruction;
  const [, written = "", name] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(instruction.text) ?? [];
  const from = constantText(expand(written, context.global)) ?? "";
  const platform = instruction.flags.get("platform");
  if (platform !== undefined && !platform.includes("$"))
    context.reporter.report("import-differs", place, {
      what: `FROM --platform=${platform}`,
      why: "packages are of the architecture in infra.lock",
    });
  if (written === "")
    context.reporter.report("dockerfile-invalid", place, {
      why: "FROM names one image: FROM debian AS build",
    });
  const earlier = stages.find((stage) => stage.name === from.toLowerCase());
  const base = earlier ?? (written === "" ? newRoot("unknown") : rootOf(from, instruction, context));
  const stage = newStage(name?.toLowerCase(), place, base);
  stage.notes.push(...instruction.comment);
  const tag = /^(?:docker\.io\/)?(?:library\/)?debian[:@](.+)$/.exec(from)?.[1];
  if (tag !== undefined) stage.notes.push(`FROM ${from}: versions of packages come from infra.lock`);
  return stage;
}

function rootOf(from: string, instruction: Instruction, context: FileContext): RootSystem {
  if (from === "scratch") return newRoot("scratch");
  const name = from.replace(/^docker\.io\//, "").replace(/^library\//, "");
  if (/^debian([:@]|$)/.test(name)) return newRoot("debian");
  const packages = instead[/^[a-z0-9-]+/.exec(name.split("/").at(-1) ?? "")?.[0] ?? ""];
  context.reporter.report("import-refused", instruction.place, {
    what: `FROM ${from}`,
    why:
      from === "" ? "it depends on a value that nothing sets" : "images of registries are not built on yet",
    instead:
      packages === undefined
        ? "Stand on Debian's packages, FROM debian and RUN apt-get install -y …, or run the built image by its name"
        : `Stand on Debian's packages, FROM debian and RUN apt-get install -y ${packages}, or run the built image by its name`,
  });
  return newRoot("unknown");
}

function newRoot(kind: RootSystem["kind"]): RootSystem {
  return { kind, packages: [], users: new Map() };
}

/** Stages as statements, bases before what stands on them. */
class ImageWriter {
  readonly #name: string;
  readonly #suffix: string;
  readonly #statements: Statement[] = [];
  readonly #taken = new Set<string>();

  constructor(name: string, suffix: string) {
    this.#name = name;
    this.#suffix = suffix;
  }

  write(wanted: Stage, stages: readonly Stage[]): ImportedImage {
    const chain: Stage[] = [];
    for (let stage: Stage | RootSystem = wanted; isStage(stage); stage = stage.base) chain.unshift(stage);
    for (const stage of stages)
      if (!chain.includes(stage))
        wanted.notes.push(`The stage ${stage.name ?? stages.indexOf(stage)} is not part of this image`);
    this.#taken.add(this.#name);
    let below: Statement | undefined;
    for (const stage of chain)
      for (const segment of stage.segments) {
        const isLast = segment === stage.segments.at(-1);
        const isImage = isLast && stage === wanted;
        const name = isImage ? this.#name : this.#freeName(isLast ? (stage.name ?? "base") : "base");
        below = {
          variable: `${name}${this.#suffix}`,
          ...(isLast && stage.notes.length > 0 ? { comment: [...new Set(stage.notes)] } : {}),
          value: {
            call: ["image"],
            arguments: [name, { members: this.#members(stage, segment, below, isLast) }],
          },
          exported: isImage,
        };
        this.#statements.push(below);
      }
    if (below === undefined) throw new Error("A stage has at least one segment");
    return {
      statements: this.#statements,
      image: below,
      ports: namePorts(portsOf(wanted)),
      healthcheck: wanted.healthcheck,
      volumes: [...new Set(chain.flatMap(({ volumes }) => volumes))],
      group: wanted.user?.group,
    };
  }

  #freeName(suffix: string): string {
    const clean = suffix.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "base";
    let name = `${this.#name}-${clean}`;
    for (let number = 2; this.#taken.has(name); number += 1) name = `${this.#name}-${clean}-${number}`;
    this.#taken.add(name);
    return name;
  }

  /** @param isLast - the stage's last segment: it says how programs are started. */
  #members(
    stage: Stage,
    segment: Segment,
    below: Statement | undefined,
    isLast: boolean,
  ): readonly SourceMember[] {
    const start: { readonly [name: string]: SourceValue | undefined } = isLast
      ? {
          user: stage.user === undefined || stage.user.name === "root" ? undefined : stage.user.id,
          entrypoint: stage.entrypoint,
          cmd: stage.cmd,
          expose: unlessEmpty(namePorts(portsOf(stage))),
        }
      : {};
    return membersOf({
      from: below === undefined ? rootValue(stage.root) : { variable: below },
      env: unlessEmpty(new Map([...segment.env].map(([name, value]) => [name, textValue(value)]))),
      workdir: segment.workdir,
      copy: unlessEmpty(segment.copies),
      run: segment.runs.length === 0 ? undefined : segment.runs,
      ...start,
    }).map((member) => {
      const comment = segment.comments.get(member.name as "copy");
      return comment === undefined ? member : { ...member, comment };
    });
  }
}

/** Those of what it stands on too: an image's ports are what it says itself. */
function portsOf({ base, ports }: Stage): Stage["ports"] {
  return isStage(base) ? [...portsOf(base), ...ports] : ports;
}

function rootValue({ kind, packages, users }: RootSystem): SourceValue {
  if (kind === "scratch") return { call: ["scratch"], arguments: [] };
  return {
    call: ["debian"],
    arguments: [{ members: membersOf({ packages, users: unlessEmpty(users) }) }],
  };
}

function unlessEmpty(map: ReadonlyMap<string, SourceValue>): SourceValue | undefined {
  return map.size === 0 ? undefined : { members: [...map].map(([name, value]) => ({ name, value })) };
}
