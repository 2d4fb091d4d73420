import type { Reporter } from "../diagnostics/reporter.js";
import { pointSpan, type Span } from "../diagnostics/span.js";
import { rawWords } from "./dockerfile-words.js";

/** One instruction of a Dockerfile, its line breaks and the comments within it taken out. */
export interface Instruction {
  readonly keyword: string;
  readonly place: Span;
  /** `--chown=app`: name to value; without a value `""`. Several of one name stand in one text, a blank between them. */
  readonly flags: ReadonlyMap<string, string>;
  /** What follows the flags. */
  readonly text: string;
  /** The JSON form, `["a", "b"]`, when it is one. */
  readonly list: readonly string[] | undefined;
  /** Bodies of here-documents, `RUN <<EOF`. */
  readonly documents: readonly string[];
  /** Comment lines directly above. */
  readonly comment: readonly string[];
}

/** Longer than any file that people write. */
const mostCharacters = 256 * 1024;

/** Flags by the instructions that have them. Source: the Dockerfile reference. */
const flagsOf: { readonly [keyword: string]: readonly string[] } = {
  ADD: ["checksum", "chmod", "chown", "exclude", "keep-git-dir", "link", "unpack"],
  COPY: ["chmod", "chown", "exclude", "from", "link", "parents"],
  FROM: ["platform"],
  HEALTHCHECK: ["interval", "retries", "start-interval", "start-period", "timeout"],
  RUN: ["device", "mount", "network", "security"],
};

/** Keywords whose `<<WORD` begins a here-document. */
const withDocuments = new Set(["RUN", "COPY", "ADD"]);

/**
 * The instructions of a Dockerfile, in order. What cannot be read is reported and left out.
 *
 * Source: BuildKit's parser, `frontend/dockerfile/parser`, for how lines are joined and here-documents end.
 */
export function readDockerfile(file: string, source: string, reporter: Reporter): readonly Instruction[] {
  const text = source.startsWith("\ufeff") ? source.slice(1) : source;
  const refuse = (line: number, column: number, why: string) =>
    reporter.report("dockerfile-invalid", pointSpan(file, line, column), { why });
  if (text.length > mostCharacters) {
    refuse(1, 1, `This Dockerfile is longer than ${mostCharacters / 1024} KiB`);
    return [];
  }
  const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.exec(text);
  if (control !== null) {
    const before = text.slice(0, control.index).split("\n");
    refuse(before.length, (before.at(-1)?.length ?? 0) + 1, "Control characters are not allowed here");
    return [];
  }
  const lines = text.split(/\r?\n/);
  const { directives, escapeChar } = readDirectives(lines, refuse);
  const goesOn = escapeChar === "`" ? /(?:^|[^`])`[ \t]*$/ : /(?:^|[^\\])\\[ \t]*$/;
  const instructions: Instruction[] = [];
  let comment: string[] = [];
  for (let at = directives; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (isComment(line)) {
      comment.push(line.trim().replace(/^# ?/, ""));
      continue;
    }
    if (line.trim() === "") {
      comment = [];
      continue;
    }
    const first = at;
    let joined = "";
    for (let isOpen = true; isOpen; at += 1) {
      const next = lines[at] ?? "";
      if (at > first && (isComment(next) || next.trim() === "")) {
        isOpen = at + 1 < lines.length;
        continue;
      }
      isOpen = goesOn.test(next) && at + 1 < lines.length;
      joined += goesOn.test(next) ? next.replace(/.[ \t]*$/, "") : next;
    }
    const place = pointSpan(file, first + 1, line.length - line.trimStart().length + 1);
    const [, keyword = "", rest = ""] = /^(\S+)\s*([\s\S]*)$/.exec(joined.trim()) ?? [];
    const documents: string[] = [];
    if (withDocuments.has(keyword.toUpperCase()))
      for (const { isChomped, name } of documentsOf(rest)) {
        let end = at;
        while (end < lines.length && (isChomped ? lines[end]?.replace(/^\t+/, "") : lines[end]) !== name)
          end += 1;
        if (end === lines.length) {
          refuse(
            first + 1,
            place.start.column,
            `The here-document <<${name} does not end: no line is ${name}`,
          );
          return instructions;
        }
        documents.push(
          lines
            .slice(at, end)
            .map((one) => (isChomped ? one.replace(/^\t+/, "") : one))
            .join("\n"),
        );
        at = end + 1;
      }
    at -= 1; // the loop's own step
    const read = { keyword: keyword.toUpperCase(), place, comment, documents };
    comment = [];
    const written = escapeChar === "`" && !ofShell.has(read.keyword) ? withBackslashes(rest) : rest;
    const instruction = withFlags(written, read, reporter);
    if (instruction !== undefined) instructions.push(instruction);
  }
  return instructions;
}

/** Instructions whose text is the shell's: what quotes there is not the Dockerfile's matter. */
const ofShell = new Set(["RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK", "SHELL"]);

/** Words quoted by a backtick, as they are quoted by a backslash. */
function withBackslashes(text: string): string {
  return text.startsWith("[") ? text : text.replace(/[`\\]/g, (char) => (char === "`" ? "\\" : "\\\\"));
}

function isComment(line: string): boolean {
  return /^\s*#/.test(line);
}

/** `# escape=` and its like stand before everything else. @returns how many lines they take, and the escape character. */
function readDirectives(
  lines: readonly string[],
  refuse: (line: number, column: number, why: string) => void,
) {
  let escapeChar = "\\";
  const seen = new Set<string>();
  for (const [index, line] of lines.entries()) {
    const [, written = "", value = ""] = /^\s*#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(\S.*)$/.exec(line) ?? [];
    const name = written.toLowerCase();
    if (!["syntax", "escape", "check"].includes(name)) return { directives: index, escapeChar };
    if (seen.has(name)) refuse(index + 1, 1, `The directive ${name} stands here twice`);
    seen.add(name);
    if (name !== "escape") continue;
    if (/^[`\\]\s*$/.test(value)) escapeChar = value.trim();
    else refuse(index + 1, 1, "escape is either \\ or `");
  }
  return { directives: lines.length, escapeChar };
}

/** Words such as `<<EOF`, `<<-"EOF"`, `3<<EOF`. */
function documentsOf(text: string) {
  return rawWords(text).flatMap((word) => {
    const [, dash, raw = ""] = /^\d*<<(-?)([^<]+)$/.exec(word) ?? [];
    const name = raw.replace(/["'\\]/g, "");
    return name === "" ? [] : [{ name, isChomped: dash === "-" }];
  });
}

function withFlags(
  rest: string,
  read: Pick<Instruction, "keyword" | "place" | "comment" | "documents">,
  reporter: Reporter,
): Instruction | undefined {
  const { keyword, place } = read;
  const known = flagsOf[keyword] ?? [];
  const flags = new Map<string, string>();
  let text = rest;
  for (;;) {
    const flag = /^--([A-Za-z][A-Za-z-]*)(?:=("[^"]*"|\S*))?(?:\s+|$)/.exec(text);
    if (flag === null) break;
    const [whole, name = "", raw = ""] = flag;
    if (!known.includes(name)) {
      reporter.report("dockerfile-invalid", place, {
        why: `${keyword} has no flag --${name}`,
        ...(known.length === 0 ? {} : { instead: `It has ${known.map((one) => `--${one}`).join(", ")}` }),
      });
      return undefined;
    }
    const value = raw.replace(/^"(.*)"$/, "$1");
    flags.set(name, flags.has(name) ? `${flags.get(name)} ${value}` : value);
    text = text.slice(whole.length);
  }
  if (text === "") {
    reporter.report("dockerfile-invalid", place, { why: `${keyword} needs an argument` });
    return undefined;
  }
  return { ...read, flags, text, list: jsonList(text) };
}

/** The JSON form; anything else is the shell form, as Docker takes it. */
function jsonList(text: string): readonly string[] | undefined {
  if (!text.startsWith("[")) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((item) => typeof item === "string") ? list : undefined;
  } catch {
    return undefined; // the shell form may begin with a bracket too
  }
}
