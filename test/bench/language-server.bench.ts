/* Keystroke to diagnostics in a 2,000-line file, through the protocol. Prints JSON: milliseconds. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LanguageClient } from "../support/language-client.js";

const rounds = 40;
const lines = 2_000;
const source = await readFile(new URL("../../examples/guestbook/main.infra", import.meta.url), "utf8");
/** Each copy defines and uses names of its own. */
const names =
  /\b(?:param|=) replicas|\b(?:image|secret|deployment|service|configMap)[ .](?:redis|web|settings)\b|(?<= )settings(?=\.files)/g;
let text = "";
for (let copy = 0; text.split("\n").length < lines; copy += 1)
  text += source.replace(names, (found) => found.replace(/\w+$/, (name) => `${name}${copy}`));

const folder = await mkdtemp(join(tmpdir(), "infra-bench-lsp-"));
const client = new LanguageClient(folder);
try {
  await client.initialize(folder, { initializationOptions: { compile: false } });
  const uri = await client.open(join(folder, "main.infra"), text);
  const first = await client.diagnostics(uri, () => true);
  const samples: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    const version = await client.change(
      uri,
      { start: { line: 0, character: 2 }, end: { line: 0, character: 2 } },
      "x",
    );
    await client.diagnostics(uri, (params) => params.version === version);
    samples.push(performance.now() - started);
  }
  samples.sort((a, b) => a - b);
  const at = (share: number) => samples[Math.floor(samples.length * share)];
  const summary = { lines: text.split("\n").length, mistakes: first.length, median: at(0.5), p95: at(0.95) };
  console.log(JSON.stringify(summary));
} finally {
  await client.end();
  await rm(folder, { recursive: true });
}
