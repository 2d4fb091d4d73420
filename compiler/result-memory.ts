import { join } from "node:path";
import { stableStringify } from "../stdlib/base/json.js";
import type { Diagnostic } from "./diagnostics/reporter.js";
import { sha256 } from "./digest.js";
import type { ObjectPlace } from "./emit/bundle.js";
import type { Host } from "./host.js";
import { KeptText } from "./kept-text.js";
import type { Built } from "./lower/built.js";
import type { KeptObject } from "./lower/lower.js";
import { isUnchanged, matchingFiles, type Sources, searchDigest } from "./sources.js";

/** What came out of a finished compile. */
interface Result {
  readonly diagnostics: readonly Diagnostic[];
  readonly files: ReadonlyMap<string, string>;
  /** Variables of the environment that the stack declares. */
  readonly variables: readonly string[];
}

/** A resource with its key and its objects, as they stand in the files of the result. */
export interface SettledResource {
  readonly key: string;
  readonly objects: readonly (ObjectPlace & Pick<Built, "exact" | "object">)[];
}

/** With all that it came from: what must be unchanged. Its texts are one file beside it. */
interface Kept {
  /** Declared variables to a digest of their values; `""` for one that is not set. */
  readonly environment: { readonly [name: string]: string };
  readonly reads: { readonly [path: string]: string };
  readonly searches: { readonly [folder: string]: string };
  /** Patterns of file names, to what they matched. */
  readonly globs: { readonly [pattern: string]: readonly string[] };
  readonly diagnostics: readonly Diagnostic[];
  /** Digest of the texts: the files one after the other, then the resources as JSON. */
  readonly texts: string;
  /** Lengths of the files, in UTF-16 code units and the order of the texts. */
  readonly files: { readonly [path: string]: number };
}

const resultsFolder = "results";
const textsFolder = "texts";
/** A stack is compiled with few different options. */
const keptResults = 8;

/**
 * Results of finished compiles of one stack, each in a file named after its options and this build of infra. A file that
 * is not whole counts as none.
 */
export class ResultMemory {
  readonly #host: Host;
  readonly #folder: string;
  readonly #file: KeptText;
  #kept: Kept | undefined;
  #objects: ReadonlyMap<string, readonly KeptObject[]> = new Map();
  #files: ReadonlyMap<string, string> = new Map();

  /** @param options - everything beside files and variables that a result depends on. */
  constructor(host: Host, folder: string, options: object) {
    this.#host = host;
    this.#folder = folder;
    const name = sha256(stableStringify({ ...options, build: buildOf(host) }));
    this.#file = new KeptText(host, join(host.cacheFolder, resultsFolder, name));
  }

  /** The result, when everything that went into it is as it was. */
  recall(): Result | undefined {
    const text = this.#file.read();
    if (text === undefined) return undefined;
    const kept = JSON.parse(text) as Kept;
    this.#kept = kept;
    const { environment, globs, reads, searches } = kept;
    const [host, folder] = [this.#host, this.#folder];
    const holds =
      Object.entries(environment).every(([name, digest]) => variableDigest(host, name) === digest) &&
      Object.entries(searches).every(([path, digest]) => searchDigest(host, path) === digest) &&
      Object.entries(reads).every(([path, digest]) => isUnchanged(host, folder, path, digest)) &&
      Object.entries(globs).every(
        ([pattern, files]) => matchingFiles(host, folder, pattern).join("\n") === files.join("\n"),
      );
    const texts = holds ? this.#textsOf(kept) : undefined;
    if (texts === undefined) return undefined;
    return {
      diagnostics: kept.diagnostics,
      files: texts.files,
      variables: Object.keys(environment),
    };
  }

  /** Of the last result, by the keys of their resources, whatever has changed since; none before they are loaded. */
  get objects(): ReadonlyMap<string, readonly KeptObject[]> {
    return this.#objects;
  }

  /** Of the last result, likewise. */
  get files(): ReadonlyMap<string, string> {
    return this.#files;
  }

  load(): void {
    const texts = this.#kept === undefined ? undefined : this.#textsOf(this.#kept);
    if (texts === undefined) return;
    this.#files = texts.files;
    const provenance = texts.files.get("provenance.json") ?? "";
    const objectOf = (one: SettledResource["objects"][number]): KeptObject => {
      const { digest, exact, object, path } = one;
      const [at, length] = one.places;
      const manifest = texts.files.get(path) ?? "";
      const written = { manifest, digest, places: provenance.slice(at, at + length) };
      return { object, written, ...(exact === undefined ? {} : { exact }) };
    };
    const resources = JSON.parse(texts.resources) as readonly SettledResource[];
    this.#objects = new Map(resources.map(({ key, objects }) => [key, objects.map(objectOf)]));
  }

  /**
   * @param resources - of which the same would come again.
   * @returns false when a file changed while it was compiled: then nobody knows what the result came from.
   */
  keep(
    { globs, reads, searches }: Sources,
    { diagnostics, files, variables }: Result,
    resources: readonly SettledResource[],
  ): boolean {
    const paths = [...reads.keys()].map((path) => join(this.#folder, path));
    if (!this.#host.isSettled([...paths, ...searches.keys()])) return false;
    const texts = Buffer.from([...files.values(), JSON.stringify(resources)].join(""));
    const digest = sha256(texts);
    const kept: Kept = {
      environment: Object.fromEntries(variables.map((name) => [name, variableDigest(this.#host, name)])),
      reads: Object.fromEntries(reads),
      searches: Object.fromEntries(searches),
      globs: Object.fromEntries(globs),
      diagnostics,
      texts: digest,
      files: Object.fromEntries([...files].map(([path, text]) => [path, text.length])),
    };
    const { cacheFolder } = this.#host;
    this.#host.write(join(cacheFolder, textsFolder, digest), texts);
    this.#file.write(JSON.stringify(kept));
    for (const folder of [resultsFolder, textsFolder])
      this.#host.keepNewest(join(cacheFolder, folder), keptResults);
    return true;
  }

  /** Files by path, and JSON of the resources; undefined when they are not whole. */
  #textsOf(
    kept: Kept,
  ): { readonly files: ReadonlyMap<string, string>; readonly resources: string } | undefined {
    const content = this.#host.read(join(this.#host.cacheFolder, textsFolder, kept.texts));
    if (content === undefined || sha256(content) !== kept.texts) return undefined;
    const texts = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("utf8");
    let at = 0;
    const files = new Map<string, string>();
    for (const [path, length] of Object.entries(kept.files)) {
      files.set(path, texts.slice(at, at + length));
      at += length;
    }
    return { files, resources: texts.slice(at) };
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
