import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { parse } from "yaml";
import { parseSet } from "../../cli/inputs.js";
import { runCli } from "../support/cli.js";
import { findings } from "../support/findings.js";

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

const declarations = [
  [
    'input.choice("a", { options: ["x"] } as any)',
    'its choices are a list of texts: input.choice("a", ["small", "large"])',
  ],
  ['input.choice("a", ["x", "x"])', "it has one choice twice"],
  ['input.choice("a", ["x"], { default: ⟦"y"⟧ as any })', 'its default, "y", is none of x'],
  ['input.number("a", { default: ⟦11⟧, max: 10 })', "its default, 11, is above 10"],
  ['input.number("a", { min: ⟦5⟧, max: 4 })', "no number is at least 5 and at most 4"],
  ['input.number("a", { min: ⟦"5"⟧ as any })', '"min" is a number'],
  ['input.boolean("a", { default: ⟦"true"⟧ as any })', 'its default, "true", is neither true nor false'],
  ['input.text("a", { default: ⟦1⟧ as any })', "its default, 1, is no text"],
  ['input.text("a", { defualt: ⟦"x"⟧ } as any)', 'it has no option "defualt", only default, help, env'],
  ['input.text("a", { default: "x", env: ⟦"A B"⟧ })', '"env" is the name of a variable, such as "REPLICAS"'],
  ['input.text("a", "x" as any)', 'its options are an object: input.text("a", { help: "…" })'],
  ['input.text("a b")', "its name is a text without spaces or =, as in --set replicas=3"],
  [
    '[input.text("a", { default: "x" }),\ninput.⟦text⟧("a", { default: "y" })]',
    "it is declared before, and otherwise",
  ],
] as const;

for (const [declaration, why] of declarations)
  test(`no value fits ${declaration}`, async (t) => {
    const given = `import { configMap, input } from "infra";
export const a = configMap("a", { a: String(${declaration.replace(/[⟦⟧]/g, "")}) });\n`;
    const { lines } = await findings(t, given, ...(declaration.includes('"a b"') ? [] : ["--set", "a=1"]));
    const [found = "", ...more] = lines;
    t.deepEqual(more, []);
    const [place, text] = [found.split(" ", 1)[0], found.replace(/^\S+ /, "")];
    t.regex(text, /^input-declaration: input "a(?: b)?": /);
    t.is(text.replace(/^input-declaration: input "a(?: b)?": /, ""), why);
    const [, before] = /^([^⟦]*)⟦/.exec(given.replace(declaration.replace(/[⟦⟧]/g, ""), declaration)) ?? [];
    if (before === undefined) return;
    const rows = before.split("\n");
    t.is(place, `${rows.length}:${(rows.at(-1)?.length ?? 0) + 1}`);
  });

test("what two modules declare alike is one input", async (t) => {
  const { lines } = await findings(
    t,
    `import { configMap, input } from "infra";
const size = () => input.number("size", { default: 1, help: "How large" });
export const a = configMap("a", { a: size() + size() });\n`,
  );
  t.deepEqual(lines, []);
});

test("a value out of bounds is one mistake: the program goes on with the default", async (t) => {
  const { diagnostics, lines } = await findings(
    t,
    `import { autoscaler, deployment, input } from "infra";
const of = deployment("a", { containers: { a: { image: "a:1" } } });
export const b = autoscaler("b", { of, min: input.number("min", { min: 1, max: 10 }), max: 10 });\n`,
    "--set",
    "min=11",
  );
  t.is(lines.length, 1, lines.join("\n"));
  t.is(diagnostics[0]?.hint, "It takes a number from 1 to 10");
});
