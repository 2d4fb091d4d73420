import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { runCli } from "../support/cli.js";
import { startFakeInstance } from "../support/fake-instance.js";
import { planMistakes } from "./plan-rows.js";

for (const { before, says, source, what } of planMistakes)
  test(`at plan, at its line: ${what}`, async (t) => {
    const instance = await startFakeInstance(t, {});
    const stack = join(instance.folder, "shop");
    await mkdir(stack);
    const write = (text: string) =>
      writeFile(
        join(stack, "infra.ts"),
        `import { configMap, deployment, generated, job, secret } from "infra";\n\nexport const it = ${text};\n`,
      );
    const infra = (...args: readonly string[]) => runCli(stack, args, instance.context);
    if (before !== undefined) {
      await write(before);
      const { code, error } = await infra("up", "--yes", "--no-check");
      t.is(code, 0, error);
    }
    await write(source);
    const { code, error, out } = await infra("plan", "--no-check");
    t.is(code, before === undefined ? 1 : 0, error);
    const line = (out + error).split("\n").find((one) => one.includes(says));
    t.regex(line ?? `${out}${error}`, /infra\.ts:3$/);
  });
