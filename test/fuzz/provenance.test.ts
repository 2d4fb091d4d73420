import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import test from "ava";
import { readBundleText } from "../support/bundle-text.js";

const corpus = fileURLToPath(new URL("../corpus/provenance/", import.meta.url));
const sound = await readFile(`${corpus}settings.txt`, "utf8");

test("a bundle as it was written is one", (t) => t.is(readBundleText(Buffer.from(sound)), undefined));

test("what broke the reader once does so no longer", async (t) => {
  for (const name of await readdir(corpus)) {
    const bytes = await readFile(`${corpus}${name}`);
    t.notThrows(() => readBundleText(bytes), name);
  }
});

const refused = test.macro({
  title: (name = "") => `refused: ${name}`,
  exec(t, from: string | RegExp, to: string, expected: RegExp) {
    const changed = sound.replace(from, to);
    t.not(changed, sound);
    t.regex(readBundleText(Buffer.from(changed)) ?? "", expected);
  },
});
const bundle = /^"from-elsewhere" is no whole bundle: /;
const says = (text: string) => new RegExp(bundle.source + text);
test(
  "a list for an object",
  refused,
  '"objects": {',
  '"objects": [], "a": {',
  says("provenance.json .* objects"),
);
test("a text for a line", refused, /"line": \d+/, '"line": "1"', says("build.json .*\\.line"));
test("a negative column", refused, /"column": \d+/, '"column": -1', says("build.json .*\\.column"));
test("null for a place", refused, /"": \{[^}]*\}/, '"": null', says("provenance.json "));
test(
  "another version",
  refused,
  '"formatVersion": 1',
  '"formatVersion": 2',
  says("build.json .* formatVersion"),
);
test("no JSON", refused, "=== secrets.json\n{", "=== secrets.json\n{{", says("secrets.json cannot be read"));
test("no file", refused, "=== compile.json", "=== other.json", says("compile.json cannot be read"));
test(
  "NUL for JSON",
  refused,
  "=== build.json\n{",
  "=== build.json\n\u0000",
  says("build.json cannot be read"),
);
test("nesting", refused, '"images": [', `"images": ${"[".repeat(100_000)}`, says("build.json "));
test(
  "a manifest that is a text",
  refused,
  /=== (manifests\/\S+)\n[^=]*/,
  "=== $1\nhello\n",
  says("manifests/.* at it"),
);
test("metadata as a text", refused, /metadata:\n/, "metadata: a\nb:\n", says("manifests/.* at metadata"));
test(
  "a label that is no text",
  refused,
  /infra.dev\/stack: \S+/,
  "infra.dev/stack: [1]",
  says("manifests/.*labels"),
);

test("members of the language's own names are data", (t) => {
  const changed = sound.replace('"objects": {', '"objects": { "__proto__": {}, "constructor": {},');
  t.is(readBundleText(Buffer.from(changed)), undefined);
  t.false("a" in {});
});

test("a file that leaves the bundle's source is refused", (t) => {
  for (const source of ["../secret", "/etc/passwd", "a/../../b", "a\\u0000b", "..\\\\b"]) {
    const file = `{ "type": "file", "path": "a", "source": "${source}", "sha256": "", "size": 1, "mode": 420 }`;
    const step = `{ "kind": "copy", "to": "/", "files": [${file}] }`;
    const image = `{ "name": "a", "key": "k", "reference": "r", "from": { "kind": "scratch" }, "steps": [${step}], "config": { "env": {}, "expose": {} } }`;
    const changed = sound.replace('"images": [', `"images": [${image},`);
    t.not(changed, sound);
    t.regex(readBundleText(Buffer.from(changed)) ?? "", says("build.json .*\\.source"), source);
  }
});
