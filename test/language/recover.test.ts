import test from "ava";
import { Lexer } from "chevrotain";
import fc from "fast-check";
import { formatModule } from "../../compiler/language/format.js";
import { messages } from "../../compiler/language/messages.js";
import { parseModule } from "../../compiler/language/parse.js";
import { ModuleParser } from "../../compiler/language/parser.js";
import { lexer, vocabulary } from "../../compiler/language/tokens.js";
import { definition } from "../support/infra-programs.js";

test("the grammar is sound: no rule is ambiguous, left recursive or out of reach", (t) => {
  t.notThrows(() => new ModuleParser(messages, { recoveryEnabled: true, skipValidations: false }));
  t.deepEqual(new Lexer(vocabulary, { positionTracking: "full" }).lexerDefinitionErrors, []);
});

/** Definitions as the formatter has them; what is wrong in one is then at its own lines. */
const laidOut = fc
  .array(definition, { minLength: 3, maxLength: 6 })
  .map((all) => all.map((words) => formatModule("a.infra", words.join(" ")) ?? ""));

/** Words of a text; what opens or ends text, or a value in it, is left out: without it all that follows is read anew. */
function wordsOf(text: string): { readonly from: number; readonly to: number }[] {
  return lexer
    .tokenize(text)
    .tokens.filter(
      ({ image, tokenType }) => !/Text|Block|Interpolation/.test(tokenType.name) && image !== "}",
    )
    .map(({ endOffset, startOffset }) => ({ from: startOffset, to: (endOffset ?? startOffset) + 1 }));
}

test("an import without its first word breaks no function before it", (t) => {
  const text = `function f(a, z = 1) = { for k in [\n  a,\n]: k: z } + a\n{ a as b } from "./x.infra"\nlet y = 1\n`;
  const { problems } = parseModule("a.infra", text);
  t.deepEqual([...new Set(problems.map(({ span }) => span.start.line))], [4]);
});

test("a word too few in one definition is a mistake of that definition alone", (t) => {
  let broken = 0;
  fc.assert(
    fc.property(laidOut, fc.nat(), fc.nat(), (parts, which, at) => {
      const chosen = which % parts.length;
      const text = parts[chosen] ?? "";
      const words = wordsOf(text);
      const word = words[at % words.length] ?? { from: 0, to: 0 };
      const changed = parts.with(chosen, (text.slice(0, word.from) + text.slice(word.to)).trimStart());
      const before = changed.slice(0, chosen).join("").split("\n").length - 1;
      const lines = (changed[chosen] ?? "").split("\n").length - 1;
      const { problems } = parseModule("a.infra", changed.join(""));
      if (problems.length > 0) broken += 1;
      for (const { span, text: what } of problems)
        if (span.start.line <= before || span.start.line > before + lines)
          throw new Error(`${span.start.line}: ${what}\n${changed.join("")}`);
    }),
    { numRuns: 150 },
  );
  t.true(broken > 25, "most words are needed");
});

test("a closing quote too few at the end of a line is one mistake, of that line", (t) => {
  let broken = 0;
  fc.assert(
    fc.property(laidOut, fc.nat(), (parts, at) => {
      const text = parts.join("");
      fc.pre(!/^from /m.test(text)); // a broken block of that kind is an import as others write it
      const ends = lexer.tokenize(text).tokens.filter(({ startLine, tokenType }) => {
        const line = text.split("\n")[(startLine ?? 1) - 1] ?? "";
        // A brace that a line above opened may be a block's: what follows the quote says nothing of it.
        const isOwn = line.split("{").length >= line.split("}").length;
        return tokenType.name === "TextEnd" && isOwn && /^[^"]*"[^"$]*"[\s,)\]}]*$/.test(line);
      });
      const end = ends[at % ends.length];
      if (end === undefined) return;
      const changed = text.slice(0, end.startOffset) + text.slice(end.startOffset + 1);
      const { problems } = parseModule("a.infra", changed);
      broken += 1;
      for (const { span, text: what } of problems)
        if (span.start.line !== end.startLine || problems.length > 1)
          throw new Error(`${span.start.line}: ${what}\n${changed}`);
    }),
    { numRuns: 150 },
  );
  t.true(broken > 25, "many lines end with their one text");
});

test("a comma after the last name of an import is taken, and not kept on one line", (t) => {
  const text = 'import {\n  a as b,\n  service.c,\n} from "./x.infra"\n';
  t.deepEqual(parseModule("a.infra", text).problems, []);
  t.is(formatModule("a.infra", text), 'import { a as b, service.c } from "./x.infra"\n');
});
