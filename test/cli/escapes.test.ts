import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { jsonText } from "../../cli/render/escape.js";
import { unprintable } from "../support/bundle-text.js";

/** What a stack, its files or an argument says never acts on the terminal, whichever way it is shown. */
const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const evil = "\u001b[31m\u0007\u009b2J\u202e\u2066";
const written = evil.replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);

const stacks: { readonly [name: string]: string } = {
  names: `import { configMap } from "infra";
export const map = configMap("map${written}", { ["k${written}"]: "v${written}" });
`,
  values: `import { configMap, input } from "infra";
export const i = input.text("a", { default: "${written}", help: "${written}" });
export const map = configMap("map", { k: "v${written}" });
`,
  thrown: `throw new Error("${written}");\n`,
  raw: `const a: number = "${evil}"; b${evil} = ;\n`,
};
const manifest = `apiVersion: v1\nkind: "ConfigMap"\nmetadata: { name: "${written}" }\ndata: { "${written}": "" }\n`;

test("nothing that a stack says acts on the terminal", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "infra-escapes-"));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(stacks)) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "infra.ts"), text);
  }
  await writeFile(join(folder, "m.yaml"), manifest);
  await writeFile(join(folder, "Dockerfile"), `FROM ${evil}\nRUN ${evil}\n`);
  let shown = 0;
  const formats = ["text", "json", "sarif", "github"];
  const commands = [
    ...Object.keys(stacks).flatMap((name) =>
      formats.map((format) => ["compile", name, "--no-check", "--format", format]),
    ),
    ["compile", "values", "--help"],
    ["diff", "values", "values"],
    ["export", "values"],
    ["export", "values", "--format", "json"],
    ["import", "m.yaml"],
    ["import", "Dockerfile"],
    ["compile", evil],
    ["explain", evil],
    ["compile", "values", "--format", evil],
    [evil],
    ["compile", `--${evil}`],
  ];
  for (const args of commands) {
    const { stderr, stdout } = spawnSync(process.execPath, [cli, ...args], {
      cwd: folder,
      env: { XDG_CACHE_HOME: join(folder, "cache"), HOME: folder },
      encoding: "utf8",
    });
    shown += stdout.length + stderr.length;
    t.is(unprintable.exec(stdout + stderr)?.[0], undefined, JSON.stringify([args, stdout + stderr]));
    t.notRegex(stderr, /A bug in infra/, JSON.stringify(args));
  }
  t.true(shown > 5_000);
});

test("JSON reads back as what it was", (t) =>
  t.deepEqual(JSON.parse(jsonText({ [evil]: evil })), { [evil]: evil }));
