import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as lsp from "vscode-languageserver/node";

const program = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** A client of `infra lsp` in a process of its own, speaking the protocol over its streams. */
export class LanguageClient {
  readonly connection: lsp.ProtocolConnection;
  readonly child: ChildProcess;
  readonly #published = new Map<string, lsp.PublishDiagnosticsParams>();
  readonly #waiting = new Set<() => void>();
  #version = 0;

  constructor(cwd: string) {
    this.child = spawn(process.execPath, [program, "lsp", "--stdio"], {
      cwd,
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, XDG_CACHE_HOME: `${cwd}/.cache` },
    });
    const { stdin, stdout } = this.child;
    if (stdin === null || stdout === null) throw new Error("the server has no streams");
    this.connection = lsp.createProtocolConnection(
      new lsp.StreamMessageReader(stdout),
      new lsp.StreamMessageWriter(stdin),
    );
    this.connection.onNotification(lsp.PublishDiagnosticsNotification.type, (params) => {
      this.#published.set(params.uri, params);
      for (const wake of this.#waiting) wake();
    });
    this.connection.listen();
  }

  async initialize(folder: string, more: Partial<lsp.InitializeParams> = {}): Promise<lsp.InitializeResult> {
    const result = await this.connection.sendRequest(lsp.InitializeRequest.type, {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: [{ uri: pathToFileURL(folder).href, name: "test" }],
      capabilities: { textDocument: { completion: { completionItem: { snippetSupport: true } } } },
      ...more,
    });
    await this.connection.sendNotification(lsp.InitializedNotification.type, {});
    return result;
  }

  async open(path: string, text: string, languageId = "infra"): Promise<string> {
    const uri = pathToFileURL(path).href;
    const textDocument = { uri, languageId, version: ++this.#version, text };
    await this.connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, { textDocument });
    return uri;
  }

  /** Types text in place of a range. @returns the version that diagnostics of it will have. */
  async change(uri: string, range: lsp.Range, text: string): Promise<number> {
    const version = ++this.#version;
    await this.connection.sendNotification(lsp.DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version },
      contentChanges: [{ range, text }],
    });
    return version;
  }

  /** The diagnostics of a file as soon as they are as wanted. The test's own time limit is the last word. */
  async diagnostics(
    uri: string,
    wanted: (params: lsp.PublishDiagnosticsParams) => boolean,
  ): Promise<readonly lsp.Diagnostic[]> {
    for (;;) {
      const params = this.#published.get(uri);
      if (params !== undefined && wanted(params)) return params.diagnostics;
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  /** `shutdown` and `exit`. @returns the exit code. */
  async end(): Promise<number | null> {
    await this.connection.sendRequest(lsp.ShutdownRequest.type);
    const exited = once(this.child, "exit");
    await this.connection.sendNotification(lsp.ExitNotification.type);
    const [code] = await exited;
    this.connection.dispose();
    return code as number | null;
  }
}
