import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { createHost } from "../../cli/host.js";
import { renderDiagnostics } from "../../cli/render/diagnostics.js";
import { plainStyle } from "../../cli/render/style.js";
import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { KnownTypes, typeCheck } from "../../compiler/typescript/type-check.js";
import { runCli } from "../support/cli.js";

function folder(t: ExecutionContext): string {
  const made = mkdtempSync(join(tmpdir(), "infra-cli-"));
  t.teardown(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const infra = (cwd: string, ...args: readonly string[]) => runCli(cwd, args);

test("--version and --help end with 0, an unknown command with 1", async (t) => {
  t.deepEqual(await infra("/", "--version"), { code: 0, out: "1.2.3\n", error: "" });
  t.regex((await infra("/", "--help")).out, /init \[folder\]/);
  const unknown = await infra("/", "bogus");
  t.is(unknown.code, 1);
  t.regex(unknown.error, /unknown command 'bogus'/);
});

test("explain says what a code means, and suggests one", async (t) => {
  t.regex((await infra("/", "explain", "lock-missing")).out, /^error\[lock-missing\]\n {2}Package versions/);
  const error = await t.throwsAsync<Error & { hint?: string }>(infra("/", "explain", "lock-mising"));
  t.is(error?.hint, 'did you mean "lock-missing"?');
  const hintOf = async (code: string) =>
    (await t.throwsAsync<Error & { hint?: string }>(infra("/", "explain", code)))?.hint;
  t.is(await hintOf("lock"), "Codes like it: lock-missing, lock-invalid");
  t.is(await hintOf("TS2322"), "That is the type checker's own code: infra explain type-error");
  t.is(await hintOf("nope"), "infra explain without a code lists them");
  t.regex((await infra("/", "explain")).out, /^error\[accept-\w+\]\n/);
});

test("init writes a stack that passes the type check", async (t) => {
  const cwd = folder(t);
  t.is((await infra(cwd, "init", "new")).code, 0);
  t.deepEqual(readdirSync(join(cwd, "new")).sort(), [
    ".gitignore",
    "infra.ts",
    "site",
    "tsconfig.infra.json",
    "tsconfig.json",
  ]);
  const reporter = new Reporter();
  const host = createHost(fileURLToPath(new URL("../../", import.meta.url)), join(cwd, "cache"));
  await typeCheck(host, join(cwd, "new", "infra.ts"), new Map(), new KnownTypes(host), reporter);
  t.deepEqual(reporter.sorted(), []);
});

test("init overwrites nothing", async (t) => {
  const cwd = folder(t);
  writeFileSync(join(cwd, "infra.ts"), "mine");
  await t.throwsAsync(infra(cwd, "init"), { message: /^infra\.ts already there/ });
  t.deepEqual(readdirSync(cwd), ["infra.ts"]);
  t.is(readFileSync(join(cwd, "infra.ts"), "utf8"), "mine");
});

test("a diagnostic underlines what is meant, past tabs and wide characters", (t) => {
  const reporter = new Reporter();
  const span = { file: "infra.ts", start: { line: 1, column: 7 }, end: { line: 1, column: 10 } };
  reporter.report("port-name-unknown", span, { workload: 'deployment "a"', port: "htp", known: ["http"] });
  reporter.report("port-name-unknown", span, { workload: 'deployment "a"', port: "htp", known: ["http"] });
  t.is(
    renderDiagnostics(reporter.sorted(), () => '\tf("世"htp\n', plainStyle),
    [
      'error[port-name-unknown]: deployment "a" opens no port named "htp"',
      "  infra.ts:1:7",
      '   1 │   f("世"htp',
      '     │         ^^^ did you mean "http"?',
      "  infra explain port-name-unknown",
      "",
    ].join("\n"),
  );
});

test("of many alike at one place, as a loop makes them, three are shown and the others counted", (t) => {
  const reporter = new Reporter();
  const at = (line: number) => ({
    file: "infra.ts",
    start: { line, column: 1 },
    end: { line, column: 3 },
  });
  for (const line of [1, 2])
    for (let index = 0; index < (line === 1 ? 300 : 3); index += 1)
      reporter.report("port-name-unknown", at(line), { workload: `pod "p${index}"`, port: "x", known: [] });
  const text = renderDiagnostics(reporter.sorted(), () => "all\nall\n", plainStyle);
  t.is(text.match(/ opens no port /g)?.length, 6);
  t.regex(
    text,
    /"p2" opens.*\n\nerror\[port-name-unknown\]: 297 more at infra\.ts:1:1; infra compile --format json lists all\n\nerror.*"p0" opens/s,
  );
});

test("of a long line what is around the place is shown, and a related place names its file when it is another", (t) => {
  const long = (start: number, end: number) => {
    const span = { file: "infra.ts", start: { line: 1, column: start }, end: { line: 1, column: end } };
    const reporter = new Reporter();
    const related = [{ span: { ...span, file: "env/a.yaml" }, note: "given here" }];
    reporter.report("port-name-unknown", span, { workload: 'pod "a"', port: "htp", known: [] }, related);
    const line = `${"世".repeat(200)}😀htp${"-".repeat(300_000)}`;
    return renderDiagnostics(reporter.sorted(), () => line, plainStyle).split(/(?: It opens none)?\n/);
  };
  const lines = long(203, 206);
  t.is(lines[4], "  env/a.yaml:1:203");
  t.is(lines[2], `   1 │ …${"世".repeat(77)}😀htp${"-".repeat(78)}…`);
  t.is(lines[3], `     │ ${" ".repeat(157)}^^^`);
  t.is(long(1, 4)[3], "     │ ^^^^^^");
  t.is(long(300_204, 300_206)[3], `     │ ${" ".repeat(159)}^^`);
  t.is(long(206, 300_206)[3], `     │  ${"^".repeat(160)}`);
  t.is(long(206, 300_206)[2], `   1 │ …${"-".repeat(160)}…`);
});
