import { readCopy } from "./dockerfile-copy.js";
import type { Instruction } from "./dockerfile-read.js";
import { readRun } from "./dockerfile-run.js";
import {
  constantWord,
  current,
  expandWord,
  readArguments,
  readVariables,
  refuse,
  remark,
  type Stage,
  type StageContext,
  setWorkdir,
  split,
} from "./dockerfile-stage.js";
import { rawWords } from "./dockerfile-words.js";
import type { IgnoredFiles } from "./dockerignore.js";
import type { SourceValue } from "./program.js";
import { shellQuoted } from "./shell-words.js";
import type { SourceReader } from "./source-reader.js";
import { constantText, textValue } from "./text-parts.js";

export interface FileContext extends StageContext {
  readonly reader: SourceReader;
  /** Folder that is built, relative to the stack's. */
  readonly folder: string;
  /** What `.dockerignore` leaves out of it. */
  readonly ignored: IgnoredFiles | undefined;
  /** Whether the container that runs the image is written too, and takes what only a container can say. */
  readonly forContainer: boolean;
}

type Reader = (instruction: Instruction, stage: Stage, context: FileContext) => void;

/** Every instruction beside FROM. Source: the Dockerfile reference. */
export const instructionReaders: { readonly [keyword: string]: Reader } = {
  ADD: readAdd,
  ARG: readArguments,
  CMD: (instruction, stage) => {
    stage.cmd = argv(instruction, stage);
    remark(current(stage), "cmd", instruction.comment);
  },
  COPY: readCopyInstruction,
  ENTRYPOINT: (instruction, stage) => {
    stage.entrypoint = argv(instruction, stage);
    remark(current(stage), "entrypoint", instruction.comment);
  },
  ENV: readEnvironment,
  EXPOSE: readExpose,
  HEALTHCHECK: readHealthcheck,
  LABEL: (instruction, stage, context) => {
    for (const [name, value] of readVariables(instruction, stage, context))
      stage.notes.push(`LABEL ${name}=${constantText(value) ?? ""}: images have none; label what runs it`);
  },
  MAINTAINER: ({ text }, stage) => {
    stage.notes.push(`MAINTAINER ${text}`);
  },
  ONBUILD: (instruction, _stage, context) =>
    refuse(context, instruction, {
      why: "no image says what others that stand on it do",
      instead: "Write the instruction into the Dockerfiles that stand on this one",
    }),
  RUN: readRunInstruction,
  SHELL: (instruction, stage, context) => {
    if (instruction.list === undefined)
      context.reporter.report("dockerfile-invalid", instruction.place, {
        why: 'SHELL needs the JSON form: SHELL ["/bin/bash", "-c"]',
      });
    else stage.shell = instruction.list;
  },
  STOPSIGNAL: ({ place, text }, _stage, context) => {
    if (!/^(SIGTERM|TERM|15)$/.test(text))
      context.reporter.report("import-differs", place, {
        what: `STOPSIGNAL ${text}`,
        why: "programs are told to stop with SIGTERM; beforeStop runs a command before",
      });
  },
  USER: readUser,
  VOLUME: (instruction, stage, context) => {
    const paths = instruction.list ?? rawWords(instruction.text);
    if (context.forContainer)
      stage.volumes.push(...paths.map((path) => constantWord(path, stage, instruction, context)));
    else
      refuse(context, instruction, {
        why: "a volume is the container's, not the image's",
        instead: `Mount one where the container is described: mounts: { ${JSON.stringify(paths[0] ?? "/data")}: emptyDir() }`,
      });
  },
  WORKDIR: (instruction, stage, context) =>
    setWorkdir(stage, constantWord(instruction.text, stage, instruction, context)),
};

/** The command of CMD, ENTRYPOINT: as a list, or through the shell. */
function argv({ list, text }: Instruction, { shell }: Stage): readonly string[] {
  return list ?? [...shell, text];
}

function readEnvironment(instruction: Instruction, stage: Stage, context: FileContext): void {
  const values = readVariables(instruction, stage, context);
  if (current(stage).runs.length > 0) split(stage);
  const segment = current(stage);
  for (const [name, value] of values) {
    segment.env.set(name, value);
    stage.variables.set(name, value);
    stage.arguments.delete(name);
  }
  remark(segment, "env", instruction.comment);
}

function readExpose(instruction: Instruction, stage: Stage, context: FileContext): void {
  for (const raw of instruction.text.split(/\s+/)) {
    const word = constantWord(raw, stage, instruction, context);
    if (word === "" && raw.includes("$")) {
      context.reporter.report("import-differs", instruction.place, {
        what: `EXPOSE ${raw}`,
        why: "nothing sets this variable, so no port is opened, as in Docker",
      });
      continue;
    }
    const [, first = "", last = first, protocol = "tcp"] =
      /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/i.exec(word) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === "" || from < 1 || to > 65535 || to < from || to - from > 99)
      context.reporter.report("dockerfile-invalid", instruction.place, {
        why: `"${word}" is no port: EXPOSE 8080 or EXPOSE 53/udp`,
      });
    else
      for (let port = from; port <= to; port += 1)
        stage.ports.push({ port, protocol: protocol.toUpperCase() });
  }
  remark(current(stage), "expose", instruction.comment);
}

function readUser(instruction: Instruction, stage: Stage, context: FileContext): void {
  const [name = "", group] = constantWord(instruction.text, stage, instruction, context).split(":");
  const id = /^\d+$/.test(name) ? Number(name) : accountId(name, stage);
  stage.user = { name, id, group };
  if (group !== undefined && group !== name && !context.forContainer)
    stage.notes.push(
      `USER ${name}:${group}: say the group where the container is described, group: ${group}`,
    );
  remark(current(stage), "user", instruction.comment);
}

/** Accounts whose numbers Debian fixes, that programs run as. Source: Debian Policy, the package base-passwd. */
const fixedAccounts: { readonly [name: string]: number } = {
  backup: 34,
  daemon: 1,
  irc: 39,
  list: 38,
  mail: 8,
  news: 9,
  nobody: 65534,
  proxy: 13,
  root: 0,
  "www-data": 33,
};

/** What `user` says for an account; one that no instruction made is a package's own, and made here. */
function accountId(name: string, { notes, root }: Stage): string | number {
  if (root.users.has(name) || name === "root") return name;
  const fixed = fixedAccounts[name];
  if (fixed !== undefined) return fixed;
  if (root.kind === "debian") {
    root.users.set(name, freeId(root.users, true));
    notes.push(`No instruction makes the account ${name}: its number is chosen here`);
  }
  return name;
}

/** Debian's own way: system accounts count down from 999, people's up from 1000. */
function freeId(users: ReadonlyMap<string, number>, system: boolean): number {
  const taken = new Set(users.values());
  let id = system ? 999 : 1000;
  while (taken.has(id)) id += system ? -1 : 1;
  return id;
}

function readHealthcheck(instruction: Instruction, stage: Stage): void {
  if (/^NONE$/i.test(instruction.text)) {
    stage.healthcheck = undefined;
    return;
  }
  const text = instruction.text.replace(/^CMD\s+/i, "");
  let exec: readonly string[] = [...stage.shell, text];
  if (text.startsWith("["))
    try {
      const list: unknown = JSON.parse(text);
      if (Array.isArray(list) && list.every((item) => typeof item === "string")) exec = list;
    } catch {
      exec = [...stage.shell, text]; // as Docker: what is no JSON is the shell's
    }
  stage.healthcheck = { exec, timing: instruction.flags };
}

function readRunInstruction(instruction: Instruction, stage: Stage, context: FileContext): void {
  const { documents, flags, list } = instruction;
  const mount = flags.get("mount");
  if (mount !== undefined && !mount.split(" ").every((one) => /(^|,)type=(cache|tmpfs)(,|$)/.test(one)))
    refuse(context, instruction, {
      why: `--mount=${mount} brings in what is not part of the image's own files`,
      instead: "COPY what the command needs; secrets have no place in an image",
    });
  if (flags.has("network") && flags.get("network") !== "none")
    context.reporter.report("import-differs", instruction.place, {
      what: `RUN --network=${flags.get("network")}`,
      why: "commands are run without network while building",
    });
  if (flags.has("security") || flags.has("device"))
    refuse(context, instruction, {
      why: "builds have no more rights than others, and no devices",
      instead: "Leave --security and --device out",
    });
  const body = scriptOf(instruction);
  const shell =
    list !== undefined && list.length === 3 && /^(\/bin\/)?(sh|bash)$/.test(list[0] ?? "") ? list : undefined;
  const text = shell?.[2] ?? (list === undefined ? body : list.map(shellQuoted).join(" "));
  const steps = readRun(text, (word) => constantText(expandWord(word, stage, instruction, context)));
  if (steps.refused !== undefined) {
    refuse(context, instruction, steps.refused);
    return;
  }
  if ((steps.packages.length > 0 || steps.users.length > 0) && stage.root.kind === "scratch")
    refuse(context, instruction, {
      why: "an empty image has no packages and accounts",
      instead: "FROM debian",
    });
  for (const name of steps.packages) if (!stage.root.packages.includes(name)) stage.root.packages.push(name);
  for (const { id, name, system } of steps.users)
    stage.root.users.set(name, id ?? stage.root.users.get(name) ?? freeId(stage.root.users, system));
  stage.notes.push(...steps.notes);
  if (steps.command === undefined) {
    stage.notes.push(...instruction.comment);
    return;
  }
  if (stage.root.kind === "scratch" && list === undefined)
    refuse(context, instruction, {
      why: "an empty image has no shell",
      instead: "FROM debian, or COPY the result",
    });
  if (stage.user !== undefined && stage.user.name !== "root" && stage.user.id !== 0)
    refuse(context, instruction, {
      why: `it runs as ${stage.user.name}, and commands run as root while building`,
      instead: "Move USER below the last RUN; chown gives files away",
    });
  const segment = current(stage);
  const isWhole = steps.command === text && documents.length === 0;
  segment.runs.push(
    list !== undefined && shell === undefined && isWhole
      ? [...list]
      : withArguments([...(shell?.slice(0, 2) ?? stage.shell), steps.command], stage),
  );
  segment.commands.push(steps.command);
  remark(segment, "run", instruction.comment);
}

/** The script that the shell gets: the instruction's text, or here-documents in it. */
function scriptOf({ documents, text }: Instruction): string {
  if (documents.length === 0) return text;
  const names = [...text.matchAll(/<<(-?)["']?([A-Za-z_][A-Za-z0-9_]*)["']?/g)].map(
    ([, , name]) => name ?? "",
  );
  if (/^<<-?["']?[A-Za-z_][A-Za-z0-9_]*["']?$/.test(text)) return documents[0] ?? "";
  return [text, ...documents.flatMap((document, index) => [document, names[index] ?? ""])].join("\n");
}

/** Build arguments that a command reads, as environment variables: the shell gets them as its arguments. */
function withArguments(command: readonly string[], stage: Stage): SourceValue {
  const script = command.at(-1) ?? "";
  const read = [...stage.arguments].filter(
    (name) => stage.variables.has(name) && new RegExp(`\\$\\{?${name}\\b`).test(script),
  );
  if (read.length === 0) return [...command];
  const settings = read.map((name, index) => `export ${name}="\${${index + 1}}"`).join("; ");
  const values = read.map((name) => textValue(stage.variables.get(name) ?? []));
  return [...command.slice(0, -1), `${settings}; ${script}`, command[0] ?? "sh", ...values];
}

function readAdd(instruction: Instruction, stage: Stage, context: FileContext): void {
  const words = instruction.list ?? rawWords(instruction.text);
  const refused = words.slice(0, -1).find((word) => /^(https?|git|ssh):|^git@/.test(word));
  const archive = words.slice(0, -1).find((word) => /\.(tar(\.\w+)?|tgz|tbz2?|txz|tzst)$/.test(word));
  if (refused !== undefined)
    refuse(context, instruction, {
      why: `${refused} is fetched over the network, and may be something else tomorrow`,
      instead: "Fetch it once into the folder and COPY it",
    });
  else if (archive !== undefined)
    refuse(context, instruction, {
      why: `${archive} would be unpacked, and image() copies files as they are`,
      instead: "Unpack it into the folder and COPY that",
    });
  else readCopyInstruction(instruction, stage, context);
}

function readCopyInstruction(instruction: Instruction, stage: Stage, context: FileContext): void {
  const { documents, flags } = instruction;
  const from = flags.get("from");
  if (from !== undefined) {
    refuse(context, instruction, {
      why: `files of another image (--from=${from}) cannot be copied yet`,
      instead: "Build them into a folder beside the Dockerfile and COPY that, or let one stage do both",
    });
    return;
  }
  if (documents.length > 0 || flags.has("parents") || flags.has("exclude")) {
    refuse(context, instruction, {
      why:
        documents.length > 0 ? "its file stands in the Dockerfile itself" : "it leaves files out by pattern",
      instead: "Put what is meant into a file or folder of its own and COPY that",
    });
    return;
  }
  const words = (instruction.list ?? rawWords(instruction.text)).map((word) =>
    constantWord(word, stage, instruction, context),
  );
  const { folders, workdir } = stage;
  const { folder, ignored, reader } = context;
  const found = readCopy(words, { reader, context: folder, ignored, workdir, folders });
  if ("refused" in found) {
    refuse(context, instruction, {
      why: found.refused,
      instead: found.instead ?? "COPY files and folders of the folder that is built",
    });
    return;
  }
  const { isSelection, steps } = found;
  const segment = current(stage);
  if (segment.runs.length > 0 || steps.some(({ target }) => segment.copies.has(target))) split(stage);
  for (const { kind, source, target } of steps) {
    if (current(stage).copies.has(target)) split(stage); // two folders into one
    current(stage).copies.set(target, source);
    stage.folders.add(target.replace(/\/[^/]*$/, "") || "/");
    if (kind === "folder") stage.folders.add(target);
  }
  if (isSelection)
    remark(current(stage), "copy", [`${instruction.keyword} ${instruction.text}: what that names today`]);
  remark(current(stage), "copy", instruction.comment);
  const owner = flags.get("chown");
  const mode = flags.get("chmod");
  if (owner !== undefined) changeFiles("chown", constantWord(owner, stage, instruction, context));
  if (mode !== undefined) changeFiles("chmod", constantWord(mode, stage, instruction, context));

  /** What is copied is root's; a command gives it away. */
  function changeFiles(command: "chown" | "chmod", to: string): void {
    if (command === "chown" && /^(root|0)(:(root|0))?$/.test(to)) return;
    if (stage.root.kind === "scratch")
      return refuse(context, instruction, {
        why: `--${command} needs a command, and an empty image has none`,
        instead: "FROM debian, or leave the files to root",
      });
    if (command === "chown") for (const name of to.split(":")) if (/\D/.test(name)) accountId(name, stage);
    const targets = steps.map(({ target }) => target);
    if (targets.includes("/"))
      return refuse(context, instruction, {
        why: `--${command} would change everything from / on`,
        instead: "COPY each folder to its place",
      });
    current(stage).runs.push([command, "-R", to, ...targets]);
    current(stage).commands.push(`${command} ${to}`);
  }
}
