import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import test from "ava";
import { enforcedFields } from "../../stdlib/schema/unenforced.js";

const page = fileURLToPath(new URL("../../docs/enforced-fields.md", import.meta.url));

test("the page of enforced fields says what the table says", async (t) => {
  const { pod, refused, service } = enforcedFields();
  const list = (items: readonly string[]) => items.map((item) => `- \`${item}\``).join("\n");
  const text = `# Enforced fields

A pod or a Service that sets any other field of its spec is refused with the field's path when it, or the template it
comes from, is created or changed: nothing is silently ignored. Written from \`stdlib/schema/unenforced.ts\` by its test
(\`UPDATE_GOLDEN=1\`).

## Pod

${list(pod)}

## Service

${list(service)}

## Values that are refused

${list(refused.map(({ field, value }) => `${field}: ${value}`))}
`;
  if (process.env["UPDATE_GOLDEN"] === "1") await writeFile(page, text);
  t.is(await readFile(page, "utf8"), text);
});
