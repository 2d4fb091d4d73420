import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { isComposeText } from "../compiler/import/compose-tree.js";
import type { ImportSource } from "../compiler/import/select-objects.js";
import type { SourceReader } from "../compiler/import/source-reader.js";
import { isInside } from "../compiler/inside.js";
import { UsageError } from "../stdlib/base/errors.js";
import type { CliContext } from "./context.js";
import { readSources } from "./manifest-sources.js";

/** What is to be imported, by what the files are. */
export type ImportRequest =
  | { readonly kind: "kubernetes"; readonly sources: readonly ImportSource[] }
  /** @property folder - absolute; paths in the file start there. */
  | { readonly kind: "compose"; readonly sources: readonly ImportSource[]; readonly folder: string }
  | { readonly kind: "dockerfile"; readonly source: ImportSource; readonly folder: string };

/** Names by which Compose finds its file, the first wins. */
const composeNames = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];
const dockerfileName = /^(Dockerfile|Containerfile)(\..+)?$|\.(Dockerfile|Containerfile)$/i;

/**
 * What the operands are: a Dockerfile by its name, a Compose file by its text; of a folder the Compose file or
 * Dockerfile in it, otherwise all YAML and JSON below it.
 */
export async function readRequest(context: CliContext, operands: readonly string[]): Promise<ImportRequest> {
  const named = operands.map((operand) => (operand === "-" ? operand : describedIn(context.cwd, operand)));
  const [first = ""] = named;
  if (named.some((path) => dockerfileName.test(basename(path)))) {
    if (named.length > 1) throw oneKind(operands);
    const [source] = await readSources(context, named);
    if (source === undefined) throw new Error(`${first} was read and is not there`);
    return { kind: "dockerfile", source, folder: dirname(resolve(context.cwd, first)) };
  }
  const sources = await readSources(context, named);
  if (!sources.some(({ text }) => isComposeText(text))) return { kind: "kubernetes", sources };
  if (!sources.every(({ text }) => isComposeText(text))) throw oneKind(operands);
  const folder = first === "-" ? context.cwd : dirname(resolve(context.cwd, first));
  return { kind: "compose", sources, folder };
}

function oneKind(operands: readonly string[]): UsageError {
  return new UsageError(`${operands.join(", ")} are of several kinds`, {
    hint: "Import one Dockerfile, the files of one Compose project, or Kubernetes objects",
  });
}

/** The file that describes what is in a folder; otherwise the operand as it is. */
function describedIn(cwd: string, operand: string): string {
  const path = resolve(cwd, operand);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return operand;
  const isThere = (name: string) => statSync(join(path, name), { throwIfNoEntry: false })?.isFile() === true;
  const found = [...composeNames, "Dockerfile", "Containerfile"].find(isThere);
  return found === undefined ? operand : join(operand, found);
}

/** Longest file that is read: no ConfigMap holds more. */
const mostBytes = 1024 * 1024;

/** Files beside what is imported. @param stack - folder the stack is written to; both are absolute. */
export function folderReader(cwd: string, folder: string, stack: string): SourceReader {
  const at = (path: string) => join(folder, path);
  return {
    text(path) {
      const found = statSync(at(path), { throwIfNoEntry: false });
      if (found === undefined || !found.isFile() || found.size > mostBytes) return undefined;
      try {
        return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(at(path)));
      } catch (error) {
        if (error instanceof TypeError) return undefined; // no UTF-8
        throw error;
      }
    },
    kind(path) {
      const found = statSync(at(path), { throwIfNoEntry: false });
      return found?.isDirectory() ? "folder" : found?.isFile() ? "file" : undefined;
    },
    list(path) {
      const found = statSync(at(path), { throwIfNoEntry: false });
      return found?.isDirectory() ? readdirSync(at(path)).sort() : [];
    },
    stackPath(path) {
      if (!isInside(stack, at(path))) return undefined;
      return `./${relative(stack, at(path)).split("\\").join("/")}`;
    },
    wayIn(path) {
      let holder = folder;
      while (!isInside(holder, at(path))) holder = dirname(holder);
      const shown = relative(cwd, holder);
      return shown === ""
        ? "Leave -o out, so that the stack is written here, beside the files"
        : `Write the stack where the files are: -o ${shown}`;
    },
    name: (path) => relative(cwd, at(path)) || path,
  };
}
