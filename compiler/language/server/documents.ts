import type { DidChangeTextDocumentParams, TextDocumentItem } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Diagnostic } from "../../diagnostics/reporter.js";
import { merged, movedBy, onlyIn } from "./diagnostics.js";
import { pathOf, uriOf } from "./protocol.js";
import { inspect, stackOf, type Workspace } from "./workspace.js";

/** What is open in the editor, and what is known to be wrong with it. */
export class Documents {
  readonly #workspace: Workspace;
  readonly #open = new Map<string, TextDocument>();
  /** By the stack's entry, then by file: what the last compile alone found. */
  readonly #compiled = new Map<string, Map<string, readonly Diagnostic[]>>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  open({ languageId, text, uri, version }: TextDocumentItem): string {
    const path = pathOf(uri);
    this.#open.set(path, TextDocument.create(uri, languageId, version, text));
    this.#workspace.set(path, text);
    return path;
  }

  /** @returns undefined when no such document is open. */
  change({ contentChanges, textDocument }: DidChangeTextDocumentParams): string | undefined {
    const path = pathOf(textDocument.uri);
    const document = this.#open.get(path);
    if (document === undefined) return undefined;
    for (const change of contentChanges) {
      const lines =
        "range" in change ? [change.range.start.line + 1, change.range.end.line + 1] : [0, Infinity];
      const [firstLine = 0, lastLine = 0] = lines.sort((a, b) => a - b);
      const edit = { firstLine, lastLine, added: change.text.split(/\r\n|\n|\r/).length - 1 };
      for (const files of this.#compiled.values()) files.set(path, movedBy(files.get(path) ?? [], edit));
      TextDocument.update(document, [change], textDocument.version);
    }
    this.#workspace.set(path, document.getText());
    return path;
  }

  /** @returns the path of the file. */
  close(uri: string): string {
    const path = pathOf(uri);
    this.#open.delete(path);
    this.#workspace.set(path, undefined);
    return path;
  }

  /** Paths of open `.infra` files. */
  get modules(): readonly string[] {
    return [...this.#open.keys()].filter((path) => this.isModule(path));
  }

  /** Whether it is an open `.infra` file. */
  isModule(path: string): boolean {
    const document = this.#open.get(path);
    return document !== undefined && (path.endsWith(".infra") || document.languageId === "infra");
  }

  version(path: string): number | undefined {
    return this.#open.get(path)?.version;
  }

  /** As the editor calls a file. */
  readonly uri = (path: string): string => this.#open.get(path)?.uri ?? uriOf(path);

  /** Entries of the stacks that open files belong to. What is no file belongs to none. */
  stacks(): readonly string[] {
    const files = this.modules.filter((path) => path.startsWith("/"));
    return [...new Set(files.map((path) => stackOf(this.#workspace, path)))];
  }

  /**
   * A compile has ended. Spans of its findings name files absolutely.
   * @returns the files whose findings may be others now.
   */
  compiled(entry: string, found: readonly Diagnostic[]): readonly string[] {
    const before = this.#compiled.get(entry) ?? new Map();
    const after = new Map<string, Diagnostic[]>();
    for (const diagnostic of found) {
      const file = diagnostic.span?.file ?? entry;
      // What types say about TypeScript, its own server says.
      if (diagnostic.code === "type-error" && !file.endsWith(".infra")) continue;
      after.set(file, [...(after.get(file) ?? []), diagnostic]);
    }
    const kept = [...after].map(([file, all]) => [file, onlyIn(all, this.#immediate(file))] as const);
    this.#compiled.set(entry, new Map(kept));
    return [...new Set([...before.keys(), ...after.keys()])];
  }

  /** Forgets stacks that nothing is open of. @returns the files that had findings. */
  forget(): readonly string[] {
    const stacks = this.stacks();
    const gone = [...this.#compiled].filter(([entry]) => !stacks.includes(entry));
    for (const [entry] of gone) this.#compiled.delete(entry);
    return gone.flatMap(([, files]) => [...files.keys()]);
  }

  /** Everything that is known to be wrong with a file. */
  diagnostics(path: string): readonly Diagnostic[] {
    const compiled = [...this.#compiled.values()].flatMap((files) => files.get(path) ?? []);
    return merged(this.#immediate(path), compiled);
  }

  #immediate(path: string): readonly Diagnostic[] {
    const analysis = this.isModule(path) ? this.#workspace.analysis(path) : undefined;
    return analysis === undefined ? [] : inspect(this.#workspace, analysis).diagnostics;
  }
}
