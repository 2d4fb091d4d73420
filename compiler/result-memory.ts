import { join } from "node:path";
import { stableStringify } from "../stdlib/base/json.js";
import type { Diagnostic } from "./diagnostics/reporter.js";
import type { Host } from "./host.js";
import { KeptText } from "./kept-text.js";
import { isUnchanged, matchingFiles, type Sources, searchDigest, sha256 } from "./sources.js";

/** What came out of a finished compile. */
interface Result {
  readonly diagnostics: readonly Diagnostic[];
  readonly files: ReadonlyMap<string, string>;
  /** Variables of the environment that the stack declares. */
  readonly variables: readonly string[];
}

/** With all that it came from: what must be unchanged. */
interface Kept {
  /** Declared variables to a digest of their values; `""` for one that is not set. */
  readonly environment: { readonly [name: string]: string };
  readonly reads: { readonly [path: string]: string };
  readonly searches: { readonly [folder: string]: string };
  /** Patterns of file names, to what they matched. */
  readonly globs: { readonly [pattern: string]: readonly string[] };
  readonly diagnostics: readonly Diagnostic[];
  readonly files: { readonly [path: string]: string };
}

const resultsFolder = "results";
/** A stack is compiled with few different options. */
const keptResults = 8;

/**
 * Results of finished compiles of one stack, each in a file named after its options and this build of infra. A file that
 * is not whole counts as none.
 */
export class ResultMemory {
  readonly #host: Host;
  readonly #folder: string;
  readonly #text: KeptText;

  /** @param options - everything beside files and variables that a result depends on. */
  constructor(host: Host, folder: string, options: object) {
    this.#host = host;
    this.#folder = folder;
    const name = sha256(stableStringify({ ...options, build: buildOf(host) }));
    this.#text = new KeptText(host, join(host.cacheFolder, resultsFolder, name));
  }

  /** The result, when everything that went into it is as it was. */
  recall(): Result | undefined {
    const text = this.#text.read();
    if (text === undefined) return undefined;
    const kept = JSON.parse(text) as Kept;
    const { environment, globs, reads, searches } = kept;
    const [host, folder] = [this.#host, this.#folder];
    const holds =
      Object.entries(environment).every(([name, digest]) => variableDigest(host, name) === digest) &&
      Object.entries(searches).every(([path, digest]) => searchDigest(host, path) === digest) &&
      Object.entries(reads).every(([path, digest]) => isUnchanged(host, folder, path, digest)) &&
      Object.entries(globs).every(
        ([pattern, files]) => matchingFiles(host, folder, pattern).join("\n") === files.join("\n"),
      );
    if (!holds) return undefined;
    return {
      diagnostics: kept.diagnostics,
      files: new Map(Object.entries(kept.files)),
      variables: Object.keys(environment),
    };
  }

  /** @returns false when a file changed while it was compiled: then nobody knows what the result came from. */
  keep({ globs, reads, searches }: Sources, { diagnostics, files, variables }: Result): boolean {
    const paths = [...reads.keys()].map((path) => join(this.#folder, path));
    if (!this.#host.isSettled([...paths, ...searches.keys()])) return false;
    const kept: Kept = {
      environment: Object.fromEntries(variables.map((name) => [name, variableDigest(this.#host, name)])),
      reads: Object.fromEntries(reads),
      searches: Object.fromEntries(searches),
      globs: Object.fromEntries(globs),
      diagnostics,
      files: Object.fromEntries(files),
    };
    this.#text.write(JSON.stringify(kept));
    this.#host.keepNewest(join(this.#host.cacheFolder, resultsFolder), keptResults);
    return true;
  }
}

/** Another build of infra may make something else of the same source. */
export function buildOf(host: Host): string {
  const id = host.read(join(host.packageRoot, "dist", "build-id"));
  return id === undefined ? "" : Buffer.from(id).toString("utf8");
}

function variableDigest(host: Host, name: string): string {
  const value = host.environment(name);
  return value === undefined ? "" : sha256(value);
}
