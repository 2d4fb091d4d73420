import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import test from "ava";

const fixtures = new URL("fixtures/", import.meta.url);
const compiler = fileURLToPath(new URL("../../node_modules/typescript7/bin/tsc", import.meta.url));

test("each mistake has its message, on its line, and nothing else is reported", async (t) => {
  const lines = (await readFile(new URL("mistakes.ts", fixtures), "utf8")).split("\n");
  const { stdout } = spawnSync(process.execPath, [compiler, "--project", ".", "--pretty", "false"], {
    cwd: fileURLToPath(fixtures),
    encoding: "utf8",
  });
  const reported = new Map<number, string>();
  let line = 0;
  for (const text of stdout.split("\n")) {
    const at = /^mistakes\.ts\((\d+),\d+\): error (.*)$/.exec(text);
    if (at !== null) line = Number(at[1]);
    reported.set(line, `${reported.get(line) ?? ""}${at?.[2] ?? text}\n`);
  }
  for (const [index, text] of lines.entries()) {
    const expected = /^\/\/ expect (TS\d+: )?(.*)$/.exec(text);
    if (expected === null) continue;
    const actual = reported.get(index + 2);
    t.truthy(actual, `nothing is reported for: ${lines[index + 1]}`);
    t.true(actual?.startsWith(expected[1] ?? ""), `${lines[index + 1]}\n${actual}`);
    t.true(actual?.includes(expected[2] ?? ""), `${lines[index + 1]}\n${actual}`);
    reported.delete(index + 2);
  }
  reported.delete(0);
  t.deepEqual([...reported], []);
});
