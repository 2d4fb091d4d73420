import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import test from "ava";
import fc from "fast-check";
import * as lsp from "vscode-languageserver/node";
import { FrameReader } from "../../compiler/language/server/transport.js";
import { LanguageClient } from "../support/language-client.js";
import { Served } from "./support.js";

const main = "file:///stack/main.infra";
const codesOf = (all: readonly { readonly error?: { readonly code: number } }[]) =>
  all.flatMap(({ error }) => (error === undefined ? [] : [error.code]));

test("what is no message is refused, and the next one is answered", async (t) => {
  const server = new Served();
  await server.initialize();
  for (const content of [
    "{ not json",
    "[1, 2]",
    "null",
    "3",
    "{}",
    '{ "jsonrpc": "2.0", "id": {}, "method": 5 }',
  ])
    server.content(content);
  const bytes = [Buffer.from('{"jsonrpc":"2.0","id":"odd","method":"workspace/symbol","params":{"query":"')];
  server.content(Buffer.concat([...bytes, Buffer.from([0xff, 0xc0, 0x80]), Buffer.from('"}}')]));
  t.deepEqual((await server.message(({ id }) => id === "odd")).result, []);
  const { InvalidRequest, ParseError } = lsp.ErrorCodes;
  t.deepEqual(codesOf(server.messages), [ParseError, ...Array<number>(5).fill(InvalidRequest)]);
});

test("however the bytes of messages are cut, they are the same messages", async (t) => {
  const content = fc.record({ id: fc.nat(), query: fc.string({ unit: "binary", maxLength: 200 }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(content, { minLength: 1, maxLength: 150 }),
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }),
      async (contents, cuts) => {
        const messages = contents.map(({ id, query }) => ({
          jsonrpc: "2.0",
          id,
          method: "m",
          params: { query },
        }));
        const frames = messages.map((message) => {
          const bytes = Buffer.from(JSON.stringify(message));
          return Buffer.concat([Buffer.from(`Content-Length: ${bytes.length}\r\n\r\n`), bytes]);
        });
        const input = new PassThrough();
        const found: unknown[] = [];
        const reader = new FrameReader(input, ({ text }) => Promise.reject(new Error(text)));
        const closed = new Promise<void>((resolve) => reader.onClose(resolve));
        reader.listen((message) => found.push(message));
        let rest = Buffer.concat(frames);
        for (let at = 0; rest.length > 0; at += 1) {
          const cut = cuts[at % cuts.length] ?? 1;
          input.write(rest.subarray(0, cut));
          rest = rest.subarray(cut);
        }
        input.end();
        await closed;
        assert.deepEqual(found, messages);
      },
    ),
    { numRuns: 40 },
  );
  t.pass();
});

const breaks = test.macro({
  title: (what = "") => `a frame that cannot be read ends the server, which says why: ${what}`,
  async exec(t, bytes: string, why: RegExp) {
    const server = new Served();
    await server.initialize();
    server.raw(bytes);
    t.is(await server.ended, 1);
    const { error } = await server.message((one) => one.id === null && why.test(one.error?.message ?? ""));
    t.is(error?.code, lsp.ErrorCodes.ParseError);
  },
});

test("no length", breaks, "Content-Type: a\r\n\r\n{}", /no Content-Length/);
test("a length that is no number", breaks, "Content-Length: many\r\n\r\n{}", /no Content-Length/);
test("a length below zero", breaks, "Content-Length: -5\r\n\r\n{}", /no Content-Length/);
test("a length beyond all bounds", breaks, "Content-Length: 99999999999\r\n\r\n", /too large/);
test("a header without end", breaks, "X".repeat(10_000), /does not end/);
test(
  "a length that is too short",
  breaks,
  `Content-Length: 5\r\n\r\n{"id":1}${" ".repeat(9000)}`,
  /does not end/,
);

const requests = [
  ...[
    "hover",
    "completion",
    "signatureHelp",
    "definition",
    "references",
    "documentHighlight",
    "prepareRename",
  ],
  ...["rename", "formatting", "codeAction", "documentSymbol", "semanticTokens/full"],
].map((name) => `textDocument/${name}`);
const strange: readonly unknown[] = [
  ...[null, [], {}, { textDocument: {} }, { textDocument: { uri: 5 }, position: 3 }, { changes: 4 }],
  { textDocument: { uri: [main], text: 3 }, position: { line: "1", character: {} }, contentChanges: [3] },
  { event: { added: 3 } },
];

test("params that are none are refused, and notifications with such are left", async (t) => {
  const server = new Served();
  await server.initialize();
  for (const method of requests)
    for (const params of strange) {
      const { error } = await server.request(method, params);
      t.is(error?.code, lsp.ErrorCodes.InvalidParams, `${method} ${JSON.stringify(params)}`);
    }
  const position = { line: "1", character: {} };
  const { error } = await server.request("textDocument/hover", { textDocument: { uri: main }, position });
  t.is(error?.code, lsp.ErrorCodes.InvalidParams);
  for (const method of ["didOpen", "didChange", "didClose", "didSave"])
    for (const params of strange) server.notify(`textDocument/${method}`, params);
  for (const method of [
    "workspace/didChangeWatchedFiles",
    "workspace/didChangeWorkspaceFolders",
    "x/unheard",
  ])
    for (const params of strange) server.notify(method, params);
  for (const method of ["$/cancelRequest", "$/setTrace", "$/progress", "$/other"])
    for (const params of strange) server.notify(method, params);
  t.deepEqual((await server.request("workspace/symbol", { query: "" })).result, []);
});

test("a request that was cancelled before its turn says so", async (t) => {
  const server = new Served();
  await server.initialize();
  const params = { query: "a" };
  const messages = [
    { jsonrpc: "2.0", id: "first", method: "workspace/symbol", params },
    { jsonrpc: "2.0", id: "second", method: "workspace/symbol", params },
    { jsonrpc: "2.0", method: "$/cancelRequest", params: { id: "second" } },
  ];
  server.raw(
    messages
      .map((one) => JSON.stringify(one))
      .map((text) => `Content-Length: ${text.length}\r\n\r\n${text}`)
      .join(""),
  );
  t.deepEqual((await server.message(({ id }) => id === "first")).result, []);
  t.is((await server.message(({ id }) => id === "second")).error?.code, lsp.LSPErrorCodes.RequestCancelled);
});

test("a client that reads nothing is not asked for more, and is answered when it reads", async (t) => {
  const server = new Served();
  await server.initialize();
  server.open(main, `let a = "${"x".repeat(10_000)}"\n`);
  await server.diagnostics(main);
  server.reads(false);
  const asked = { textDocument: { uri: main }, position: { line: 0, character: 5 } };
  const answers = [];
  for (let count = 0; count < 400; count += 1) {
    answers.push(server.request("textDocument/hover", asked));
    if (count % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  t.true(server.untaken > 20_000);
  server.reads(true);
  t.true((await Promise.all(answers)).every(({ result }) => result !== null && result !== undefined));
});

test("documents that lie nowhere, and places that are none", async (t) => {
  const server = new Served();
  await server.initialize();
  const odd = [
    "file:///a%00b.infra",
    "file:///stack/../x.infra",
    "file://host/x.infra",
    "file:///%",
    "",
    "file:",
  ];
  const more = ["untitled:U-1", "vscode-notebook-cell:/x/y.infra#1", "file:///%E0%A4%A.infra", "::"];
  const text = 'import { x } from "./y.infra"\nlet a = b\nconfigMap c { d = file("./e") }\n';
  for (const uri of [...odd, ...more]) {
    server.open(uri, text);
    t.is((await server.diagnostics(uri)).length, 2, uri);
    for (const method of requests)
      for (const [line, character] of [
        [0, 22],
        [-3, 1e20],
        [1e9, -1],
      ]) {
        const position = { line, character };
        const rest = { range: { start: position, end: position }, context: {}, newName: "z" };
        const { error } = await server.request(method, { textDocument: { uri }, position, ...rest });
        const isExpected = error === undefined || error.code === lsp.LSPErrorCodes.RequestFailed;
        t.true(isExpected || error.code === lsp.ErrorCodes.MethodNotFound, `${method}: ${error?.message}`);
      }
  }
});

test("changes of what is not open, out of range, and of versions that go back", async (t) => {
  const server = new Served();
  await server.initialize();
  const change = (version: number, range: lsp.Range, text: string) =>
    server.notify("textDocument/didChange", {
      textDocument: { uri: main, version },
      contentChanges: [{ range, text }],
    });
  const far = { start: { line: 900, character: 5 }, end: { line: 1e9, character: -1 } };
  change(7, far, "let a = b");
  server.open(main, "let a = 1\n", 10);
  change(3, far, "let c = d\n");
  const found = await server.diagnostics(main, 3);
  t.deepEqual(
    found.map(({ message, range: { start } }) => [start.line, message]),
    [[1, 'there is no "d"\ntext stands in quotes, "d"; let and param define a name']],
  );
});

test("of a text too large nothing is said but that, and of one full of mistakes a thousand", async (t) => {
  const server = new Served();
  await server.initialize();
  server.open("file:///stack/large.infra", "let a = b\n".repeat(2_000_000));
  const { params } = await server.message(({ method }) => method === "window/logMessage");
  t.regex((params as lsp.LogMessageParams).message, /large\.infra has more than \d+ characters/);
  t.deepEqual(await server.diagnostics("file:///stack/large.infra"), []);
  server.open(main, "let a = b\n".repeat(20_000));
  t.is((await server.diagnostics(main)).length, 1000);
});

test("positions count UTF-16 units whatever else a client can do", async (t) => {
  const server = new Served();
  const { result } = await server.initialize({
    capabilities: { general: { positionEncodings: ["utf-8", "utf-32", "utf-16"] } },
  });
  t.is((result as lsp.InitializeResult).capabilities.positionEncoding, "utf-16");
  server.open(main, 'let x = "\u{1F600}\u00E9" + nane\r\nlet name = "a"\r\n');
  const [found] = await server.diagnostics(main);
  t.deepEqual(found?.range, { start: { line: 0, character: 16 }, end: { line: 0, character: 20 } });
});

test("a rename is of what is typed in, and says of which version", async (t) => {
  const files = {
    "main.infra": "let old = 1\n",
    "other.infra": 'import { size } from "./main.infra"\nlet b = size\n',
  };
  const server = new Served(files);
  await server.initialize({ capabilities: { workspace: { workspaceEdit: { documentChanges: true } } } });
  server.open(main, "// typed\nlet size = 1\n", 4);
  const asked = { textDocument: { uri: main }, position: { line: 1, character: 5 } };
  const { result } = await server.request("textDocument/rename", { ...asked, newName: "width" });
  const { documentChanges = [] } = result as lsp.WorkspaceEdit;
  t.deepEqual(
    documentChanges.map((one) => ("textDocument" in one ? [one.textDocument, one.edits.length] : [])),
    [
      [{ uri: main, version: 4 }, 1],
      [{ uri: "file:///stack/other.infra", version: null }, 2],
    ],
  );
  for (const newName of ["let", "deployment", "", "a b", "1a", "__proto__"]) {
    const { error } = await server.request("textDocument/rename", { ...asked, newName });
    t.is(error?.code, lsp.LSPErrorCodes.RequestFailed, newName);
  }
});

test("a mistake of the compile is told, and editing goes on", async (t) => {
  const server = new Served({}, { compile: () => Promise.reject(new Error("no compiler")) });
  await server.initialize({ initializationOptions: {} });
  server.open(main, "let a = 1\n");
  const { params } = await server.message(({ method }) => method === "window/logMessage");
  t.regex((params as lsp.LogMessageParams).message, /main\.infra failed: Error: no compiler/);
  t.deepEqual((await server.request("workspace/symbol", { query: "zz" })).result, []);
});

test("a text that changes ends the compile of the one before", async (t) => {
  const asked: { readonly text: string | undefined; readonly signal: AbortSignal }[] = [];
  let wake = () => {};
  const compile = (_: string, texts: ReadonlyMap<string, string>, signal: AbortSignal) => {
    asked.push({ text: texts.get("/stack/main.infra"), signal });
    wake();
    return new Promise<never>((_resolve, reject) =>
      signal.addEventListener("abort", () => reject(new Error())),
    );
  };
  const server = new Served({}, { compile });
  await server.initialize({ initializationOptions: {} });
  server.open(main, "let a = 1\n");
  await new Promise<void>((resolve) => {
    wake = resolve;
  });
  server.notify("textDocument/didChange", {
    textDocument: { uri: main, version: 2 },
    contentChanges: [{ text: "let a = 2\n" }],
  });
  await new Promise<void>((resolve) => {
    wake = resolve;
  });
  t.deepEqual(
    asked.map(({ signal, text }) => [text, signal.aborted]),
    [
      ["let a = 1\n", true],
      ["let a = 2\n", false],
    ],
  );
});

test("a client whose process is gone ends the server", async (t) => {
  let isAlive = true;
  const server = new Served({}, { isAlive: () => isAlive });
  await server.initialize();
  isAlive = false;
  t.is(await server.ended, 1);
});

test("a server that is asked to end does, and one whose folder vanishes goes on", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "infra-lsp-"));
  const text = 'deployment web { container app { image = "busybox:latest" } }\n';
  await writeFile(join(folder, "main.infra"), text);
  await symlink(".", join(folder, "loop"));
  const client = new LanguageClient(folder);
  t.teardown(async () => {
    client.child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true }); // the compile keeps its cache there, and makes it again
  });
  await client.initialize(folder);
  const uri = await client.open(join(folder, "main.infra"), text);
  await client.diagnostics(uri, ({ diagnostics }) => diagnostics.some(({ code }) => code === "image-latest"));
  await rm(folder, { recursive: true });
  const version = await client.change(
    uri,
    { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
    "let a = b\n",
  );
  const found = await client.diagnostics(uri, (params) => params.version === version);
  t.true(found.some(({ code }) => code === "name-unknown"));
  const exited = once(client.child, "exit");
  client.child.kill("SIGTERM");
  t.deepEqual(await exited, [1, null]);
});
