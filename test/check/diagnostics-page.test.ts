import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import test from "ava";
import { diagnostics } from "../../compiler/diagnostics/table.js";

const page = fileURLToPath(new URL("../../docs/diagnostics.md", import.meta.url));

test("the page of diagnostics says what the table says", async (t) => {
  const rows = Object.entries(diagnostics)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { about, severity }]) => `| \`${code}\` | ${severity} | ${about.replaceAll("|", "\\|")} |`);
  const text = `# Diagnostics

What \`infra compile\` can say, and what \`infra explain CODE\` says about it. An error stops the compile; with \`--strict\` a
warning does too. Written from \`compiler/diagnostics/table.ts\` by its test (\`UPDATE_GOLDEN=1\`).

| code | level | what it means |
| --- | --- | --- |
${rows.join("\n")}
`;
  if (process.env["UPDATE_GOLDEN"] === "1") await writeFile(page, text);
  t.is(await readFile(page, "utf8"), text, "UPDATE_GOLDEN=1 rewrites; then read the diff");
});
