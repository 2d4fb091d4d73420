import test from "ava";
import fc from "fast-check";
import { formatModule } from "../../compiler/language/format.js";
import { type Parsed, parseModule } from "../../compiler/language/parse.js";
import type { Block, Definition, Expression, Field } from "../../compiler/language/syntax.js";
import { definition } from "../support/infra-programs.js";

const said = ({ problems }: Parsed) =>
  problems.map(({ span: { start }, text }) => `${start.line}:${start.column} ${text}`);

const missing = test.macro({
  title: (what = "") => `what is half written is the one mistake: ${what}`,
  exec(t, text: string, expected: string, definitions: number) {
    const parsed = parseModule("main.infra", text);
    t.deepEqual(said(parsed), [expected]);
    t.is(parsed.module.definitions.length, definitions);
  },
});
const web = 'deployment web { container web { image = "x:1" } }\n';
test("a let before a block", missing, `let a =\n${web}`, '1:8 expected a value after "="', 1);
test("further right", missing, `let a =\n  ${web}`, '1:8 expected a value after "="', 1);
test("with a comment between", missing, `let a = // later\n${web}`, '1:8 expected a value after "="', 1);
test("an operator", missing, `let a = 1 +\n${web}`, '1:12 expected a value after "+"', 1);
test("a member", missing, `let a = b.\n${web}`, '1:11 expected a name after "."', 1);
test("a member before a let", missing, "let a = b.\nlet c = 1\n", '1:11 expected a name after "."', 1);
test("a choice", missing, `let a = if true then\n${web}`, '1:21 expected a value after "then"', 1);
test("a param", missing, `param a =\n${web}`, '1:10 expected a value after "="', 1);
test("a function", missing, `function f(a) =\n${web}`, '1:16 expected a value after "="', 1);
test(
  "a field before a block",
  missing,
  'deployment web {\n  replicas =\n  container web { image = "x:1" }\n}\n',
  '2:13 expected a value after "="',
  1,
);
test(
  "an entry of a map",
  missing,
  "let a = {\n  b:\n  c: 1\n}\nlet d = 1\n",
  '2:5 expected a value after ":"',
  1,
);
test("values may begin on lines of their own", (t) => {
  const text = "let a =\n  b\nlet b = 1 +\n2\nlet c = a\n  .d\nlet e = if true then\na else\nb\n";
  t.deepEqual(said(parseModule("main.infra", text)), []);
});

interface Place {
  readonly value: Expression;
  readonly of: Definition;
}

/** Values of lets and fields, with the definitions they stand in. */
function placesOf(definitions: readonly Definition[]): Place[] {
  const ofMembers = (members: readonly (Field | Block)[], of: Definition): Place[] =>
    members.flatMap((member) =>
      member.node === "field" ? [{ value: member.value, of }] : ofMembers(member.members, of),
    );
  return definitions.flatMap((of) => {
    if (of.node === "let") return [{ value: of.value, of }];
    return of.node === "block" ? ofMembers(of.members, of) : [];
  });
}

/** A tree without its places. */
function meaningOf(tree: unknown): string {
  return JSON.stringify(tree, (key, value) => (key === "span" ? undefined : value));
}

function offsetOf(text: string, { column, line }: { line: number; column: number }): number {
  const before = text.split("\n").slice(0, line - 1);
  return before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
}

test("a value that is missing is one mistake on its line, and all else is read as before", (t) => {
  const programs = fc.array(
    definition.filter(([kind]) => kind !== "from"), // what another language imports with
    { minLength: 3, maxLength: 8 },
  );
  let checked = 0;
  fc.assert(
    fc.property(programs, fc.nat(), (words, which) => {
      const lines = words.map((one) => formatModule("a.infra", one.join(" ")) ?? "");
      const text = lines.join("").replace(/\b(then|in)\(/g, "a("); // words that are no names elsewhere
      const whole = parseModule("a.infra", text).module.definitions;
      const places = placesOf(whole).filter(({ value: { span } }) => {
        const rest = text.split("\n")[span.end.line - 1]?.slice(span.end.column - 1);
        return rest === ""; // what follows on its line would be the value
      });
      const place = places[which % places.length];
      if (place === undefined) return;
      const { of, value } = place;
      const rest = value.node === "binary" ? value.right : value;
      const from = value.node === "binary" && isBare(text, value) ? rest.span.start : value.span.start;
      const changed = text.slice(0, offsetOf(text, from)) + text.slice(offsetOf(text, value.span.end));
      const { module, problems } = parseModule("a.infra", changed);
      const found = problems.map(({ span }) => span.start.line);
      if (found.length !== 1 || found[0] !== from.line)
        throw new Error(`${problems.map(({ span, text: why }) => `${span.start.line} ${why}`)}\n${changed}`);
      const others = whole.filter((one) => one !== of).map(meaningOf);
      const read = module.definitions.map(meaningOf);
      if (!others.every((one) => read.includes(one))) throw new Error(`lost\n${changed}`);
      checked += 1;
    }),
    { numRuns: 400 },
  );
  t.true(checked > 100);
});

/** Whether no parenthesis stands around its right side. */
function isBare(text: string, { right, span }: Extract<Expression, { node: "binary" }>): boolean {
  return text[offsetOf(text, right.span.start) - 1] === " " && right.span.end.column === span.end.column;
}
