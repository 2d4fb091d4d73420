import { appendFile, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import type { LogOptions } from "../../runtime/client/node-streams.js";
import { readLogs } from "../../runtime/logs/log-reader.js";
import { logFiles, removeLog, rotateLog } from "../../runtime/logs/log-rotation.js";
import { systemClock } from "../../stdlib/base/clock.js";

type Options = Partial<Omit<LogOptions, "container" | "previous">>;

async function makeLog(t: ExecutionContext, text = ""): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "infra-logs-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, "0.log");
  await writeFile(path, text);
  return path;
}

const entry = (second: number, text: string, tag = "F") =>
  `2026-01-01T00:00:0${second}.000000000Z stdout ${tag} ${text}\n`;

async function read(paths: readonly string[], options: Options = {}, ended = () => true): Promise<string> {
  const all = { follow: false, timestamps: false, ...options };
  const chunks: Uint8Array[] = [];
  for await (const chunk of readLogs(paths, all, systemClock, ended, new AbortController().signal))
    chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test("lines come without what the log says about them, over all files, oldest first", async (t) => {
  const path = await makeLog(t, entry(2, "two") + entry(3, "a piece, ", "P") + entry(3, "and its end"));
  await writeFile(`${path}.1`, entry(1, "one"));
  t.is(await read(await logFiles(path)), "one\ntwo\na piece, and its end\n");
});

test("the last lines, pieces of a line counting as one, and the first bytes", async (t) => {
  const path = await makeLog(
    t,
    entry(1, "one") + entry(2, "long ", "P") + entry(2, "line") + entry(3, "three"),
  );
  t.is(await read([path], { tailLines: 2 }), "long line\nthree\n");
  t.is(await read([path], { tailLines: 0 }), "");
  t.is(await read([path], { tailLines: 9, limitBytes: 6 }), "one\nlo");
});

test("what is older than asked for is left out; times stand before lines, not before pieces", async (t) => {
  const path = await makeLog(t, entry(1, "one") + entry(2, "two ", "P") + entry(3, "halves"));
  const options = { sinceTime: "2026-01-01T00:00:02Z", timestamps: true };
  t.is(await read([path], options), "2026-01-01T00:00:02.000000000Z two halves\n");
});

test("a line the log does not hold whole yet, or that is none, is passed over", async (t) => {
  const path = await makeLog(t, `${entry(1, "one")}garbage\n${entry(2, "two").slice(0, -1)}`);
  t.is(await read([path]), "one\n");
});

test("following goes on over a rotation until the container has ended", async (t) => {
  const path = await makeLog(t, entry(1, "one"));
  let ended = false;
  const following = read([path], { follow: true }, () => ended);
  await rotateLog(path, () => writeFile(path, entry(2, "two")), 1);
  await new Promise((resolve) => setTimeout(resolve, 250));
  await appendFile(path, entry(3, "three"));
  ended = true;
  t.is(await following, "one\ntwo\nthree\n");
});

test("a log that has grown moves aside; the oldest goes, and all are removed together", async (t) => {
  const path = await makeLog(t, entry(1, "0"));
  await rotateLog(path, () => Promise.reject(new Error("it is small enough")), 1_000_000);
  for (let round = 1; round <= 6; round += 1)
    await rotateLog(path, () => writeFile(path, entry(1, String(round))), 1);
  t.is(await read(await logFiles(path)), "2\n3\n4\n5\n6\n");
  await rename(`${path}.2`, `${path}.9`);
  await removeLog(path);
  t.deepEqual(await readdir(join(path, "..")), []);
});

test("whatever bytes a program writes come back, however they are cut", async (t) => {
  const pieces = fc.array(fc.tuple(fc.string({ unit: "binary", maxLength: 40 }), fc.boolean()), {
    maxLength: 40,
  });
  const path = await makeLog(t);
  await fc.assert(
    fc.asyncProperty(pieces, async (given) => {
      const clean = given.map(([text, whole]) => [text.replaceAll("\n", " "), whole] as const);
      await writeFile(path, clean.map(([text, whole]) => entry(1, text, whole ? "F" : "P")).join(""));
      t.is(await read([path]), clean.map(([text, whole]) => (whole ? `${text}\n` : text)).join(""));
    }),
    { numRuns: 50 },
  );
});
