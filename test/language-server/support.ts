import { codeActions } from "../../compiler/language/server/code-actions.js";
import { applyEdits, type Edit } from "../../compiler/language/server/edits.js";
import { positionAt } from "../../compiler/language/server/places.js";
import { type Files, inspect, Workspace } from "../../compiler/language/server/workspace.js";

/** A workspace of files that lie nowhere; `main.infra` is open. */
export function workspaceOf(files: { readonly [path: string]: string }): Workspace {
  const all = new Map(Object.entries(files).map(([path, text]) => [`/stack/${path}`, text]));
  const stored: Files = {
    read: (path) => all.get(path),
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
  const workspace = new Workspace(stored);
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
