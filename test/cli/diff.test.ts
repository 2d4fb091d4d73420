import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";

const packageRoot = fileURLToPath(new URL("../../", import.meta.url));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function infra(folder: string, ...args: readonly string[]): Promise<Outcome> {
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, "cache") };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(packageRoot, "dist/cli.js"), ...args],
      { env, cwd: folder },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

async function twoStacks(t: ExecutionContext, change: (text: string) => string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "infra-diff-"));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const side of ["base", "head"]) {
    await mkdir(join(folder, side));
    await cp(join(packageRoot, "examples/settings"), join(folder, side, "app"), { recursive: true });
  }
  const path = join(folder, "head/app/infra.ts");
  await writeFile(path, change(await readFile(path, "utf8")));
  return folder;
}

test("shows fields, images and objects that differ, and exits with 2 when asked", async (t) => {
  const folder = await twoStacks(t, (text) =>
    text
      .replace('cmd: ["/app"]', 'cmd: ["/app", "-v"]')
      .replace('memory: "32Mi"', 'memory: "64Mi"')
      .replace("80:", "8080:"),
  );
  const { code, stdout, stderr } = await infra(folder, "diff", "base/app", "head/app", "--detailed-exitcode");
  t.is(stderr, "");
  t.is(code, 2);
  t.regex(stdout, /^~ deployment\/web$/m);
  t.regex(
    stdout,
    /^ {4}spec\.template\.spec\.containers\[app\]\.resources\.limits\.memory\n {6}32Mi {2}→ {2}64Mi$/m,
  );
  t.regex(stdout, /^~ service\/web$/m);
  t.regex(stdout, /^~ image\/app/m);
  t.regex(stdout, /2 objects, 1 image differ\n$/);
});

test("a bundle equals the stack it came from, and moving lines is no difference", async (t) => {
  const folder = await twoStacks(t, (text) => `\n\n${text}`);
  t.is((await infra(folder, "compile", "base/app")).code, 0);
  t.deepEqual(await infra(folder, "diff", "base/app/infra.out", "head/app", "--detailed-exitcode"), {
    code: 0,
    stdout: "No differences.\n",
    stderr: "",
  });
});

test("JSON names what differs", async (t) => {
  const folder = await twoStacks(t, (text) => text.replace('default: "fast"', 'default: "careful"'));
  const { stdout } = await infra(folder, "diff", "base/app", "head/app", "--format", "json");
  t.like(JSON.parse(stdout), {
    formatVersion: 1,
    objects: [
      { action: "changed" },
      {
        object: "v1/ConfigMap/default/settings",
        changes: [{ path: "data.mode", before: "fast", after: "careful" }],
      },
    ],
    images: [],
  });
});

test("a broken bundle is named", async (t) => {
  const folder = await twoStacks(t, (text) => text);
  await infra(folder, "compile", "base/app");
  await rm(join(folder, "base/app/infra.out/secrets.json"));
  const { code, stderr } = await infra(folder, "diff", "base/app/infra.out", "head/app");
  t.is(code, 1);
  t.regex(stderr, /"base\/app\/infra\.out" is no whole bundle: secrets\.json cannot be read/);
});
