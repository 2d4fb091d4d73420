import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import test from "ava";
import fc from "fast-check";
import { codeActions } from "../../compiler/language/server/code-actions.js";
import { completions } from "../../compiler/language/server/completion.js";
import { definition } from "../../compiler/language/server/definition.js";
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
