import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { parse } from "yaml";
import { parseSet } from "../../cli/inputs.js";
import { runCli } from "../support/cli.js";

const stack = `
import { configMap, input } from "infra";

const size = input.number("size", { default: 1, min: 1, max: 9, help: "How large" });
const region = input.text("region", { env: "SHOP_REGION", default: "eu" });
const mode = input.choice("mode", ["fast", "safe"], { default: "fast" });
export const settings = configMap("settings", { size, region, mode });
`;

async function folder(t: ExecutionContext, files: { readonly [name: string]: string }) {
  const work = await mkdtemp(join(tmpdir(), "infra-inputs-"));
  t.teardown(() => rm(work, { recursive: true }));
  for (const [name, text] of Object.entries({ "infra.ts": stack, ...files })) {
    await mkdir(dirname(join(work, name)), { recursive: true });
    await writeFile(join(work, name), text);
  }
  const compile = async (args: readonly string[], environment = {}) => {
    const result = await runCli(work, ["compile", "--no-check", "--stack", "inputs", ...args], {
      environment,
    });
    const path = join(work, "infra.out/manifests/01-configmap-settings.yaml");
    const data = result.code === 0 ? parse(await readFile(path, "utf8")).data : undefined;
    return { ...result, data };
  };
  return { compile, work };
}

test("nearer to the command wins: --set, values files, environment file, variable, default", async (t) => {
  const { compile } = await folder(t, {
    "env/prod.yaml": "size: 5\nregion: us\n",
    "a.yaml": "size: 6\nmode: safe\n",
    "b.json": '{ "size": 7 }',
  });
  const shop = { SHOP_REGION: "asia" };
  t.deepEqual((await compile([])).data, { size: "1", region: "eu", mode: "fast" });
  t.deepEqual((await compile([], shop)).data, { size: "1", region: "asia", mode: "fast" });
  t.deepEqual(
    (await compile([])).data,
    { size: "1", region: "eu", mode: "fast" },
    "an unset variable is noticed",
  );
  t.deepEqual((await compile(["--env", "prod"], shop)).data, { size: "5", region: "us", mode: "fast" });
  const files = ["--env", "prod", "--values", "a.yaml", "--values", "b.json"];
  t.deepEqual((await compile(files)).data, { size: "7", region: "us", mode: "safe" });
  t.deepEqual((await compile([...files, "--set", "size=8"])).data, { size: "8", region: "us", mode: "safe" });
});

test("a bad value is shown where it is declared and where it is given", async (t) => {
  const { compile } = await folder(t, {
    "env/prod.yaml": "size: 5\n",
    "bad.yaml": "mode: fast\nsize: 12\nsiez: 1\n",
  });
  const { code, error } = await compile(["--values", "bad.yaml"]);
  t.is(code, 1);
  t.regex(error, /input-invalid.*input "size": "12" is above 9/);
  t.regex(error, /infra\.ts:4:/);
  t.regex(error, /2 │ size: 12\n +│ -+ given here/);
  t.regex(error, /input-unknown.*"siez"\n {2}bad\.yaml:3:1/);
});

const refused: readonly (readonly [string, RegExp])[] = [
  ["size: [1]", /^bad\.yaml:1:7: "size" is neither text, number nor boolean/],
  [
    "size: [1]\n3: a\nmode: {}",
    /^bad\.yaml:1:7: "size" [^\n]*\nbad\.yaml:2:1: a name is text\nbad\.yaml:3:7: "mode" /,
  ],
  ["- size", /^bad\.yaml:1:1: a values file is a map/],
  ["size: 1\nsize: 2", /^bad\.yaml:2:1: Map keys must be unique$/],
  ["a: &a 1\nb: *a", /^bad\.yaml:2:4: "b" is neither/],
  ['"', /^bad\.yaml:1:\d+: Missing closing/],
];
for (const [text, message] of refused)
  test(`a values file with ${JSON.stringify(text)} is refused`, async (t) => {
    const { compile } = await folder(t, { "bad.yaml": text });
    await t.throwsAsync(() => compile(["--values", "bad.yaml"]), { message });
  });

test("an unknown environment names those that there are", async (t) => {
  const { compile } = await folder(t, { "env/prod.yaml": "", "env/dev.json": "{}" });
  const error = await t.throwsAsync(() => compile(["--env", "../prod"]));
  t.is(error?.message, 'The stack has no environment "../prod"');
  t.is((error as { hint?: string }).hint, "It has dev, prod");
});

test("--against shows how two environments differ", async (t) => {
  const { work } = await folder(t, { "env/prod.yaml": "size: 5\n", "env/dev.yaml": "size: 2\n" });
  const compare = ["compile", "--no-check", "--env", "prod", "--against", "dev"];
  const { code, out } = await runCli(work, [...compare, "--detailed-exitcode"]);
  t.is(code, 2);
  t.regex(out, /configmap\/settings/);
  t.regex(out, /2[\s\S]*5/);
  const same = await runCli(work, [
    "compile",
    "--no-check",
    "--env",
    "prod",
    "--against",
    "prod",
    "--detailed-exitcode",
  ]);
  t.is(same.code, 0);
});

test("help in a stack's folder lists its inputs and environments", async (t) => {
  const { work } = await folder(t, { "env/prod.yaml": "" });
  const { out } = await runCli(work, ["compile", "--help"]);
  t.regex(out, /Inputs of this stack:\n {2}size +number 1–9, default 1 +How large\n/);
  t.regex(out, / {2}region +text, default "eu", or \$SHOP_REGION\n/);
  t.regex(out, / {2}mode +fast \| safe, default "fast"\n/);
  t.regex(out, /Environments \(--env\): prod\n/);
});

test("--set says whether the name or the value lacks", (t) => {
  t.throws(() => parseSet(["=x"]), { message: '"--set =x" has no name' });
  t.throws(() => parseSet(["x"]), { message: '"--set x" has no value' });
  t.is(parseSet(["x="])["x"], "");
});
