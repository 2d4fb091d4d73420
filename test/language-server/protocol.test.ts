import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import * as lsp from "vscode-languageserver/node";
import { runCli } from "../support/cli.js";
import { LanguageClient } from "../support/language-client.js";

const guestbook = fileURLToPath(new URL("../../examples/guestbook/main.infra", import.meta.url));

async function started(t: ExecutionContext, files: { readonly [name: string]: string } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "infra-lsp-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const client = new LanguageClient(folder);
  t.teardown(async () => {
    client.child.kill("SIGKILL");
    await rm(folder, { recursive: true });
  });
  return { client, folder };
}

const range = (line: number, from: number, to: number): lsp.Range => ({
  start: { line, character: from },
  end: { line, character: to },
});

test("an editor opens, types, asks and leaves", async (t) => {
  const { client, folder } = await started(t);
  const { capabilities } = await client.initialize(folder, { initializationOptions: { compile: false } });
  t.is(
    capabilities.textDocumentSync && (capabilities.textDocumentSync as lsp.TextDocumentSyncOptions).change,
    2,
  );
  const text = await readFile(guestbook, "utf8");
  const uri = await client.open(join(folder, "main.infra"), text);
  t.deepEqual(await client.diagnostics(uri, () => true), []);

  const lines = text.split("\n");
  const line = lines.findIndex((one) => one.includes('port = "http"'));
  const column = (lines[line] ?? "").indexOf('"http"  every') + 1;
  const version = await client.change(uri, range(line, column, column + 4), "htp");
  const [found] = await client.diagnostics(uri, (params) => params.version === version);
  t.is(found?.code, "port-name-unknown");
  t.is(found?.severity, lsp.DiagnosticSeverity.Error);
  t.regex(String(found?.message), /opens no port named "htp"\ndid you mean "http"\?/);
  t.deepEqual(found?.range, range(line, column - 1, column + 4));

  const actions = await client.connection.sendRequest(lsp.CodeActionRequest.type, {
    textDocument: { uri },
    range: range(line, 0, 0),
    context: { diagnostics: [] },
  });
  t.deepEqual(
    actions?.map(({ title }) => title),
    ['Write "http"', 'Open port "htp" in deployment "web"'],
  );
  t.is(await client.end(), 0);
});

test("code actions are those of the findings that are asked about", async (t) => {
  const { client, folder } = await started(t);
  await client.initialize(folder, { initializationOptions: { compile: false } });
  const text =
    'configMap s { mode = "x" }\n' +
    'deployment d { container c { image = "x:1" env = { A: configMap.s.key("mod"), B: configMap.s.key("zzz") } } }\n';
  const uri = await client.open(join(folder, "main.infra"), text);
  const found = await client.diagnostics(uri, ({ diagnostics }) => diagnostics.length === 2);
  const titles = async (at: lsp.Range, diagnostics: readonly lsp.Diagnostic[]) => {
    const params = { textDocument: { uri }, range: at, context: { diagnostics: [...diagnostics] } };
    const actions = await client.connection.sendRequest(lsp.CodeActionRequest.type, params);
    return actions?.map(({ title }) => title);
  };
  const [mod, zzz] = found;
  if (mod === undefined || zzz === undefined) return t.fail();
  const ofMod = ['Write "mode"', 'Add key "mod" to configMap "s"'];
  const ofZzz = ['Add key "zzz" to configMap "s"'];
  t.deepEqual(await titles(mod.range, [mod]), ofMod);
  t.deepEqual(await titles(zzz.range, [zzz]), ofZzz);
  t.deepEqual(await titles(zzz.range, []), ofZzz, "by the place alone");
  t.deepEqual(await titles(range(1, 0, 0), []), [...ofMod, ...ofZzz], "of the line");
  t.deepEqual(await titles(range(1, 0, 0), [zzz]), ofZzz, "by the finding alone");
  t.is(await client.end(), 0);
});

test("one list of what shows at once and what the compile finds", async (t) => {
  const source = [
    'deployment web { container app { image = "busybox:latest"  nope = 1 } }',
    'deployment api { container app { image = "busybox:latest" } }',
    "",
  ].join("\n");
  const { client, folder } = await started(t, { "main.infra": source });
  await client.initialize(folder);
  const uri = await client.open(join(folder, "main.infra"), source);
  const codes = (all: readonly lsp.Diagnostic[]) => all.map(({ code }) => code);
  t.deepEqual(codes(await client.diagnostics(uri, () => true)), ["field-unknown"]);

  const version = await client.change(uri, range(0, 59, 67), "");
  const found = await client.diagnostics(
    uri,
    (params) => params.version === version && params.diagnostics.length > 0,
  );
  await writeFile(join(folder, "main.infra"), source.replace("  nope = 1", ""));
  const { out } = await runCli(folder, ["compile", "--format", "json"]);
  const compiled = JSON.parse(out) as { diagnostics: { code: string; span: { start: { line: number } } }[] };
  t.true(codes(found).includes("image-latest"));
  t.deepEqual(
    found.map(({ code, range: { start } }) => `${start.line + 1} ${code}`).sort(),
    compiled.diagnostics.map(({ code, span }) => `${span.start.line} ${code}`).sort(),
  );
});

test("a finding of the compile is accepted where it is, by a code action", async (t) => {
  const source = 'deployment web {\n  container app { image = "busybox:latest" }\n}\n';
  const { client, folder } = await started(t, { "main.infra": source });
  await client.initialize(folder);
  const uri = await client.open(join(folder, "main.infra"), source);
  await client.diagnostics(uri, ({ diagnostics }) => diagnostics.some(({ code }) => code === "image-latest"));
  const actions = await client.connection.sendRequest(lsp.CodeActionRequest.type, {
    textDocument: { uri },
    range: range(1, 0, 99),
    context: { diagnostics: [], only: [lsp.CodeActionKind.QuickFix] },
  });
  const accept = actions?.find(
    ({ title }) => title === 'Accept "image-latest" with a reason',
  ) as lsp.CodeAction;
  const [edit] = accept.edit?.changes?.[uri] ?? [];
  t.is(edit?.newText, '\n\nlet web-image-latest = accept(deployment.web, "image-latest", "say why")');
  const version = await client.change(uri, edit?.range ?? range(0, 0, 0), edit?.newText ?? "");
  await client.diagnostics(uri, ({ version: of }) => of === version);
  const accepted = source.replace(/\n$/, `${edit?.newText}\n`);
  await writeFile(join(folder, "main.infra"), accepted);
  const { code, out } = await runCli(folder, ["compile", "--format", "json"]);
  const { diagnostics } = JSON.parse(out) as { diagnostics: { code: string }[] };
  t.is(code, 0);
  t.false(diagnostics.some(({ code: found }) => ["image-latest", "accept-unused"].includes(found)));
  t.is((await runCli(folder, ["fmt", "--check", "main.infra"])).code, 0);
});

test("requests out of turn are refused as the specification has it", async (t) => {
  const { client, folder } = await started(t);
  const { connection } = client;
  const hover = { textDocument: { uri: "file:///nowhere/x.infra" }, position: { line: 0, character: 0 } };
  const early = t.throwsAsync(connection.sendRequest(lsp.HoverRequest.type, hover));
  t.is(((await early) as { code?: number }).code, lsp.ErrorCodes.ServerNotInitialized);
  await client.initialize(folder, { initializationOptions: { compile: false } });
  const again = await t.throwsAsync(client.initialize(folder));
  t.is((again as { code?: number }).code, lsp.ErrorCodes.InvalidRequest);
  const unknown = await t.throwsAsync(connection.sendRequest("infra/unheardOf", {}));
  t.is((unknown as { code?: number }).code, lsp.ErrorCodes.MethodNotFound);
  t.is(await connection.sendRequest(lsp.HoverRequest.type, hover), null, "a file that is not there");

  await connection.sendRequest(lsp.ShutdownRequest.type);
  const late = await t.throwsAsync(connection.sendRequest(lsp.HoverRequest.type, hover));
  t.is((late as { code?: number }).code, lsp.ErrorCodes.InvalidRequest);
  const exited = once(client.child, "exit");
  await connection.sendNotification(lsp.ExitNotification.type);
  t.deepEqual(await exited, [0, null]);
});

test("exit without shutdown, and a client that is gone, are failures", async (t) => {
  const first = await started(t);
  await first.client.initialize(first.folder);
  const exited = once(first.client.child, "exit");
  await first.client.connection.sendNotification(lsp.ExitNotification.type);
  t.deepEqual(await exited, [1, null]);

  const second = await started(t);
  await second.client.initialize(second.folder);
  const gone = once(second.client.child, "exit");
  second.client.child.stdin?.end();
  t.deepEqual(await gone, [1, null]);
});

test("a document that is no file, and one that is deleted, have diagnostics too", async (t) => {
  const { client, folder } = await started(t, { "store.infra": "let x = 1\n" });
  await client.initialize(folder);
  const { connection } = client;
  await connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, {
    textDocument: { uri: "untitled:Untitled-1", languageId: "infra", version: 1, text: "let a = b\n" },
  });
  const [found] = await client.diagnostics("untitled:Untitled-1", () => true);
  t.is(found?.code, "name-unknown");

  const uri = await client.open(join(folder, "main.infra"), 'import { x } from "./store.infra"\nlet y = x\n');
  t.deepEqual(await client.diagnostics(uri, () => true), []);
  await rm(join(folder, "store.infra"));
  await connection.sendNotification(lsp.DidChangeWatchedFilesNotification.type, { changes: [] });
  const [missing] = await client.diagnostics(uri, ({ diagnostics }) => diagnostics.length > 0);
  t.is(missing?.code, "import-missing");
});
