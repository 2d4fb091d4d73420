/** What params of each message must have; nobody promises that a client keeps to the protocol. */

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const number: Check = (value) => typeof value === "number";
const anything: Check = () => true;
const list =
  (item: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(item);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || value === null || check(value);
const object =
  (fields: { readonly [name: string]: Check }): Check =>
  (value) =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(fields).every(([name, check]) => check((value as Record<string, unknown>)[name]));

const position = object({ line: number, character: number });
const range = object({ start: position, end: position });
const textDocument = object({ uri: text });
const ofFile = { textDocument };
const atPlace = { textDocument, position };
const folder = object({ uri: text });

const shapes: { readonly [method: string]: Check } = {
  "$/cancelRequest": object({ id: (value) => text(value) || number(value) }),
  initialize: object({
    capabilities: optional(object({})),
    processId: optional(number),
    rootUri: optional(text),
    workspaceFolders: optional(list(folder)),
  }),
  "textDocument/didOpen": object({
    textDocument: object({ uri: text, languageId: text, version: number, text }),
  }),
  "textDocument/didChange": object({
    textDocument: object({ uri: text, version: optional(number) }),
    contentChanges: list(object({ text, range: optional(range) })),
  }),
  "textDocument/didClose": object(ofFile),
  "textDocument/didSave": object(ofFile),
  "workspace/didChangeWatchedFiles": object({ changes: list(object({ uri: text })) }),
  "workspace/didChangeWorkspaceFolders": object({
    event: object({ added: list(folder), removed: list(folder) }),
  }),
  "textDocument/hover": object(atPlace),
  "textDocument/completion": object(atPlace),
  "textDocument/signatureHelp": object(atPlace),
  "textDocument/definition": object(atPlace),
  "textDocument/references": object({ ...atPlace, context: object({}) }),
  "textDocument/documentHighlight": object(atPlace),
  "textDocument/prepareRename": object(atPlace),
  "textDocument/rename": object({ ...atPlace, newName: text }),
  "textDocument/formatting": object(ofFile),
  "textDocument/codeAction": object({
    textDocument,
    range,
    context: object({ diagnostics: optional(list(object({ range }))), only: optional(list(text)) }),
  }),
  "textDocument/documentSymbol": object(ofFile),
  "textDocument/semanticTokens/full": object(ofFile),
  "workspace/symbol": object({ query: text }),
};

/** Whether params are what a message of that method must have. */
export function areParams(method: string, params: unknown): boolean {
  return (shapes[method] ?? anything)(params);
}
