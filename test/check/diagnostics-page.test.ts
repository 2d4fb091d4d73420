import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import test from "ava";
import { explanation } from "../../cli/render/explanation.js";
import { type DiagnosticCode, diagnostics } from "../../compiler/diagnostics/table.js";

const page = fileURLToPath(new URL("../../docs/diagnostics.md", import.meta.url));

test("the page of diagnostics says what the table says", async (t) => {
  const all = Object.entries(diagnostics).sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = all.map(
    ([code, { about, severity }]) => `| \`${code}\` | ${severity} | ${about.replaceAll("|", "\\|")} |`,
  );
  const examples = all.map(
    ([code]) => `### \`${code}\`\n\n\`\`\`text\n${explanation(code as DiagnosticCode)}\n\`\`\`\n`,
  );
  const text = `# Diagnostics

What \`infra compile\` can say, and what \`infra explain CODE\` says about it. An error stops the compile; with \`--strict\` a
warning does too. Written from \`compiler/diagnostics/table.ts\` by its test (\`UPDATE_GOLDEN=1\`).

| code | level | what it means |
| --- | --- | --- |
${rows.join("\n")}

## Examples

A small program that has the mistake, and the same as it is meant, in a stack with a deployment \`api\` and what it uses.
Written from \`compiler/diagnostics/examples\`; \`test/check/examples.test.ts\` compiles each of them.

${examples.join("\n")}`;
  if (process.env["UPDATE_GOLDEN"] === "1") await writeFile(page, text);
  t.is(await readFile(page, "utf8"), text, "UPDATE_GOLDEN=1 rewrites; then read the diff");
});
