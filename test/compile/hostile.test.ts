import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { runCli } from "../support/cli.js";

/** Stacks from elsewhere: nothing of the host gets into a bundle or a message, and every compile ends. */
async function compile(t: ExecutionContext, text: string, prepare = async (_stack: string) => {}) {
  const folder = await mkdtemp(join(tmpdir(), "infra-hostile-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const stack = join(folder, "stack");
  await mkdir(stack);
  await writeFile(join(folder, "secret.txt"), "the host's own: 42\n");
  await writeFile(join(stack, "infra.ts"), text);
  await prepare(stack);
  const result = await runCli(folder, ["compile", stack, "--no-check"]);
  t.notRegex(result.out + result.error, /the host's own|A bug in infra/);
  return result;
}

const mapOf = (path: string) => `import { configMap, file } from "infra";
export const map = configMap("map", { text: file("${path}") });
`;

test("a link that leads out of the stack's folder is not read", async (t) => {
  const link = (stack: string) => symlink("../secret.txt", join(stack, "link"));
  const { code, error } = await compile(t, mapOf("./link"), link);
  t.is(code, 1);
  t.regex(error, /error\[file-missing\]: .*a link leads out of the stack's folder\n {2}stack\/infra\.ts:2:/);
  const folder = (stack: string) => symlink("..", join(stack, "folder"));
  t.regex((await compile(t, mapOf("./folder/secret.txt"), folder)).error, /a link leads out/);
  const copy = `import { image, scratch } from "infra";
export const one = image("one", { from: scratch(), copy: { "/a": "./folder" }, cmd: ["/a"] });
`;
  t.regex((await compile(t, copy, folder)).error, /a link leads out/);
});

test("a link within the folder is followed", async (t) => {
  const prepare = async (stack: string) => {
    await writeFile(join(stack, "real.txt"), "ours");
    await symlink("real.txt", join(stack, "link"));
  };
  t.is((await compile(t, mapOf("./link"), prepare)).code, 0);
});

test("what is no regular file is not read, so that the compile ends", async (t) => {
  const pipe = async (stack: string) => void execFileSync("mkfifo", [join(stack, "pipe")]);
  t.regex((await compile(t, mapOf("./pipe"), pipe)).error, /error\[file-missing\]/);
});

test("a source map that a stack names is not shown", async (t) => {
  const text = `import { configMap } from "infra";
export const map = configMap("map", { a: "b" });
//# sourceMappingURL=../secret.txt
`;
  const { code, error } = await compile(t, text);
  t.is(code, 1);
  t.regex(error, /^error\[syntax\]: this is no source map\n {2}stack\/infra\.ts:3:/);
});

test("a program that changes what JSON is of everything is stopped at its line", async (t) => {
  const text = `import { configMap } from "infra";
Object.prototype.toJSON = () => ({ kind: "Evil" });
export const map = configMap("map", { a: "b" });
`;
  const { code, error } = await compile(t, text);
  t.is(code, 1);
  t.regex(
    error,
    /^error\[exception\]: .*Cannot add property toJSON, object is not extensible\n {2}stack\/infra\.ts:2:/,
  );
});

test("imports of which only types are used, or nothing, are no mistakes", async (t) => {
  const text = `import { configMap, image } from "infra";
import { Settings } from "./types";
const settings: Settings = { a: "b" };
export const map = configMap("map", { ...settings });
`;
  const types = (stack: string) =>
    writeFile(join(stack, "types.ts"), "export interface Settings { readonly a: string }\n");
  t.is((await compile(t, text, types)).code, 0);
  const thrown = await compile(t, 'import { configMap } from "infra";\nthrow new Error("no such day");\n');
  t.regex(thrown.error, /^error\[exception\]: .*no such day\n {2}stack\/infra\.ts:2:/);
});
