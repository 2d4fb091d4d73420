import { join } from "node:path";
import test from "ava";
import { runCli } from "../support/cli.js";
import { stackFolder } from "../support/stack-folder.js";

/** Every way of saying a place names a file that its reader can open from where the command ran. */
const source = `import { configMap } from "infra";
export const c = configMap("c", { a: "x", b: { c: 3 } as never });
`;
const names = [
  ["sec", "sec", "sec"],
  ["ünï", "ünï", "%C3%BCn%C3%AF"],
  ["a b", "a b", "a%20b"],
  ["p%41c", "p%2541c", "p%2541c"],
  ["h#x", "h#x", "h%23x"],
] as const;

for (const [name, annotated, uri] of names) {
  test(`in a folder named ${name}`, async (t) => {
    const above = await stackFolder(t, { [`${name}/infra.ts`]: source });
    const compile = (cwd: string, ...args: readonly string[]) =>
      runCli(cwd, ["compile", "--no-check", ...args]);
    const inside = await compile(join(above, name));
    t.regex(inside.error, /^ {2}infra\.ts:2:46\n {3}2 │ export const c/m);
    const outside = await compile(above, name);
    t.true(outside.error.includes(`  ${name}/infra.ts:2:46\n   2 │ export const c`), outside.error);
    const github = await compile(above, name, "--format", "github");
    t.regex(github.out, new RegExp(`^::error file=${annotated}/infra\\.ts,line=2,`));
    const sarif = JSON.parse((await compile(above, name, "--format", "sarif")).out);
    const [{ physicalLocation }] = sarif.runs[0].results[0].locations;
    t.is(physicalLocation.artifactLocation.uri, `${uri}/infra.ts`);
    const { diagnostics, folder } = JSON.parse((await compile(above, name, "--format", "json")).out);
    t.is(join(folder, diagnostics[0].span.file), join(above, name, "infra.ts"));
  });
}
