/**
 * What an author waits for in a file of 2,000 lines, through the protocol: each key to its diagnostics, and the answers
 * that an editor asks for after a key. Prints JSON for scripts/bench.mjs: the marks, in milliseconds.
 *
 *   npm run bench -- lsp [--quick]
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as lsp from "vscode-languageserver/node";
import { positionAt } from "../../compiler/language/server/places.js";
import { LanguageClient } from "../support/language-client.js";
import { median } from "./speed-process.js";
import type { Mark } from "./speed-report.js";

const rounds = process.argv.includes("--quick") ? 12 : 60;
/** Keys before those that count: an editor that was opened a moment ago is warm after them. */
const warmUps = 12;
const lines = 2_000;
const mistakes = 30;
const mostMs = 100;
const source = await readFile(new URL("../../examples/guestbook/main.infra", import.meta.url), "utf8");

/** The guestbook time and again, each with names of its own; the first of them with a name that nothing has. */
function stacks(wrong: number): string {
  let text = "";
  for (let copy = 0; text.split("\n").length < lines; copy += 1)
    text += source
      .replace(/\b(image|secret|deployment|service|configMap)([ .])(redis|web|settings)\b/g, `$1$2$3${copy}`)
      .replace("settings.files", `settings${copy}.files`)
      .replace("param replicas", `param replicas${copy}`)
      .replace("replicas = replicas", `replicas = ${copy < wrong ? "replicsa" : "replicas"}${copy}`);
  return text;
}

/** What is typed, in the middle of the file; a text that stays sound in between, and one that does not. */
const word = "// a store that is found by its name, wherever it runs today and tomorrow";
const line =
  'env = { MODE: "fast", STORE: service.redis3.address("redis"), POD_IP: downward("status.podIP") }';

const folder = await mkdtemp(join(tmpdir(), "infra-bench-lsp-"));
try {
  const marks = [
    ...(await typing("key to diagnostics", 0, word)),
    ...(await typing(`key to diagnostics, ${mistakes} mistakes in the file`, mistakes, word)),
    ...(await typing("key to diagnostics, within a line half written", 0, line)),
    ...(await typing("line end to diagnostics", 0, "\n".repeat(rounds))),
    ...(await answers()),
  ];
  console.log(JSON.stringify({ lines, rounds, marks }));
} finally {
  await rm(folder, { recursive: true });
}

async function opened(wrong: number) {
  const client = new LanguageClient(folder);
  await client.initialize(folder, { initializationOptions: { compile: false } });
  const text = stacks(wrong);
  const uri = await client.open(join(folder, "main.infra"), text);
  const found = await client.diagnostics(uri, () => true);
  if (found.length !== wrong) throw new Error(`${found.length} mistakes, not ${wrong}`);
  const at = positionAt(text, text.indexOf("strategy = { surge", text.length / 2));
  return { client, uri, place: { line: at.line - 1, character: at.column - 1 } };
}

/** Keys in turn; what was typed so far is taken out at the end, and begun again. */
async function typing(what: string, wrong: number, text: string): Promise<Mark[]> {
  const { client, place, uri } = await opened(wrong);
  const samples: number[] = [];
  const end = { ...place };
  for (let key = 0; key < warmUps + rounds; key += 1) {
    const typed = text[key % text.length] ?? "";
    if (key % text.length === 0) {
      await client.change(uri, { start: place, end }, key === 0 ? "\n" : "");
      Object.assign(end, place);
    }
    const started = performance.now();
    const version = await client.change(uri, { start: end, end }, typed);
    await client.diagnostics(uri, (params) => params.version === version);
    if (key >= warmUps) samples.push(performance.now() - started);
    if (typed === "\n") Object.assign(end, { line: end.line + 1, character: 0 });
    else end.character += 1;
  }
  await client.end();
  return marksOf(what, samples);
}

/** A key, and right after it a question that needs what it changed. */
async function answers(): Promise<Mark[]> {
  const { client, place, uri } = await opened(0);
  const ofFile = { textDocument: { uri } };
  const marks: Mark[] = [];
  const questions: readonly (readonly [string, (typed: number) => Promise<unknown>])[] = [
    [
      "key to completion",
      () => client.connection.sendRequest(lsp.CompletionRequest.type, { ...ofFile, position: place }),
    ],
    [
      "key to hover",
      (typed) =>
        client.connection.sendRequest(lsp.HoverRequest.type, {
          ...ofFile,
          position: { ...place, character: place.character + typed + 2 },
        }),
    ],
    ["key to semantic tokens", () => client.connection.sendRequest(lsp.SemanticTokensRequest.type, ofFile)],
    ["key to symbols", () => client.connection.sendRequest(lsp.DocumentSymbolRequest.type, ofFile)],
  ];
  let typed = 0;
  for (const [what, ask] of questions) {
    const samples: number[] = [];
    for (let key = 0; key < warmUps + rounds; key += 1) {
      const started = performance.now();
      await client.change(uri, { start: place, end: place }, " ");
      typed += 1;
      const answer = await ask(typed);
      if (answer === null) throw new Error(`${what}: no answer`);
      if (key >= warmUps) samples.push(performance.now() - started);
    }
    marks.push(...marksOf(what, samples));
  }
  await client.end();
  return marks;
}

function marksOf(what: string, samples: readonly number[]): Mark[] {
  const sorted = [...samples].sort((a, b) => a - b);
  const p95 = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
  return [
    { what: `${what}, median`, value: median(samples), unit: "ms" },
    { what: `${what}, 95th percentile`, value: p95, unit: "ms", atMost: mostMs },
  ];
}
