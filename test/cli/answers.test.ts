import { execFile } from "node:child_process";
import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";
import { type Asked, moment, recallAnswer, rememberAnswer } from "../../cli/answers.js";

const run = promisify(execFile);
const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
/** Longer than what a file's times are trusted after. */
const restMs = 100;
const answer = { error: "", summary: "infra.ts → infra.out/" };

async function folderOf(t: ExecutionContext): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "infra-answers-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A file and a folder that an answer hangs on, long enough there. */
async function watched(t: ExecutionContext) {
  const folder = await folderOf(t);
  const file = join(folder, "watched", "file");
  mkdirSync(join(folder, "watched"));
  writeFileSync(file, "one");
  await setTimeout(restMs);
  const asked = (more: Partial<Asked> = {}): Asked => ({
    cache: join(folder, "cache"),
    packageRoot,
    cwd: folder,
    args: ["compile"],
    coloured: false,
    environment: {},
    at: moment(),
    ...more,
  });
  return { asked, file, folder };
}

const changes: { readonly [what: string]: (file: string) => void } = {
  "other content": (file) => writeFileSync(file, "other"),
  "other content of one size at the same time": (file) => {
    const { atime, mtime } = lstatSync(file);
    writeFileSync(file, "two");
    utimesSync(file, atime, mtime);
  },
  "another file at its place": (file) => {
    writeFileSync(`${file}.new`, "one");
    renameSync(`${file}.new`, file);
  },
  "its end": (file) => rmSync(file),
  "a folder at its place": (file) => {
    rmSync(file);
    mkdirSync(file);
  },
  "a new neighbour in a watched folder": (file) => writeFileSync(`${file}.ts`, ""),
};

for (const [what, change] of Object.entries(changes)) {
  test(`an answer ends with ${what}`, async (t) => {
    const { asked, file } = await watched(t);
    rememberAnswer(asked(), answer, [file, join(file, "..")], []);
    t.like(recallAnswer(asked()), answer);
    change(file);
    t.is(recallAnswer(asked()), undefined);
  });
}

test("an answer ends when what was missed appears, and when a link leads elsewhere", async (t) => {
  const { asked, file, folder } = await watched(t);
  const [missed, link] = [join(folder, "missed"), join(folder, "link")];
  symlinkSync("watched", link);
  symlinkSync("link/file", `${link}-2`);
  await setTimeout(restMs);
  for (const change of [
    () => writeFileSync(file, "through the link"),
    () => {
      writeFileSync(missed, "");
    },
    () => {
      symlinkSync(missed, `${link}-3`);
      renameSync(`${link}-3`, `${link}-2`);
    },
  ]) {
    rememberAnswer(asked(), answer, [missed, `${link}-2`], []);
    t.like(recallAnswer(asked()), answer);
    change();
    t.is(recallAnswer(asked()), undefined);
    await setTimeout(restMs);
  }
});

test("files as young as the process are no ground for an answer", async (t) => {
  const { asked, file } = await watched(t);
  const before = asked();
  writeFileSync(file, "two"); // while the process runs
  rememberAnswer(before, answer, [file], []);
  t.is(recallAnswer(asked()), undefined);
});

test("files that changed after the clock was set back are no ground for an answer", async (t) => {
  const { asked, file } = await watched(t);
  const hourMs = 3_600_000;
  const before = asked({ at: { ...moment(), clockMs: Date.now() + hourMs } });
  writeFileSync(file, "two");
  rememberAnswer(before, answer, [file], []);
  t.is(recallAnswer(asked()), undefined);
});

test("other words, folders, colours and declared variables are other questions", async (t) => {
  const { asked, file } = await watched(t);
  rememberAnswer(asked({ environment: { DECLARED: "a", OTHER: "a" } }), answer, [file], ["DECLARED"]);
  const variables = (value: string | undefined) => ({ environment: { DECLARED: value } });
  t.like(recallAnswer(asked(variables("a"))), answer);
  for (const other of [
    variables("b"),
    variables(undefined),
    { ...variables("a"), args: ["compile", "."] },
    { ...variables("a"), cwd: "/" },
    { ...variables("a"), coloured: true },
  ])
    t.is(recallAnswer(asked(other)), undefined);
});

test("a pipe, a folder or another user's file where an answer was is none", async (t) => {
  const { asked, file, folder } = await watched(t);
  rememberAnswer(asked(), answer, [file], []);
  const [name = ""] = readdirSync(join(folder, "cache/answers"));
  const kept = join(folder, "cache/answers", name);
  const own = process.geteuid;
  try {
    process.geteuid = () => statSync(kept).uid + 1;
    t.is(recallAnswer(asked()), undefined);
  } finally {
    Object.assign(process, { geteuid: own });
  }
  t.like(recallAnswer(asked()), answer);
  rmSync(kept);
  await run("mkfifo", [kept]);
  t.is(recallAnswer(asked()), undefined);
  rmSync(kept);
  mkdirSync(kept);
  t.is(recallAnswer(asked()), undefined);
});

test("an answer that is not whole is none", async (t) => {
  const { asked, file, folder } = await watched(t);
  rememberAnswer(asked(), answer, [file], []);
  const [name = ""] = readdirSync(join(folder, "cache/answers"));
  const kept = join(folder, "cache/answers", name);
  const text = readFileSync(kept, "utf8");
  for (const damaged of [
    "",
    "\n",
    "0",
    text.slice(0, -1),
    `${text} `,
    text.replace("infra.out", "other.out"),
  ]) {
    writeFileSync(kept, damaged);
    t.is(recallAnswer(asked()), undefined);
  }
  writeFileSync(kept, text);
  t.like(recallAnswer(asked()), answer);
});

test("what a run wrote is put right by the next", async (t) => {
  const folder = await folderOf(t);
  writeFileSync(
    join(folder, "infra.ts"),
    'import { configMap } from "infra";\nexport const only = configMap("only", { a: "b" });\n',
  );
  const manifest = join(folder, "infra.out/manifests/01-configmap-only.yaml");
  const compile = async () => {
    await setTimeout(restMs);
    const { stdout } = await run(process.execPath, [join(packageRoot, "bin/infra"), "compile"], {
      cwd: folder,
      env: { XDG_CACHE_HOME: join(folder, "cache") },
    });
    return stdout.replace(/[\d.]+ s\n$/, "");
  };
  const said = await compile();
  const text = readFileSync(manifest, "utf8");
  t.is(await compile(), said);
  t.is(readdirSync(join(folder, "cache/infra/answers")).length, 1);
  for (const spoil of [() => rmSync(manifest), () => appendFileSync(manifest, "# by hand\n")]) {
    t.is(await compile(), said);
    spoil();
    t.is(await compile(), said);
    t.is(readFileSync(manifest, "utf8"), text);
  }
});
