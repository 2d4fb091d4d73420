import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import test from "ava";
import fc from "fast-check";
import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { loadModule } from "../../compiler/language/load.js";
import { hostile, languageWords, mutated } from "../support/hostile-text.js";

const corpus = fileURLToPath(new URL("../corpus/language/", import.meta.url));

/** Reading takes milliseconds; this is a hang. */
const longest = 5_000;

function load(bytes: Uint8Array): Reporter {
  const reporter = new Reporter();
  loadModule("/stack", "/stack/main.infra", bytes, reporter);
  return reporter;
}

for (const [index, bytes] of hostile.entries())
  test(`hostile text ${index} is answered`, (t) => {
    const started = performance.now();
    t.notThrows(() => load(bytes));
    t.true(performance.now() - started < longest);
  });

test("bytes that once did harm, and seeds, are answered", async (t) => {
  for (const name of await readdir(corpus)) {
    const bytes = await readFile(`${corpus}${name}`);
    t.notThrows(() => load(bytes), name);
  }
});

test("whatever becomes of a program, it is read or refused with a place", async (t) => {
  const seeds = await Promise.all((await readdir(corpus)).map((name) => readFile(`${corpus}${name}`)));
  t.notThrows(() =>
    fc.assert(
      fc.property(mutated(seeds, languageWords), (bytes) => {
        for (const { span } of load(bytes).sorted())
          if (span === undefined || span.start.line < 1) return false;
        return true;
      }),
      { numRuns: 300 },
    ),
  );
});
