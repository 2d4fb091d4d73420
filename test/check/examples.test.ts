import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { createHost } from "../../cli/host.js";
import { compile } from "../../compiler/compile.js";
import { examples } from "../../compiler/diagnostics/examples.js";
import { runCli } from "../support/cli.js";

const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
const stack = `import { claim, configMap, deployment, disruptionBudget, fromEnv, generated, input, node, pod, secret, service, serviceAccount, text } from "infra";
export const settings = configMap("stack-settings", { mode: "fast" });
export const password = secret("stack-login", { password: generated() });
export const api = deployment("stack-api", { containers: { a: { image: "shop:1", ports: { http: 80 } } } });
export const worker = node("worker", { labels: { disk: "ssd" } });
`;

for (const [code, { right, wrong }] of Object.entries(examples))
  for (const [line, isWrong] of [
    [wrong, true],
    [right, false],
  ] as const)
    test(`${code}: ${line}`, async (t) => {
      const folder = await mkdtemp(join(tmpdir(), "infra-example-"));
      t.teardown(() => rm(folder, { recursive: true }));
      const used = line.startsWith("const env")
        ? `${line};\nexport const m = pod("a", { containers: { a: { image: "shop:1", env } } });`
        : `export const m = ${line};`;
      await writeFile(join(folder, "infra.ts"), `${stack}${used}\n`);
      const { diagnostics } = await compile(createHost(packageRoot, join(folder, "cache")), {
        ...{ entry: join(folder, "infra.ts"), output: join(folder, "out"), stack: "m", namespace: "default" },
        ...{ set: {}, check: false, version: "0.0.0" },
      });
      t.deepEqual(
        diagnostics.map((one) => one.code),
        isWrong ? [code] : [],
        JSON.stringify(diagnostics),
      );
    });

test("infra explain shows them", async (t) => {
  const { out } = await runCli("/", ["explain", "field-missing"]);
  t.is(
    out,
    'error[field-missing]\n  A field that has no default is not given.\n\n  wrong  claim("disk", {})\n  right  claim("disk", { size: "1Gi" })\n',
  );
});
