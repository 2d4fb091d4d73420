import { join } from "node:path";
import test from "ava";
import { compileStack } from "../../cli/testing.js";
import { stackFolder } from "../support/stack-folder.js";

test("what a text is made of gets names that are free", async (t) => {
  const source = `import { deployment, downward, generated, secret, text } from "infra";
const password = secret("s", { p: generated() });
const url = text\`a://\${password.key("p")}@\${downward("status.podIP")}/\`;
export const a = deployment("a", { containers: { c: {
  image: "w:1",
  env: { URL_PART_1: "mine", URL: url, URL_PART: url, URL_PART_3: "mine too" },
} } });
`;
  const work = await stackFolder(t, { "infra.ts": source });
  const stack = await compileStack(join(work, "infra.ts"));
  const [container] = stack.get("Deployment", "a").spec?.template.spec?.containers ?? [];
  const env = container?.env ?? [];
  t.deepEqual(
    env.map(({ name, value }) => `${name}${value === undefined ? "" : `=${value}`}`),
    [
      ...["URL_PART_1=mine", "URL_PART_2", "URL_PART_4", "URL=a://$(URL_PART_2)@$(URL_PART_4)/"],
      ...["URL_PART_PART_1", "URL_PART_PART_2", "URL_PART=a://$(URL_PART_PART_1)@$(URL_PART_PART_2)/"],
      "URL_PART_3=mine too",
    ],
  );
});
