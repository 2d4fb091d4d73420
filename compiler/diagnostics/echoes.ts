import { nearest } from "./row.js";
import type { Position, Span } from "./span.js";
import type { DiagnosticCode, DiagnosticData } from "./table.js";

/** What is told of one finding, to judge what follows from it. */
export interface Finding {
  readonly code: DiagnosticCode;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly span: Span | undefined;
  /** What its message was made of; absent of what came from elsewhere as it is. */
  readonly data?: unknown;
  /** All that is wrong with it: of a field its key and value. */
  readonly covers?: Span | undefined;
}

/**
 * Findings that say something of their own, in the same order. A finding is an echo when an error that is said explains
 * it, or explains what explains it: so no error is left out without another that is said.
 */
export function withoutEchoes<F extends Finding>(found: readonly F[]): readonly F[] {
  const errors = found.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return found;
  const reasons = new Reasons(errors);
  const said = new Set<F>();
  const explained = new Map<Finding, F[]>();
  for (const of of found) {
    const why = [...reasons.near(of)].filter((by) => explains(by, of));
    if (why.length === 0) said.add(of);
    for (const by of why) gather(explained, by, of);
  }
  const settled = new Set<Finding>(said);
  for (const by of settled) for (const of of explained.get(by) ?? []) settled.add(of);
  return found.filter((one) => said.has(one) || !settled.has(one));
}

/**
 * Errors by where they stand and what they are of: each finding is held against those that may explain it. With
 * thousands of mistakes, each against all others would take minutes.
 */
class Reasons {
  /** Of many alike at one place, as a loop makes them, the first few: the others explain what is of their own resource. */
  static readonly #mostAlike = 8;
  readonly #few = new Set<Finding>();
  readonly #ofAnyImage = new Set<Finding>();
  readonly #byLine = new Map<string, Finding[]>();
  readonly #bySubject = new Map<string, Finding[]>();

  constructor(errors: readonly Finding[]) {
    const alike = new Map<string, number>();
    for (const error of errors) {
      for (const subject of subjectsOf(error)) gather(this.#bySubject, subject, error);
      const place = `${error.code} ${placeText(error.span)} ${placeText(error.covers)}`;
      const count = (alike.get(place) ?? 0) + 1;
      alike.set(place, count);
      if (count > Reasons.#mostAlike) continue;
      this.#few.add(error);
      if (isOfAnyImage(error)) this.#ofAnyImage.add(error);
      for (const line of linesOf(error)) gather(this.#byLine, line, error);
    }
  }

  /** Other errors at a finding's lines, or of its resource. */
  near(finding: Finding): ReadonlySet<Finding> {
    const isFromAfar = isExplainedFromAfar(finding);
    const near = new Set(isFromAfar ? this.#few : this.#ofAnyImage);
    if (!isFromAfar)
      for (const line of linesOf(finding)) for (const error of this.#byLine.get(line) ?? []) near.add(error);
    for (const subject of subjectsOf(finding))
      for (const error of this.#bySubject.get(subject) ?? []) near.add(error);
    near.delete(finding);
    return near;
  }
}

function gather<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const there = map.get(key);
  if (there === undefined) map.set(key, [value]);
  else there.push(value);
}

function placeText(span: Span | undefined): string {
  return span === undefined
    ? ""
    : `${span.file}:${span.start.line}:${span.start.column}-${span.end.line}:${span.end.column}`;
}

/** Lines that a finding stands on, or that are all wrong with it. */
function linesOf(finding: Finding): ReadonlySet<string> {
  const { covers, span } = finding;
  const call = dataOf(finding, "type-error")?.call;
  const lines = new Set<string>();
  for (const one of [span, covers, call]) {
    if (one === undefined) continue;
    const { file } = one === covers ? (span ?? one) : one;
    for (let { line } = one.start; line <= Math.max(one.start.line, one.end.line); line += 1)
      lines.add(`${file}:${line}`);
  }
  return lines;
}

/** What a finding is of by name: resources, or the text that a port is called by. */
function subjectsOf(finding: Finding): readonly string[] {
  const { resource, workload } = (finding.data ?? {}) as {
    readonly resource?: string;
    readonly workload?: string;
  };
  const call = dataOf(finding, "arguments-wrong");
  const invalid = dataOf(finding, "field-invalid");
  const port = /\bports\[\d+\]\./.test(invalid?.path ?? "") ? refusedText(invalid?.why) : undefined;
  return [
    resource,
    workload,
    call && `${lastOf(call.construct)} "${call.name}"`,
    port && `port ${port}`,
  ].filter((subject) => subject !== undefined);
}

/** An error anywhere may be why. */
function isExplainedFromAfar(finding: Finding): boolean {
  return (
    ofWhatIsLeft.has(finding.code) ||
    finding.code === "exception" ||
    finding.code === "value-impossible" ||
    isOfNothing(finding) ||
    isOfSyntax(finding)
  );
}

/** Warnings that something is left out, or not met: an error beside it may be why. */
const ofWhatIsLeft: ReadonlySet<DiagnosticCode> = new Set([
  "accept-unused",
  "resource-not-exported",
  "stack-empty",
]);

/** Whether `of` is the same mistake as `by` in more general words, or what comes of it. */
function explains(by: Finding, of: Finding): boolean {
  if (by.code === "syntax" && isOfSyntax(of) && by.span?.file === of.span?.file) {
    // A text that does not end takes the brackets after it along; a block that does not is missed at the file's end.
    if (/^Unterminated/.test(by.message) || typeText(of) === "'}' expected.") return true;
  }
  if (ofWhatIsLeft.has(of.code)) return of.span === undefined || by.span?.file === of.span.file;
  if (by.code === "type-error")
    return of.code === "exception" || of.code === "value-impossible"
      ? saysWhy(by, of)
      : isOfNothing(of) && !isOfNothing(by);
  if (by.code === "exception" || by.code === "value-impossible") return false;
  if (leavesOpen(by, of) || isOfSameCall(by, of)) return true;
  if (isWithoutValue(by, of) || isPortNamedAlike(by, of)) return true;
  if (by.span === undefined || of.span === undefined || by.span.file !== of.span.file) return false;
  if (of.code === "type-error") return isSameMistake(by, of);
  if (by.code === "field-type" && of.code === "value-unusable") return false; // but the other way round
  if (by.covers !== undefined && by.code !== of.code && isWithin(of.span.start, by.covers)) return true;
  if (by.code === of.code) return false;
  const isSameLine = by.span.start.line === of.span.start.line;
  const isSamePlace = isAtSamePlace(by.span, of.span);
  switch (of.code) {
    case "image-latest":
    case "environment-secret":
      return isSamePlace; // a value that is none has no tag, and is no text either
    case "port-number-invalid": // a name and its number, the wrong way round: the value is said
      return by.code === "field-type" && isSameLine && isRightAfter(by.span.start, of.span);
    case "probe-path-relative":
      return isWithin(by.span.start, of.span);
    case "syntax":
      return by.code === "definition-duplicate" && isSameLine;
    case "field-type":
      return by.code === "value-unusable" && isSameLine;
    case "choose-one":
    case "field-missing":
      return isMeant(by, of) || (by.code === "value-unusable" && isSameLine);
    case "field-invalid": {
      if (by.code === "secret-leaked") return isSameLine;
      // Said of the whole object, where the construct is called.
      if ((by.code === "field-missing" || by.code === "choose-one") && isSameLine) return true;
      return isWithin(by.span.start, of.span) || isLeftEmpty(by, of);
    }
    default:
      return false;
  }
}

/** Of an exact object the path is the API's own: what is said of a member that a value was left out of comes of it. */
function isWithoutValue(by: Finding, of: Finding): boolean {
  const [unusable, invalid] = [dataOf(by, "value-unusable"), dataOf(of, "field-invalid")];
  const [first] = invalid?.path.split(/[.[]/) ?? [];
  return (
    unusable !== undefined && unusable.resource === invalid?.resource && first === unusable.path.split(".")[0]
  );
}

/** A Service calls its port, and the one it leads to, by the name that a container gives it. */
function isPortNamedAlike(by: Finding, of: Finding): boolean {
  const [ofContainer, ofService] = [dataOf(by, "field-invalid"), dataOf(of, "field-invalid")];
  if (!/ontainers\[\d+\]\.ports\[\d+\]\.name$/.test(ofContainer?.path ?? "")) return false;
  if (!/^spec\.ports\[\d+\]\.(name|targetPort)$/.test(ofService?.path ?? "")) return false;
  const refused = refusedText(ofContainer?.why);
  return refused !== undefined && refused === refusedText(ofService?.why);
}

function refusedText(why = ""): string | undefined {
  return /^Invalid value: ("(?:[^"\\]|\\.)*"): /.exec(why)?.[1];
}

/** A construct that is called wrong lacks its name and more: said where it is called, or without a place. */
function isOfSameCall(by: Finding, of: Finding): boolean {
  const call = dataOf(by, "arguments-wrong");
  if (call === undefined) return false;
  if (of.span !== undefined) {
    const isMore = call.wrong === undefined && dataOf(of, "arguments-wrong")?.wrong === "count";
    const place = dataOf(of, "type-error")?.call ?? of.span; // of arguments, which may stand lines below
    return (isMore || of.code !== by.code) && isAtSamePlace(by.span, place);
  }
  const { resource } = (of.data ?? {}) as { readonly resource?: string };
  return resource === `${lastOf(call.construct)} "${call.name}"`;
}

/** As a value stands after its key. */
function isRightAfter(at: Position, { end }: Span): boolean {
  return at.line === end.line && at.column >= end.column && at.column - end.column <= 3;
}

function isAtSamePlace(a: Span | undefined, b: Span): boolean {
  return a?.file === b.file && a.start.line === b.start.line && a.start.column === b.start.column;
}

/** The type checker speaks of a line, or of all that is around the mistake: other checks know it better. */
function isSameMistake(by: Finding, of: Finding): boolean {
  if (by.span === undefined || of.span === undefined) return false;
  if (isOfNothing(of) || isWithin(by.span.start, of.covers ?? of.span)) return true;
  if (by.covers !== undefined && isWithin(of.span.start, by.covers)) return true;
  if (by.code === "field-missing" || by.code === "choose-one") return isWithin(of.span.start, by.span);
  // That a value has no such member nobody else says.
  const isOwn = /^Property '.+' does not exist/.test(typeText(of));
  return !isOwn && by.code !== "field-invalid" && by.span.start.line === of.span.start.line;
}

/** The type checker's echo of a type that has nothing known in it: whatever is asked of it is of no type. */
function isOfNothing(finding: Finding): boolean {
  return finding.code === "type-error" && / type 'never'/.test(typeText(finding));
}

/** What the type checker's own parser makes of text that cannot be read. Source: TypeScript, diagnosticMessages.json. */
function isOfSyntax(finding: Finding): boolean {
  return /^TS1([01]\d\d|43[45])$/.test(dataOf(finding, "type-error")?.code ?? "");
}

/** The engine throws at what the type checker has named before: a name, a method, a member of nothing. */
function saysWhy(typeError: Finding, { message, span }: Finding): boolean {
  const isSameLine = span?.file === typeError.span?.file && span?.start.line === typeError.span?.start.line;
  if (isSameLine && span?.file.endsWith(".infra") === true) return true; // the checks at evaluation ask the same
  if (!/(Type|Reference)Error: /.test(message)) return false;
  const names = [...message.matchAll(/[\w$]+(?=\)? is not )|(?<=reading ')[\w$]+/g)].map(([name]) => name);
  const text = typeText(typeError);
  return names.some((name) => text.includes(`'${name}'`));
}

/** The type checker's own words. */
function typeText(finding: Finding): string {
  return dataOf(finding, "type-error")?.text ?? finding.message;
}

/** Whether a mistake in a resource leaves open what else it has, so that nobody can say that a port or key lacks. */
function leavesOpen(by: Finding, of: Finding): boolean {
  const asked =
    of.code === "port-name-unknown"
      ? dataOf(of, "port-name-unknown")?.workload
      : of.code === "config-key-unknown"
        ? dataOf(of, "config-key-unknown")?.resource
        : undefined;
  const wrong =
    dataOf(by, "field-unknown") ??
    dataOf(by, "field-type") ??
    dataOf(by, "field-missing") ??
    dataOf(by, "value-unusable");
  if (asked === undefined || wrong === undefined) return false;
  if (isOfAnyImage(by)) return true;
  const { path, resource } = wrong;
  const known = dataOf(by, "field-unknown")?.known ?? [];
  const meant = nearest(lastOf(path), known);
  const name = meant ?? lastOf(path);
  if (resource !== asked) return false;
  if (of.code === "config-key-unknown") return true;
  return /port|container|sidecar|init|image|expose/i.test(name) || /^[^.]+\.[^.]+(\.ports\..+)?$/.test(path);
}

/** Of the ports that an image opens, whatever workload runs it. */
function isOfAnyImage({ data }: Finding): boolean {
  const { path } = (data ?? {}) as { readonly path?: string };
  return path?.split(".")[0] === "expose";
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

/** Whether what is missing in an object is there, under another name. */
function isMeant(by: Finding, of: Finding): boolean {
  const unknown = dataOf(by, "field-unknown");
  if (unknown === undefined) return false;
  const name = lastOf(unknown.path);
  const said = [...(unknown.instead?.matchAll(/(?:^|, )(\w+)(?=:| =)/g) ?? [])].map(([, word = ""]) => word);
  const meant = [nearest(name, unknown.known), ...said];
  const choice = dataOf(of, "choose-one");
  if (choice !== undefined)
    return (
      choice.resource === unknown.resource && isAround(of, by) && choice.of.some((one) => meant.includes(one))
    );
  const missing = dataOf(of, "field-missing");
  if (missing === undefined || missing.resource !== unknown.resource) return false;
  const parent = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf(".")));
  return parent(unknown.path) === parent(missing.path) && meant.includes(lastOf(missing.path));
}

/** The API lacks what the construct could not make of a value of another type. */
function isLeftEmpty(by: Finding, of: Finding): boolean {
  const invalid = dataOf(of, "field-invalid");
  const wrong = dataOf(by, "field-unknown") ?? dataOf(by, "field-type") ?? dataOf(by, "field-missing");
  return (
    by.covers !== undefined &&
    wrong !== undefined &&
    invalid?.resource === wrong.resource &&
    /^Required value/.test(invalid.why)
  );
}

function isAround({ span: outer }: Finding, { span: inner }: Finding): boolean {
  return outer !== undefined && inner !== undefined && isWithin(inner.start, outer);
}

function dataOf<C extends DiagnosticCode>({ code, data }: Finding, asked: C): DiagnosticData<C> | undefined {
  return code === asked ? (data as DiagnosticData<C> | undefined) : undefined;
}

function isWithin(at: Position, { end, start }: Span): boolean {
  return isBefore(start, at) && isBefore(at, end);
}

function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.column <= b.column);
}
