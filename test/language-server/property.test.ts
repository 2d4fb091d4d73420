import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import test from "ava";
import fc from "fast-check";
import type { Position } from "../../compiler/diagnostics/span.js";
import { parseModule } from "../../compiler/language/parse.js";
import { codeActions } from "../../compiler/language/server/code-actions.js";
import { completions } from "../../compiler/language/server/completion.js";
import { definition } from "../../compiler/language/server/definition.js";
import { Documents } from "../../compiler/language/server/documents.js";
import { applyEdits } from "../../compiler/language/server/edits.js";
import { hover } from "../../compiler/language/server/hover.js";
import { occurrenceAt, originOf } from "../../compiler/language/server/occurrences.js";
import { positionAt } from "../../compiler/language/server/places.js";
import { referencesTo } from "../../compiler/language/server/references.js";
import { RenameRefused, rename } from "../../compiler/language/server/rename.js";
import { semanticTokens } from "../../compiler/language/server/semantic-tokens.js";
import { symbols } from "../../compiler/language/server/symbols.js";
import { inspect } from "../../compiler/language/server/workspace.js";
import { languageWords } from "../support/hostile-text.js";
import { analysisOf, workspaceOf } from "./support.js";

const corpus = fileURLToPath(new URL("../corpus/language/", import.meta.url));

/** What people and their editors do to a text; `undo` takes the last change back. */
const typing = fc.oneof(
  fc.record({
    at: fc.nat(),
    gone: fc.oneof(fc.constant(0), fc.nat({ max: 3 }), fc.nat({ max: 200 })),
    text: fc.oneof(
      fc.constantFrom(...languageWords, "\n", "\n\n", "x", "3", "-", "+ 1", " \n}\n", "web", "param a { }\n"),
      fc.string({ maxLength: 3 }),
    ),
  }),
  fc.constant("undo" as const),
);

test("after any edits a file is what it would be, opened as it is then", async (t) => {
  const seeds = await Promise.all(
    ["guestbook.infra", "sample.infra", "mistakes.infra"].map((name) => readFile(corpus + name, "utf8")),
  );
  const uri = "file:///stack/main.infra";
  const importer = {
    uri: "file:///stack/other.infra",
    languageId: "infra",
    version: 0,
    text: 'import { settings, web, replicas } from "./main.infra"\nlet a = settings.key("mode")\nlet b = web.port("http")\n',
  };
  t.notThrows(() =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...seeds, "let last = 1"), { minLength: 1, maxLength: 3 }),
        fc.array(typing, { minLength: 1, maxLength: 12 }),
        (parts, edits) => {
          const workspace = workspaceOf({});
          const documents = new Documents(workspace);
          const texts = [parts.join("\n")];
          documents.open({ uri, languageId: "infra", version: 0, text: parts.join("\n") });
          documents.open(importer);
          let before = parseModule("/stack/main.infra", parts.join("\n"));
          for (const edit of edits) {
            const text = texts.at(-1) ?? "";
            if (edit === "undo") {
              if (texts.length > 1) texts.pop();
              documents.change({
                textDocument: { uri, version: 1 },
                contentChanges: [{ text: texts.at(-1) ?? "" }],
              });
            } else {
              const [from, to] = [edit.at % (text.length + 1), (edit.at % (text.length + 1)) + edit.gone];
              const [start, end] = [from, to].map((offset) => positionAt(text, offset)).map(placeOf);
              if (start === undefined || end === undefined) throw new Error("an edit has two ends");
              const change = { range: { start, end }, text: edit.text };
              documents.change({ textDocument: { uri, version: 1 }, contentChanges: [change] });
              texts.push(workspace.text("/stack/main.infra") ?? ""); // no place lies within a line's end
            }
            const now = texts.at(-1) ?? "";
            const fresh = new Documents(workspaceOf({}));
            fresh.open({ uri, languageId: "infra", version: 0, text: now });
            fresh.open(importer);
            for (const path of ["/stack/main.infra", "/stack/other.infra"])
              assert.deepEqual(documents.diagnostics(path), fresh.diagnostics(path), now);
            const after = parseModule("/stack/main.infra", now, before.reading);
            const alone = parseModule("/stack/main.infra", now);
            assert.deepEqual({ ...after, reading: undefined }, { ...alone, reading: undefined }, now);
            before = after;
          }
        },
      ),
      { numRuns: 60 },
    ),
  );
});

function placeOf({ column, line }: Position) {
  return { line: line - 1, character: column - 1 };
}

test("whatever is typed, every feature answers at every place", async (t) => {
  const seeds = await Promise.all(
    ["guestbook.infra", "sample.infra"].map((name) => readFile(corpus + name, "utf8")),
  );
  const edit = fc.record({
    at: fc.nat(),
    gone: fc.nat({ max: 12 }),
    text: fc.oneof(fc.constantFrom(...languageWords), fc.string({ unit: "binary", maxLength: 4 })),
  });
  t.notThrows(() =>
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.array(edit, { minLength: 1, maxLength: 6 }),
        fc.nat(),
        (seed, edits, place) => {
          let text = seed;
          for (const { at, gone, text: typed } of edits) {
            const offset = at % (text.length + 1);
            text = text.slice(0, offset) + typed + text.slice(offset + gone);
          }
          const workspace = workspaceOf({ "main.infra": text });
          const analysis = analysisOf(workspace);
          const position = positionAt(text, place % (text.length + 1));
          const { diagnostics } = inspect(workspace, analysis);
          for (const { edits: changes } of codeActions(workspace, analysis, diagnostics))
            applyEdits(text, changes);
          hover(workspace, analysis, position);
          definition(workspace, analysis, position);
          completions(workspace, analysis, position);
          symbols(analysis);
          const occurrence = occurrenceAt(analysis, position);
          const origin = occurrence && originOf(workspace, analysis, occurrence.target);
          if (origin !== undefined) {
            referencesTo(workspace, origin);
            try {
              rename(workspace, analysis, position, "renamed-name");
            } catch (error) {
              if (!(error instanceof RenameRefused)) throw error;
            }
          }
          const tokens = semanticTokens(workspace, analysis);
          return tokens.every((number) => number >= 0) && tokens.length % 5 === 0;
        },
      ),
      { numRuns: 50 },
    ),
  );
});
