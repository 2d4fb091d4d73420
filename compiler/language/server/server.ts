import * as lsp from "vscode-languageserver/node";
import { InfraError } from "../../../stdlib/base/errors.js";
import { type Diagnostic, mostOfText } from "../../diagnostics/reporter.js";
import type { Span } from "../../diagnostics/span.js";
import { formatModule } from "../format.js";
import { codeActions } from "./code-actions.js";
import { completions } from "./completion.js";
import { definition, definitionFromTypeScript } from "./definition.js";
import { Documents } from "./documents.js";
import { hover } from "./hover.js";
import { occurrenceAt, originOf } from "./occurrences.js";
import { areParams } from "./params.js";
import { positionAt } from "./places.js";
import {
  codeActionOf,
  completionOf,
  diagnosticOf,
  meantBy,
  pathOf,
  positionOf,
  rangeOf,
  signatureHelpOf,
  symbolInformation,
  symbolOf,
  type Versions,
  workspaceEdit,
} from "./protocol.js";
import {
  referencesAt,
  referencesFromTypeScript,
  referencesToKeyWithin,
  referencesWithin,
} from "./references.js";
import { rename, renameable } from "./rename.js";
import { semanticTokens, tokenModifiers, tokenTypes } from "./semantic-tokens.js";
import { signatureHelp } from "./signature-help.js";
import { symbols, workspaceSymbols } from "./symbols.js";
import { FrameReader, FrameWriter, refusalMessage } from "./transport.js";
import { type Analysis, type Files, largestText, Workspace } from "./workspace.js";

/** What the server needs of the machine; `cli` supplies it. */
export interface ServerHost {
  readonly files: Files;
  readonly version: string;
  /**
   * Everything that `infra compile` says about a stack, found elsewhere than in this thread. Spans name files absolutely.
   * @param texts - of files that are typed in, by absolute path: these count, and not what is stored.
   * @param signal - aborted when the texts are out of date; nothing need come of it then.
   */
  compile(
    entry: string,
    texts: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<readonly Diagnostic[]>;
  /** Whether a process is there. */
  isAlive(processId: number): boolean;
  /** Aborted when this process is asked to end. */
  readonly interrupted: AbortSignal;
}

/** Changes that come together are looked at once. */
const gatherMs = 5;
/** What other open files make of a change, and a whole compile, wait until nobody types. */
const pauseMs = 300;
/** How often it is looked whether the client still is there. */
const aliveMs = 2_000;

/**
 * Speaks the Language Server Protocol until the client says `exit`, or is gone, or speaks something else.
 * @returns the exit code: 0 after `shutdown`, as the specification has it, otherwise 1.
 */
export function serve(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  host: ServerHost,
): Promise<number> {
  const writer = new FrameWriter(output, (isHeld) => reader.hold(isHeld));
  const reader = new FrameReader(input, (refusal) => writer.write(refusalMessage(refusal)));
  const log = (message: string) => void connection.sendNotification(...logMessage(message));
  const connection = lsp.createProtocolConnection(
    reader,
    writer,
    { error: log, warn: log, info: log, log },
    { connectionStrategy: { cancelUndispatched: cancelled } },
  );
  // An input that is still read would keep the process.
  return new Server(connection, host).run().finally(() => input.pause());
}

/** The answer to a request that nobody waits for any more and that was not begun. */
function cancelled(message: lsp.Message): lsp.ResponseMessage | undefined {
  if (!lsp.Message.isRequest(message)) return undefined;
  const error = { code: lsp.LSPErrorCodes.RequestCancelled, message: "The request was cancelled" };
  return { jsonrpc: "2.0", id: message.id, error };
}

function logMessage(message: string): [string, lsp.LogMessageParams] {
  return [lsp.LogMessageNotification.method, { type: lsp.MessageType.Error, message }];
}

class Server {
  readonly #connection: lsp.ProtocolConnection;
  readonly #host: ServerHost;
  readonly #workspace: Workspace;
  readonly #documents: Documents;
  readonly #changed = new Set<string>();
  #state: "new" | "ready" | "shut down" = "new";
  #client: lsp.ClientCapabilities = {};
  #compiles = true;
  #gone = () => {};
  #gather: NodeJS.Timeout | undefined;
  #pause: NodeJS.Timeout | undefined;
  #alive: NodeJS.Timeout | undefined;
  #compiling: AbortController | undefined;
  /** What each file was told last. */
  readonly #told = new Map<string, string>();

  constructor(connection: lsp.ProtocolConnection, host: ServerHost) {
    this.#connection = connection;
    this.#host = host;
    this.#workspace = new Workspace(host.files);
    this.#documents = new Documents(this.#workspace);
  }

  async run(): Promise<number> {
    const ended = new Promise<number>((resolve) => {
      this.#connection.onNotification(lsp.ExitNotification.type, () =>
        resolve(this.#state === "shut down" ? 0 : 1),
      );
      this.#connection.onClose(() => resolve(1));
      this.#host.interrupted.addEventListener("abort", () => resolve(1));
      this.#gone = () => resolve(1);
    });
    this.#connection.onRequest(lsp.InitializeRequest.type, (params) => this.#initialize(params));
    this.#connection.onNotification(lsp.InitializedNotification.type, () => this.#initialized());
    this.#answer(lsp.ShutdownRequest.type, () => {
      this.#state = "shut down";
      return null;
    });
    this.#followDocuments();
    this.#answerAboutNames();
    this.#answerAboutFiles();
    this.#connection.listen();
    const code = await ended;
    this.#state = "shut down";
    clearTimeout(this.#gather);
    clearTimeout(this.#pause);
    clearInterval(this.#alive);
    this.#compiling?.abort();
    this.#connection.dispose();
    return code;
  }

  #initialize(params: lsp.InitializeParams): lsp.InitializeResult | lsp.ResponseError<lsp.InitializeError> {
    if (this.#state !== "new")
      return new lsp.ResponseError(lsp.ErrorCodes.InvalidRequest, "The server is initialized already");
    if (!areParams(lsp.InitializeRequest.method, params)) return invalidParams("initialize");
    this.#state = "ready";
    this.#client = params.capabilities ?? {};
    const { processId } = params;
    // One that is not there from the beginning is in a namespace of its own.
    if (typeof processId === "number" && this.#host.isAlive(processId))
      this.#alive = setInterval(() => {
        if (!this.#host.isAlive(processId)) this.#gone();
      }, aliveMs).unref();
    this.#compiles = (params.initializationOptions as { compile?: unknown } | null)?.compile !== false;
    const folders = params.workspaceFolders?.map(({ uri }) => uri) ?? [params.rootUri ?? ""];
    for (const uri of folders) if (uri.startsWith("file:")) this.#workspace.folders.add(pathOf(uri));
    return { capabilities, serverInfo: { name: "infra", version: this.#host.version } };
  }

  #initialized(): void {
    if (this.#client.workspace?.didChangeWatchedFiles?.dynamicRegistration !== true) return;
    const watchers = [{ globPattern: "**/*.{infra,ts}" }];
    const registration = {
      id: "files",
      method: lsp.DidChangeWatchedFilesNotification.method,
      registerOptions: { watchers },
    };
    this.#connection
      .sendRequest(lsp.RegistrationRequest.type, { registrations: [registration] })
      .catch(() => undefined); // a client that refuses tells less, and the rest works
  }

  /** A handler of a request; refused before `initialize` and after `shutdown`. */
  #answer<P>(type: { readonly method: string }, handler: (params: P) => unknown): void {
    this.#connection.onRequest(type.method, (params: P): unknown => {
      if (this.#state === "new")
        return new lsp.ResponseError(lsp.ErrorCodes.ServerNotInitialized, "The server is not initialized");
      if (this.#state === "shut down")
        return new lsp.ResponseError(lsp.ErrorCodes.InvalidRequest, "The server is shutting down");
      if (!areParams(type.method, params)) return invalidParams(type.method);
      this.#workspace.refresh();
      try {
        return handler(params);
      } catch (error) {
        if (!(error instanceof InfraError)) throw error;
        const text = error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
        return new lsp.ResponseError(lsp.LSPErrorCodes.RequestFailed, text);
      }
    });
  }

  /** The same about a place in a file that can be read. */
  #answerAt<P extends lsp.TextDocumentPositionParams>(
    type: { readonly method: string },
    handler: (analysis: Analysis, params: P) => unknown,
  ): void {
    this.#answer(type, (params: P) => {
      const analysis = this.#analysis(params.textDocument.uri);
      return analysis === undefined ? null : handler(analysis, params);
    });
  }

  #analysis(uri: string): Analysis | undefined {
    const path = pathOf(uri);
    const isModule = path.endsWith(".infra") || this.#documents.isModule(path);
    return isModule ? this.#workspace.analysis(path) : undefined;
  }

  #followDocuments(): void {
    const follow = <P>(type: { readonly method: string }, handler: (params: P) => void) =>
      this.#connection.onNotification(type.method, (params: P) => {
        if (this.#state !== "ready") return;
        if (!areParams(type.method, params)) return this.#log(invalidParams(type.method).message);
        this.#workspace.refresh();
        handler(params);
      });
    follow(lsp.DidOpenTextDocumentNotification.type, ({ textDocument }: lsp.DidOpenTextDocumentParams) => {
      if (textDocument.text.length > largestText)
        this.#log(`${textDocument.uri} has more than ${largestText} characters and is not looked at`);
      this.#look(this.#documents.open(textDocument));
    });
    follow(lsp.DidChangeTextDocumentNotification.type, (params: lsp.DidChangeTextDocumentParams) => {
      const path = this.#documents.change(params);
      if (path !== undefined) this.#look(path);
    });
    follow(lsp.DidCloseTextDocumentNotification.type, ({ textDocument }: lsp.DidCloseTextDocumentParams) => {
      const path = this.#documents.close(textDocument.uri);
      for (const file of new Set([path, ...this.#documents.forget()])) this.#publish(file);
    });
    follow(lsp.DidSaveTextDocumentNotification.type, () => this.#lookAtAll());
    follow(lsp.DidChangeWatchedFilesNotification.type, () => this.#lookAtAll());
    follow(
      lsp.DidChangeWorkspaceFoldersNotification.type,
      ({ event }: lsp.DidChangeWorkspaceFoldersParams) => {
        for (const { uri } of event.removed) this.#workspace.folders.delete(pathOf(uri));
        for (const { uri } of event.added)
          if (uri.startsWith("file:")) this.#workspace.folders.add(pathOf(uri));
        this.#lookAtAll();
      },
    );
  }

  /** Says at once what is wrong with a file, and after a pause what others and the compile make of it. */
  #look(path: string): void {
    this.#changed.add(path);
    clearTimeout(this.#gather);
    this.#gather = this.#later(gatherMs, () => {
      const files = [...this.#changed];
      this.#changed.clear();
      for (const file of files) this.#publish(file);
    });
    this.#lookAtAll();
  }

  /** A compile that runs is one of texts that were: it ends now. */
  #lookAtAll(): void {
    this.#compiling?.abort();
    clearTimeout(this.#pause);
    this.#pause = this.#later(pauseMs, () => {
      this.#workspace.refresh();
      for (const path of this.#documents.modules) this.#publish(path);
      if (this.#compiles) void this.#compileStacks();
    });
  }

  /** A mistake of ours in one file is told where its user looks, and editing goes on. */
  #later(ms: number, work: () => void): NodeJS.Timeout {
    return setTimeout(() => {
      try {
        work();
      } catch (error) {
        this.#log(`A bug in infra: ${wordsOf(error)}`);
      }
    }, ms);
  }

  #log(message: string): void {
    void this.#connection.sendNotification(...logMessage(message));
  }

  /** Nothing is said twice. */
  #publish(path: string): void {
    const version = this.#documents.version(path);
    const found = this.#documents.diagnostics(path).slice(0, mostOfText);
    const params: lsp.PublishDiagnosticsParams = {
      uri: this.#documents.uri(path),
      ...(version === undefined ? {} : { version }),
      diagnostics: found.map((one) => diagnosticOf(one, this.#documents.uri)),
    };
    const text = JSON.stringify(params);
    if (this.#told.get(path) === text) return;
    if (version === undefined) this.#told.delete(path);
    else this.#told.set(path, text);
    void this.#connection.sendNotification(lsp.PublishDiagnosticsNotification.type, params);
  }

  async #compileStacks(): Promise<void> {
    this.#compiling?.abort();
    const own = new AbortController();
    this.#compiling = own;
    const texts = new Map(
      this.#documents.modules.map((path) => [path, this.#workspace.text(path) ?? ""] as const),
    );
    for (const entry of this.#documents.stacks()) {
      try {
        const found = await this.#host.compile(entry, texts, own.signal);
        if (own.signal.aborted) return;
        for (const path of this.#documents.compiled(entry, found)) this.#publish(path);
      } catch (error) {
        if (own.signal.aborted) return;
        this.#log(`Compiling ${entry} failed: ${wordsOf(error)}`);
      }
    }
  }

  #answerAboutNames(): void {
    const { uri } = this.#documents;
    const location = (span: Span) => ({ uri: uri(span.file), range: rangeOf(span) });
    this.#answerAt(lsp.HoverRequest.type, (analysis, { position }) => {
      const found = hover(this.#workspace, analysis, positionOf(position));
      if (found === undefined) return null;
      return {
        contents: { kind: lsp.MarkupKind.Markdown, value: found.markdown },
        range: rangeOf(found.span),
      };
    });
    this.#answerAt(lsp.CompletionRequest.type, (analysis, { position }) => {
      const snippets = this.#client.textDocument?.completion?.completionItem?.snippetSupport === true;
      const found = completions(this.#workspace, analysis, positionOf(position));
      return { isIncomplete: false, items: found.map((one) => completionOf(one, snippets)) };
    });
    this.#answerAt(lsp.SignatureHelpRequest.type, (analysis, { position }) => {
      const found = signatureHelp(this.#workspace, analysis, positionOf(position));
      return found === undefined ? null : signatureHelpOf(found);
    });
    this.#answerAt(lsp.DocumentHighlightRequest.type, (analysis, { position }) => {
      const occurrence = occurrenceAt(analysis, positionOf(position));
      const origin = occurrence && originOf(this.#workspace, analysis, occurrence.target);
      const found =
        origin === undefined
          ? referencesToKeyWithin(this.#workspace, analysis, positionOf(position))
          : referencesWithin(this.#workspace, analysis, origin);
      return found.map(({ isDefinition, span }) => ({
        range: rangeOf(span),
        kind: isDefinition ? lsp.DocumentHighlightKind.Write : lsp.DocumentHighlightKind.Read,
      }));
    });
    this.#answer(lsp.DefinitionRequest.type, ({ position, textDocument }: lsp.TextDocumentPositionParams) => {
      const analysis = this.#analysis(textDocument.uri);
      const at = positionOf(position);
      const found =
        analysis === undefined
          ? definitionFromTypeScript(this.#workspace, pathOf(textDocument.uri), at)
          : definition(this.#workspace, analysis, at);
      return found === undefined ? null : location(found);
    });
    this.#answer(lsp.ReferencesRequest.type, ({ context, position, textDocument }: lsp.ReferenceParams) => {
      const analysis = this.#analysis(textDocument.uri);
      const at = positionOf(position);
      const found =
        analysis === undefined
          ? referencesFromTypeScript(this.#workspace, pathOf(textDocument.uri), at)
          : referencesAt(this.#workspace, analysis, at);
      return found
        .filter(({ isDefinition }) => context.includeDeclaration || !isDefinition)
        .map(({ span }) => location(span));
    });
    this.#answerAt(lsp.PrepareRenameRequest.type, (analysis, { position }) => {
      const found = renameable(this.#workspace, analysis, positionOf(position));
      return found === undefined ? null : rangeOf(found.span);
    });
    this.#answerAt(lsp.RenameRequest.type, (analysis, { newName, position }: lsp.RenameParams) =>
      workspaceEdit(rename(this.#workspace, analysis, positionOf(position), newName), this.#versions()),
    );
  }

  #versions(): Versions {
    return {
      uri: this.#documents.uri,
      version: (path) => this.#documents.version(path),
      areTaken: this.#client.workspace?.workspaceEdit?.documentChanges === true,
    };
  }

  #answerAboutFiles(): void {
    const { uri } = this.#documents;
    type OfFile = { readonly textDocument: lsp.TextDocumentIdentifier };
    const answer = <P extends OfFile>(
      type: { readonly method: string },
      handler: (analysis: Analysis, params: P) => unknown,
    ) =>
      this.#answer(type, (params: P) => {
        const analysis = this.#analysis(params.textDocument.uri);
        return analysis === undefined ? null : handler(analysis, params);
      });
    answer(lsp.DocumentSymbolRequest.type, (analysis) => symbols(analysis).map(symbolOf));
    answer(lsp.SemanticTokensRequest.type, (analysis) => ({
      data: semanticTokens(this.#workspace, analysis),
    }));
    answer(lsp.DocumentFormattingRequest.type, ({ path, text }) => {
      const formatted = formatModule(path, text);
      if (formatted === undefined || formatted === text) return [];
      const span = { file: path, start: { line: 1, column: 1 }, end: positionAt(text, text.length) };
      return [{ range: rangeOf(span), newText: formatted }];
    });
    answer(lsp.CodeActionRequest.type, (analysis, { context, range }: lsp.CodeActionParams) => {
      const isWanted = (kind: string) =>
        kind === "" ||
        lsp.CodeActionKind.QuickFix === kind ||
        lsp.CodeActionKind.QuickFix.startsWith(`${kind}.`);
      if (context.only !== undefined && !context.only.some(isWanted)) return [];
      const here = meantBy(this.#documents.diagnostics(analysis.path), range, context.diagnostics);
      return codeActions(this.#workspace, analysis, here).map((one) => codeActionOf(one, this.#versions()));
    });
    this.#answer(lsp.WorkspaceSymbolRequest.type, ({ query }: lsp.WorkspaceSymbolParams) =>
      workspaceSymbols(this.#workspace, query).map((one) => symbolInformation(one, uri)),
    );
  }
}

function invalidParams(method: string): lsp.ResponseError<lsp.InitializeError> {
  const text = `The params of ${method} are not those that the protocol has`;
  return new lsp.ResponseError(lsp.ErrorCodes.InvalidParams, text);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const capabilities: lsp.ServerCapabilities = {
  positionEncoding: lsp.PositionEncodingKind.UTF16,
  textDocumentSync: { openClose: true, change: lsp.TextDocumentSyncKind.Incremental, save: true },
  completionProvider: { triggerCharacters: [".", '"', "/", "{", "=", ":"] },
  signatureHelpProvider: { triggerCharacters: ["(", ","] },
  hoverProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  documentFormattingProvider: true,
  documentSymbolProvider: true,
  workspaceSymbolProvider: true,
  codeActionProvider: { codeActionKinds: [lsp.CodeActionKind.QuickFix] },
  semanticTokensProvider: {
    legend: { tokenTypes: [...tokenTypes], tokenModifiers: [...tokenModifiers] },
    full: true,
  },
  workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
};
