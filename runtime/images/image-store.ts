import type { BuildGraph, SourcePlace } from "../../stdlib/schema/bundle.js";

/** Images of one instance: content by digest, references, unpacked layers, builds. */
export interface ImageStore {
  /** Looks a reference up (`guestbook/web:b-…`, `name:tag`, `name@sha256:…`); never the network. */
  resolve(reference: string): Promise<StoredImage | undefined>;
  list(): Promise<
    readonly { readonly reference: string; readonly digest: string; readonly sizeBytes: number }[]
  >;
  /** Unpacked layer folders of an image, topmost first; unpacks what is missing. Safe to call concurrently. */
  layers(image: StoredImage): Promise<readonly string[]>;
  /**
   * Builds every image of the graph whose key has no digest yet, independent ones in parallel.
   * @throws {BuildFailed} with the failing step, its output and its place; nothing of it is stored.
   */
  build(
    graph: BuildGraph,
    sourceRoot: string,
    report: (event: BuildEvent) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

export interface StoredImage {
  readonly reference: string;
  /** Digest of the manifest: `sha256:…`. */
  readonly digest: string;
  /** Digest of the config; the image ID. */
  readonly id: string;
  readonly sizeBytes: number;
  readonly config: {
    readonly env: readonly string[];
    readonly workdir: string;
    readonly user: string;
    readonly entrypoint: readonly string[];
    readonly cmd: readonly string[];
    readonly stopSignal: string | undefined;
  };
}

export type BuildEvent =
  | { readonly type: "start"; readonly image: string; readonly steps: number }
  | { readonly type: "step"; readonly image: string; readonly title: string; readonly cached: boolean }
  | {
      readonly type: "output";
      readonly image: string;
      readonly stream: "stdout" | "stderr";
      readonly text: string;
    }
  | {
      readonly type: "done";
      readonly image: string;
      readonly digest: string;
      readonly ran: number;
      readonly cached: number;
      readonly milliseconds: number;
      readonly place?: SourcePlace;
    };
