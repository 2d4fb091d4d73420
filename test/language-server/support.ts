import { PassThrough } from "node:stream";
import type * as lsp from "vscode-languageserver/node";
import { codeActions } from "../../compiler/language/server/code-actions.js";
import { applyEdits, type Edit } from "../../compiler/language/server/edits.js";
import { positionAt } from "../../compiler/language/server/places.js";
import { type ServerHost, serve } from "../../compiler/language/server/server.js";
import { FrameReader } from "../../compiler/language/server/transport.js";
import { type Files, inspect, Workspace } from "../../compiler/language/server/workspace.js";

/** Files that lie nowhere, under `/stack`. */
function filesOf(files: { readonly [path: string]: string }): Files {
  const all = new Map(Object.entries(files).map(([path, text]) => [`/stack/${path}`, text]));
  return {
    read: (path) => all.get(path),
    has: (path) => all.has(path),
    entries: (folder) => [
      ...new Set(
        [...all.keys()]
          .filter((path) => path.startsWith(`${folder.replace(/\/$/, "")}/`))
          .map((path) => /^[^/]+\/?/.exec(path.slice(folder.replace(/\/$/, "").length + 1))?.[0] ?? ""),
      ),
    ],
    find: (folder, endings) =>
      [...all.keys()].filter((path) => path.startsWith(folder) && endings.some((one) => path.endsWith(one))),
  };
}

/** A workspace of them; `main.infra` is open. */
export function workspaceOf(files: { readonly [path: string]: string }): Workspace {
  const workspace = new Workspace(filesOf(files));
  workspace.folders.add("/stack");
  return workspace;
}

export function analysisOf(workspace: Workspace, file = "main.infra") {
  const analysis = workspace.analysis(`/stack/${file}`);
  if (analysis === undefined) throw new Error(`there is no ${file}`);
  return analysis;
}

/** A program with its cursor, `|`, taken out. */
export function withCursor(marked: string) {
  const offset = marked.indexOf("|");
  if (offset < 0) throw new Error("the text has no cursor");
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  return { text, position: positionAt(text, offset) };
}

export function mistakesOf(workspace: Workspace, file = "main.infra"): string[] {
  const { diagnostics } = inspect(workspace, analysisOf(workspace, file));
  return diagnostics.map(({ code, message, span }) => `${span?.start.line}: ${code}: ${message}`);
}

/** Code actions for everything that shows at once, by title, with what they make of the file. */
export function mended(
  text: string,
  more: { readonly [path: string]: string } = {},
): { [title: string]: string } {
  const workspace = workspaceOf({ "main.infra": text, ...more });
  const analysis = analysisOf(workspace);
  const { diagnostics } = inspect(workspace, analysis);
  const actions = codeActions(workspace, analysis, diagnostics);
  return Object.fromEntries(actions.map(({ edits, title }) => [title, applyEdits(text, edits)]));
}

/** Files after edits, those that changed. */
export function edited(workspace: Workspace, edits: readonly Edit[]): { [file: string]: string } {
  const files = [...new Set(edits.map(({ span }) => span.file))];
  return Object.fromEntries(
    files.map((file) => [
      file.replace("/stack/", ""),
      applyEdits(
        workspace.text(file) ?? "",
        edits.filter(({ span }) => span.file === file),
      ),
    ]),
  );
}

type Message = Partial<lsp.RequestMessage & lsp.ResponseMessage & { readonly params: unknown }>;

/** A server in this process, and its client's end as bytes and messages. */
export class Served {
  readonly messages: Message[] = [];
  /** The exit code. */
  readonly ended: Promise<number>;
  readonly #input = new PassThrough();
  readonly #output = new PassThrough();
  readonly #arrived = new Set<() => void>();
  #id = 0;

  constructor(files: { readonly [path: string]: string } = {}, host: Partial<ServerHost> = {}) {
    const output = this.#output;
    new FrameReader(output, ({ text }) => Promise.reject(new Error(text))).listen((message) => {
      this.messages.push(message as Message);
      for (const wake of this.#arrived) wake();
    });
    this.ended = serve(this.#input, output, {
      files: filesOf(files),
      version: "0",
      compile: () => Promise.resolve([]),
      isAlive: () => true,
      interrupted: new AbortController().signal,
      ...host,
    });
  }

  /** Whether the client reads what the server writes. */
  reads(isReading: boolean): void {
    if (isReading) this.#output.resume();
    else this.#output.pause();
  }

  /** Bytes that the server has not asked for yet. */
  get untaken(): number {
    return this.#input.readableLength + this.#input.writableLength;
  }

  raw(bytes: string | Uint8Array): void {
    this.#input.write(bytes);
  }

  /** In a frame of its own. */
  content(content: string | Uint8Array): void {
    const bytes = Buffer.from(content);
    this.raw(Buffer.concat([Buffer.from(`Content-Length: ${bytes.length}\r\n\r\n`), bytes]));
  }

  notify(method: string, params: unknown): void {
    this.content(JSON.stringify({ jsonrpc: "2.0", method, params }));
  }

  request(method: string, params: unknown): Promise<Message> {
    this.#id += 1;
    const id = this.#id;
    this.content(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return this.message((one) => one.id === id);
  }

  /** The first message that is as wanted. The test's own time limit is the last word. */
  async message(isWanted: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.messages.find(isWanted);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#arrived.delete(wake);
          resolve();
        };
        this.#arrived.add(wake);
      });
    }
  }

  async initialize(more: object = {}): Promise<Message> {
    const answer = await this.request("initialize", {
      processId: 1,
      rootUri: "file:///stack",
      capabilities: {},
      initializationOptions: { compile: false },
      ...more,
    });
    this.notify("initialized", {});
    return answer;
  }

  open(uri: string, text: string, version = 1): void {
    this.notify("textDocument/didOpen", { textDocument: { uri, languageId: "infra", version, text } });
  }

  /** What is published about a file, of one version where that is said. */
  async diagnostics(uri: string, version?: number): Promise<readonly lsp.Diagnostic[]> {
    const { params } = await this.message(({ method, params: given }) => {
      const about = given as lsp.PublishDiagnosticsParams;
      const isIt = method === "textDocument/publishDiagnostics" && about.uri === uri;
      return isIt && (version === undefined || about.version === version);
    });
    return (params as lsp.PublishDiagnosticsParams).diagnostics;
  }
}
