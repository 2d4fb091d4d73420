import { InfraError } from "../../stdlib/base/errors.js";
import type { BuildGraph, BuildStep, ImageBase, ImageBuild } from "../../stdlib/schema/bundle.js";

/** A build graph that no compiler made: it would lead to files or programs other than it says. */
export class BuildGraphInvalid extends InfraError {
  readonly code = "build-graph-invalid";
}

const referencePattern =
  /^[a-z0-9][a-z0-9._-]*(:\d+)?(\/[a-z0-9][a-z0-9._-]*)*:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const accountPattern = /^[a-z_][a-z0-9_-]{0,31}$/;
const variablePattern = /^[^=\0]+$/;
const sha256Pattern = /^[0-9a-f]{64}$/;
const archivePathPattern = /^(?!\/)(?!(.*\/)?\.\.?(\/|$))[\x21-\x7e]+$/;
/** 2³²-1 means "unchanged" to chown(2). */
const maxUid = 2 ** 32 - 2;

/**
 * Checks what becomes a file name, an address, an account or an argument. The graph's shape is taken from its format
 * version; that a base comes before what builds on it is found while building.
 *
 * @throws {BuildGraphInvalid}
 */
export function checkGraph(graph: BuildGraph): void {
  const names = new Set<string>();
  for (const image of graph.images) {
    const check = (holds: boolean, what: string) => {
      if (!holds)
        throw new BuildGraphInvalid(`Cannot build image/${image.name}: ${what}`, {
          hint: "Compile again, with the version of infra that the daemon has",
        });
    };
    check(!names.has(image.name), "the graph has two of this name");
    names.add(image.name);
    checkImage(image, check);
  }
}

type Check = (holds: boolean, what: string) => void;

function checkImage({ reference, from, steps, config }: ImageBuild, check: Check): void {
  check(reference.length <= 255 && referencePattern.test(reference), `"${reference}" is no image reference`);
  checkBase(from, check);
  for (const step of steps) checkStep(step, check);
  for (const [name, value] of Object.entries(config.env))
    check(variablePattern.test(name) && !value.includes("\0"), `"${name}" is no environment variable`);
  const { workdir = "/" } = config;
  check(isPlainPath(workdir), `workdir "${workdir}" is not an absolute path`);
}

function checkBase(from: ImageBase, check: Check): void {
  check(["scratch", "image", "debian"].includes(from.kind), `no base is "${from.kind}"`);
  if (from.kind !== "debian") return;
  for (const { name, path, sha256, size } of from.packages) {
    check(sha256Pattern.test(sha256), `package "${name}" has no SHA-256`);
    check(archivePathPattern.test(path), `package "${name}" has a path outside of its archive`);
    check(Number.isSafeInteger(size) && size > 0, `package "${name}" has no size`);
  }
  for (const [name, uid] of Object.entries(from.users)) {
    check(accountPattern.test(name), `"${name}" is no account name`);
    check(Number.isInteger(uid) && uid >= 0 && uid <= maxUid, `account "${name}" has no number`);
  }
}

function checkStep(step: BuildStep, check: Check): void {
  check(step.kind === "copy" || step.kind === "run", `no step is "${(step as BuildStep).kind}"`);
  if (step.kind === "run") {
    const isCommand = step.argv.length > 0 && step.argv.every((word) => !word.includes("\0"));
    check(isCommand, "a run step has no command");
    return;
  }
  check(isPlainPath(step.to), `copy to "${step.to}" is not to an absolute path`);
  for (const file of step.files) {
    check(!file.path.includes("\0"), "a copied path has a NUL in it");
    if (file.type === "file") {
      check(!file.source.includes("\0"), "a copied source has a NUL in it");
      check(sha256Pattern.test(file.sha256), `copied file "${file.source}" has no SHA-256`);
    }
    if (file.type !== "symlink")
      check(Number.isInteger(file.mode) && file.mode >= 0 && file.mode <= 0o7777, "a copied mode is none");
  }
}

function isPlainPath(path: string): boolean {
  return path.startsWith("/") && !path.includes("\0") && !path.split("/").includes("..");
}
