import {
  isCall,
  isList,
  isObject,
  type Parameter,
  type SourceMember,
  type SourceProgram,
  type SourceReference,
  type SourceText,
  type SourceValue,
  type Statement,
  withValues,
} from "./program.js";

/** Twice a reader sees at a glance. */
const fewest = 3;
/** With more, a call says less than what it stands for. */
const mostParameters = 3;
/** Longer texts are read better where they are meant. */
const longestArgument = 80;

/** What may be another in each of the alike. */
interface Leaf {
  readonly value: string | number;
  readonly type: Parameter["type"];
  /** What the parameter would be called; undefined for the name of a member, which only follows from another. */
  readonly wished: string | undefined;
}

interface Alike {
  readonly statement: Statement;
  readonly leaves: readonly Leaf[];
}

/**
 * The program with statements that are alike said by a function: the same call but for its name and at most two other
 * names, images, numbers or texts of variables, where that is half as long at most. Each stays where it is, with its own
 * variable and comment, so nothing else changes.
 */
export function foldAlike(program: SourceProgram): SourceProgram {
  const numbers = new Map(program.statements.map((statement, index) => [statement, index] as const));
  const groups = new Map<string, Alike[]>();
  for (const statement of program.statements) {
    if (!statement.exported || !isCall(statement.value)) continue;
    const leaves: Leaf[] = [];
    const shape = withLeaves(statement.value, (leaf) => {
      leaves.push(leaf);
      return { variable: anyOf[leaf.type] };
    });
    const key = JSON.stringify(shape, (name, value) =>
      name === "variable" ? (numbers.get(value) ?? value.variable) : value,
    );
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ statement, leaves }]);
    else group.push({ statement, leaves });
  }
  const above = new Map<Statement, Statement>();
  const instead = new Map<Statement, SourceValue>();
  for (const group of groups.values()) {
    const folded = group.length < fewest ? undefined : folding(group);
    for (const [index, { statement }] of group.entries()) {
      if (folded === undefined) break;
      if (index === 0) above.set(statement, folded.made);
      instead.set(statement, { apply: folded.made, arguments: folded.given[index] ?? [] });
    }
  }
  if (instead.size === 0) return program;
  const statements = program.statements.flatMap((statement) => {
    const made = above.get(statement);
    return made === undefined ? [statement] : [made, statement];
  });
  return withValues({ ...program, statements }, (statement) => instead.get(statement) ?? statement.value);
}

/** Stand where leaves do in what has to be the same. */
const anyOf: { readonly [type in Parameter["type"]]: Statement } = {
  string: { variable: "text", value: null, exported: false },
  number: { variable: "number", value: null, exported: false },
  ImageName: { variable: "image", value: null, exported: false },
};

/** Members whose members are called as their containers are. */
const containerMaps = new Set(["containers", "init", "sidecars"]);
/** Maps of texts that say what they like. */
const textMaps = new Set(["annotations", "data", "env", "labels", "matchLabels", "nodeSelector", "selector"]);
/** Members that any text is right for; others may be words of few. */
const freeTexts = new Set(
  "args claimName command exec host in name namespace secretName serviceAccountName value workdir".split(" "),
);

/** The value with its leaves replaced, in a fixed order; undefined leaves one as it is. */
function withLeaves(
  value: SourceValue,
  replace: (leaf: Leaf) => SourceReference | SourceText | undefined,
): SourceValue {
  if (!isCall(value)) return value;
  const [name, ...rest] = value.arguments;
  const own = value.call[0] === "configMap" ? "data" : "";
  const first = inside(name ?? null, "name", "");
  const given = rest.map((item, index) => inside(item, index === 0 ? own : "", ""));
  return { ...value, arguments: [first, ...given] };

  /** @param member - that the value is of. @param parent - the one around that. */
  function inside(inner: SourceValue, member: string, parent: string): SourceValue {
    if (typeof inner === "string" || typeof inner === "number") {
      const type = typeAt(inner, member, parent);
      return type === undefined
        ? inner
        : (replace({ value: inner, type, wished: wishedName(member, parent) }) ?? inner);
    }
    if (isList(inner)) return inner.map((item) => inside(item, member, parent));
    if (!isObject(inner)) return inner;
    const members = inner.members.map((one): SourceMember => {
      const isName = containerMaps.has(member);
      const computed = isName ? replace({ value: one.name, type: "string", wished: undefined }) : undefined;
      const own = { ...one, value: inside(one.value, one.name, member) };
      return computed === undefined ? own : { ...own, name: "", computed };
    });
    return { members };
  }
}

function typeAt(value: string | number, member: string, parent: string): Parameter["type"] | undefined {
  if (typeof value === "number") return "number";
  if (value.length > longestArgument || value.includes("\n")) return undefined;
  if (member === "image") return "ImageName";
  return textMaps.has(parent) || freeTexts.has(member) ? "string" : undefined;
}

function wishedName(member: string, parent: string): string {
  if (member === "image") return "image name";
  if (member === "in" || member === "namespace") return "in namespace";
  return textMaps.has(parent) ? (member.split("/").at(-1) ?? member) : member;
}

/** The function that the alike are calls of, and what each gives it; undefined when it would not be clearly shorter. */
function folding(
  group: readonly Alike[],
): { readonly made: Statement; readonly given: readonly (readonly SourceValue[])[] } | undefined {
  const [first] = group;
  if (first === undefined) return undefined;
  const parameters: { readonly parameter: Parameter; readonly column: readonly (string | number)[] }[] = [];
  const parts: (SourceReference | SourceText | undefined)[] = [];
  const order = [...first.leaves.entries()].sort(([, a], [, b]) => rank(a) - rank(b));
  for (const [index, { type, wished }] of order) {
    const column = group.map(({ leaves }) => leaves[index]?.value ?? "");
    if (column.every((value) => value === column[0])) continue;
    const known = parameters.map((one) => followingFrom(one, column, type)).find((one) => one !== undefined);
    if (known !== undefined) parts[index] = known;
    else {
      if (wished === undefined || parameters.length === mostParameters) return undefined;
      const parameter: Parameter = { variable: wished, value: null, exported: false, type };
      parameters.push({ parameter, column });
      parts[index] = { variable: parameter };
    }
  }
  let next = 0;
  const body = withLeaves(first.statement.value, () => {
    next += 1;
    return parts[next - 1];
  });
  if (!isShorter(weightOf(first.statement.value), group.length)) return undefined;
  return {
    made: {
      variable: functionName(group.map(({ statement }) => statement)),
      value: { parameters: parameters.map(({ parameter }) => parameter), body },
      exported: false,
    },
    given: group.map((_, row) => parameters.map(({ column }) => column[row] ?? null)),
  };
}

/** Names of members last: they have to follow from something that is said already. */
function rank({ wished }: Leaf): number {
  return wished === undefined ? 1 : 0;
}

/** What a place holds that says the same as a parameter in each of the alike, or that with the same text around it. */
function followingFrom(
  {
    column: known,
    parameter,
  }: { readonly parameter: Parameter; readonly column: readonly (string | number)[] },
  column: readonly (string | number)[],
  type: Parameter["type"],
): SourceReference | SourceText | undefined {
  const isSame = column.every((value, row) => value === known[row]);
  if (isSame) return type === parameter.type || type === "string" ? { variable: parameter } : undefined;
  const [sample, part] = [column[0], known[0]];
  if (typeof sample !== "string" || typeof part !== "string" || part === "") return undefined;
  const at = sample.indexOf(part);
  const [before, after] = [sample.slice(0, at), sample.slice(at + part.length)];
  if (at < 0 || !column.every((value, row) => value === `${before}${known[row]}${after}`)) return undefined;
  return { text: [before, { variable: parameter }, after].filter((one) => one !== "") };
}

/** What stands on a line or two, and what would not be half as long, reads better as it is. */
function isShorter(weight: number, count: number): boolean {
  const head = 3;
  const call = 2; // its line, and the one between
  return weight >= 8 && (head + weight + call * count) * 2 <= weight * count;
}

/** Values, as a measure of how much there is to read. */
function weightOf(value: SourceValue): number {
  if (isList(value)) return value.reduce((sum: number, item) => sum + weightOf(item), 1);
  if (isCall(value)) return value.arguments.reduce((sum: number, item) => sum + weightOf(item), 0);
  return isObject(value) ? value.members.reduce((sum, { value: inner }) => sum + weightOf(inner), 1) : 1;
}

/** What all their names end or begin with, otherwise their kind. */
function functionName(statements: readonly Statement[]): string {
  const words = statements.map(({ variable }) => variable.split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])/));
  const [sample = []] = words;
  const most = Math.min(...words.map(({ length }) => length)) - 1;
  const count = (at: (list: readonly string[], step: number) => string | undefined) => {
    let step = 0;
    while (step < most && words.every((list) => at(list, step) === at(sample, step))) step += 1;
    return step;
  };
  const ending = count((list, step) => list.at(-1 - step));
  const beginning = count((list, step) => list[step]);
  const [{ value } = { value: null }] = statements;
  const call = isCall(value) ? value.call : [];
  const kind = call.at(-1) ?? "";
  if (call.length > 1) return `make ${kind}`; // an exact object is of its kind before all
  return `make ${(ending > 0 ? sample.slice(-ending) : beginning > 0 ? sample.slice(0, beginning) : [kind]).join(" ")}`;
}
