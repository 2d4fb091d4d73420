import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import test from "ava";
import { enforcedFields } from "../../stdlib/schema/unenforced.js";

const page = fileURLToPath(new URL("../../docs/enforced-fields.md", import.meta.url));

test("the page of enforced fields says what the table says", async (t) => {
  const { fields, refused } = enforcedFields();
  const text = `# Enforced fields of a pod

A pod that sets any other field is refused with its path when it, or the template it comes from, is created or changed:
nothing is silently ignored. Written from \`stdlib/schema/unenforced.ts\` by its test (\`UPDATE_GOLDEN=1\`).

${fields.map((field) => `- \`${field}\``).join("\n")}

Of these, some values are refused:

${refused.map(({ field, value }) => `- \`${field}: ${value}\``).join("\n")}
`;
  if (process.env["UPDATE_GOLDEN"] === "1") await writeFile(page, text);
  t.is(await readFile(page, "utf8"), text);
});
