import { InfraError } from "../../stdlib/base/errors.js";
import type { SourcePlace } from "../../stdlib/schema/bundle.js";

/** A step of an image cannot be done, or its program failed. Nothing of the step is stored. */
export class BuildFailed extends InfraError {
  readonly code = "build-failed";
  readonly image: string;
  /** As in progress events: `run pip install -r requirements.txt`. */
  readonly step: string;
  /** 0..255, 128+signal; undefined when no program ran to its end. */
  readonly exitCode: number | undefined;
  /** Last lines of the program's output, oldest first. */
  readonly output: readonly string[];
  readonly place: SourcePlace | undefined;

  constructor(
    at: { readonly image: string; readonly step: string; readonly place: SourcePlace | undefined },
    reason: string,
    options: {
      readonly cause?: unknown;
      readonly hint?: string;
      readonly exitCode?: number;
      readonly output?: readonly string[];
    } = {},
  ) {
    const { output = [] } = options;
    const last =
      output.length === 0
        ? ""
        : `\n  last lines:  ${output.join(`\n${" ".repeat("  last lines:  ".length)}`)}`;
    super(`Cannot build image/${at.image}: ${at.step} ${reason}${placeText(at.place)}${last}`, options);
    this.image = at.image;
    this.step = at.step;
    this.place = at.place;
    this.exitCode = options.exitCode;
    this.output = output;
  }
}

/** A file to copy is not what it was when the bundle was compiled. */
export class SourceChanged extends InfraError {
  readonly code = "source-changed";

  constructor(path: string, what: string, place: SourcePlace | undefined, cause?: unknown) {
    super(`"${path}" ${what} since it was compiled${placeText(place)}`, {
      cause,
      hint: "Run infra compile again, or infra up, which does",
    });
  }
}

/** The archive no longer has a locked package. */
export class PackageGone extends InfraError {
  readonly code = "package-gone";

  constructor(gone: { readonly name: string; readonly version: string }, archives: readonly string[]) {
    super(`The archive dropped ${gone.name} ${gone.version}: not found on ${archives.join(", ")}`, {
      hint: "Run infra lock to take the version that the archive has now",
    });
  }
}

/** Packages could not be downloaded; the archive may still have them. */
export class PackagesUnavailable extends InfraError {
  readonly code = "packages-unavailable";
}

function placeText(place: SourcePlace | undefined): string {
  return place === undefined ? "" : ` (${place.file}:${place.line})`;
}
