import { readdirSync, readFileSync } from "node:fs";
import test from "ava";
import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { importCompose } from "../../compiler/import/compose.js";
import { importDockerfile } from "../../compiler/import/dockerfile.js";
import type { SourceReader } from "../../compiler/import/source-reader.js";
import { writeInfra } from "../../compiler/import/write-infra.js";
import { writeTypeScript } from "../../compiler/import/write-typescript.js";

/** Whatever is asked for is there. */
const anyFiles: SourceReader = {
  text: (path) => (path.includes(".") ? "*.md\n!a/f\nA=1\n" : undefined),
  kind: (path) => (/f[^/]*$/.test(path) ? "file" : "folder"),
  list: (path) => (path.length > 20 ? ["f"] : ["a", "f.md", "fb"]),
  stackPath: (path) => (path.startsWith("..") ? undefined : `./${path}`),
  wayIn: (path) => `-o ${path}`,
  name: (path) => path,
};

function imported(kind: "compose" | "dockerfile", text: string) {
  const reporter = new Reporter();
  const program =
    kind === "compose"
      ? importCompose(anyFiles, [{ name: "compose.yaml", text }], reporter).program
      : importDockerfile(anyFiles, "Dockerfile", text, reporter);
  return {
    codes: reporter.sorted().map(({ code }) => code),
    texts: [writeTypeScript(program), writeInfra(program)],
  };
}

for (const kind of ["compose", "dockerfile"] as const)
  test(`what fuzzing kept is read without an exception: ${kind}`, (t) => {
    const corpus = new URL(`../corpus/${kind}/`, import.meta.url);
    for (const name of readdirSync(corpus))
      t.notThrows(() => imported(kind, readFileSync(new URL(name, corpus)).toString()), name);
  });

/** Each has taken more than linear time somewhere, or might. */
const large: { readonly [what: string]: readonly [kind: "compose" | "dockerfile", text: string] } = {
  "opened variables": ["dockerfile", `FROM debian\nENV A=${"${A:-".repeat(40_000)}\n`],
  "many installs": ["dockerfile", `FROM debian\nRUN (${"apt ".repeat(20_000)})\n`],
  "many here-documents": ["dockerfile", `FROM debian\n${"RUN <<A\nA\n".repeat(5_000)}`],
  "many variables": ["dockerfile", `FROM debian\n${"ENV A=$A$A\nRUN x\n".repeat(500)}`],
  "a pattern of stars": ["dockerfile", `FROM debian\nCOPY ${"*a".repeat(2_000)}b /x/\n`],
  "a long text": ["compose", `services: {a: {image: "a:1", command: "${"a".repeat(1_000_000)}"}}\n`],
  "opened variables of Compose": [
    "compose",
    `services: {a: {image: "a:1", hostname: "${"${A:-".repeat(40_000)}"}}\n`,
  ],
  "a long key": ["compose", `services: {a: {image: "a:1", ? ${"k".repeat(900)} : 1}}\n`],
  "many services": [
    "compose",
    `services:\n${Array.from({ length: 300 }, (_, at) => `  s${at}: {image: "a:1", environment: ["X=s${at + 1}:80"]}\n`).join("")}`,
  ],
};

for (const [what, [kind, text]] of Object.entries(large))
  test(`bounded: ${what}`, (t) => {
    const { texts } = imported(kind, text);
    t.true(texts.every((one) => one.length < 20_000_000));
  });

test("NUL, deep nesting, alias bombs, keys twice and broken quotes are refused", (t) => {
  const nested = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;
  const bomb = `x: &a [${"x,".repeat(20)}]\ny: &b [${"*a,".repeat(20)}]\nz: &c [${"*b,".repeat(20)}]\nservices: {a: {image: "a:1", command: [${"*c,".repeat(20)}]}}\n`;
  for (const text of [
    "services: {a: {image: 'a\u0000:1'}}\n",
    `services: {a: {image: 'a:1', x: ${nested}}}\n`,
    bomb,
    "services: {a: {image: 'a:1'}, a: {image: 'b:1'}}\n",
    "services: {a: {image: 'a:1\n",
    "services: &s {a: *s}\n",
  ])
    t.true(imported("compose", text).codes.includes("compose-invalid"), text.slice(0, 80));
  for (const text of [
    "FROM debian\nRUN \u0000\n",
    "FROM debian\nRUN <<E\n",
    "# escape=?\nFROM debian\n",
    "x".repeat(300_000),
  ])
    t.true(imported("dockerfile", text).codes.includes("dockerfile-invalid"), text.slice(0, 80));
});
