import { chmod, lstat, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import test from "ava";
import { runCli } from "../support/cli.js";
import { stackFolder } from "../support/stack-folder.js";

const loose = "let   a=1\n";
const laidOut = "let a = 1\n";

test("a folder: every .infra file below it, hidden folders, packages and bundles left alone", async (t) => {
  const work = await stackFolder(t, {
    "a.infra": loose,
    "b.infra": laidOut,
    "deep/er/c.infra": loose,
    "infra.ts": "export  const x=1",
    ".git/d.infra": loose,
    "node_modules/e/e.infra": loose,
    "infra.out/f.infra": loose,
  });
  const first = await runCli(work, ["fmt"]);
  t.deepEqual(first, { code: 0, out: "a.infra\ndeep/er/c.infra\n", error: "" });
  t.is(await readFile(join(work, "deep/er/c.infra"), "utf8"), laidOut);
  for (const left of [".git/d.infra", "node_modules/e/e.infra", "infra.out/f.infra"])
    t.is(await readFile(join(work, left), "utf8"), loose);
  t.deepEqual(await runCli(work, ["fmt", ".", "a.infra"]), { code: 0, out: "", error: "" });
});

test("--check writes nothing, names what would change and ends with 1", async (t) => {
  const work = await stackFolder(t, { "a.infra": loose, "b.infra": laidOut });
  t.deepEqual(await runCli(work, ["fmt", "--check"]), { code: 1, out: "a.infra\n", error: "" });
  t.is(await readFile(join(work, "a.infra"), "utf8"), loose);
  t.is((await runCli(work, ["fmt", "--check", "b.infra"])).code, 0);
});

test("- from standard input to standard output", async (t) => {
  const work = await stackFolder(t, {});
  const piped = async (text: string, ...more: string[]) => {
    const terminal = { stdin: Readable.from([Buffer.from(text)]) } as never;
    return runCli(work, ["fmt", "-", ...more], { terminal });
  };
  t.deepEqual(await piped(loose), { code: 0, out: laidOut, error: "" });
  t.deepEqual(await piped(loose, "--check"), { code: 1, out: "", error: "" });
  t.is((await piped(laidOut, "--check")).code, 0);
  const broken = await piped("let a =\n");
  t.is(broken.out, "");
  t.is(broken.code, 1);
  t.regex(broken.error, /standard input:1:8/);
  await t.throwsAsync(piped(loose, "a.infra"), { message: /stands alone/ });
});

test("a file that does not parse, or is no text, stays as it is and is reported; the others are laid out", async (t) => {
  const broken = "let   a = \nlet b = [1\n";
  const work = await stackFolder(t, { "a.infra": broken, "z.infra": loose });
  await writeFile(join(work, "bytes.infra"), Buffer.from([0xff, 0xfe, 0x00]));
  const { code, error, out } = await runCli(work, ["fmt"]);
  t.is(code, 1);
  t.is(out, "z.infra\n");
  t.regex(error, /a\.infra:1:10/);
  t.regex(error, /a\.infra:2:9/);
  t.regex(error, /bytes\.infra:1:1/);
  t.is(await readFile(join(work, "a.infra"), "utf8"), broken);
});

test("line ends become those of Unix, a byte order mark goes, text keeps its meaning", async (t) => {
  const work = await stackFolder(t, { "a.infra": '\uFEFF// note\r\nlet a = """\r\n  x\r\n  y\r\n  """\r\n' });
  t.is((await runCli(work, ["fmt"])).code, 0);
  t.is(await readFile(join(work, "a.infra"), "utf8"), '// note\nlet a = """\n  x\n  y\n  """\n');
});

test("a link stays a link, and a file keeps its mode", async (t) => {
  const work = await stackFolder(t, { "real/a.infra": loose });
  await chmod(join(work, "real/a.infra"), 0o600);
  await symlink("real/a.infra", join(work, "a.infra"));
  t.is((await runCli(work, ["fmt", "a.infra"])).code, 0);
  t.true((await lstat(join(work, "a.infra"))).isSymbolicLink());
  t.is(await readFile(join(work, "real/a.infra"), "utf8"), laidOut);
  t.is((await stat(join(work, "real/a.infra"))).mode & 0o777, 0o600);
});

test("what is no .infra file is refused with the way out", async (t) => {
  const work = await stackFolder(t, { "infra.ts": "" });
  await t.throwsAsync(runCli(work, ["fmt", "infra.ts"]), { message: /no \.infra file/ });
  await t.throwsAsync(runCli(work, ["fmt", "absent"]), { message: /no file or folder "absent"/ });
});
