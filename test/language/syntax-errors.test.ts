import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import test from "ava";
import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { loadModule } from "../../compiler/language/load.js";

const cases = fileURLToPath(new URL("../golden/language/mistakes.txt", import.meta.url));

/** `=== title`, the source, then `---` and what is said of it. */
test("each mistake is named at its place, in a person's words", async (t) => {
  const text = await readFile(cases, "utf8");
  const written = text.split(/^=== /m).filter((part) => part !== "");
  t.true(written.length >= 30);
  const actual = written.map((part) => {
    const [title = "", ...rest] = part.split("\n");
    const source = rest.join("\n").split("\n---\n")[0] ?? "";
    const said = mistakesOf(`${source}\n`);
    t.not(said, "", title);
    // Where lines are marked, each of them has one mistake, and no other has any.
    const marked = source.split("\n").flatMap((line, index) => (line.includes("//!") ? [index + 1] : []));
    const places = said.split("\n").map((line) => Number.parseInt(line, 10));
    if (marked.length > 0) t.deepEqual(places, marked, title);
    return `=== ${title}\n${source}\n---\n${said}\n`;
  });
  if (process.env["UPDATE_GOLDEN"] === "1") await writeFile(cases, actual.join("\n"));
  t.is(text, actual.join("\n"), "UPDATE_GOLDEN=1 rewrites; then read the diff");
});

function mistakesOf(source: string): string {
  const reporter = new Reporter();
  loadModule("/stack", "/stack/main.infra", Buffer.from(source), reporter);
  return reporter
    .sorted()
    .map(({ code, hint, message, span }) => {
      const place = `${span?.start.line}:${span?.start.column}`;
      return `${place} ${code}: ${message}${hint === undefined ? "" : ` (${hint})`}`;
    })
    .join("\n");
}
