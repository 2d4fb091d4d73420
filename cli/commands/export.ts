import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import {
  exportFolder,
  exportStream,
  type FolderFormat,
  folders,
  type StreamFormat,
  streams,
} from "../../compiler/export/export.js";
import { missingSecrets } from "../../compiler/export/parts.js";
import { UsageError } from "../../stdlib/base/errors.js";
import { loadBundle } from "../bundle.js";
import type { CommandRun } from "../program.js";
import { escapeText } from "../render/escape.js";

/** `infra export [PATH]`: a bundle, or what a stack compiles to, for those who work without infra. */
export const run: CommandRun = async (context, operands, options) => {
  const { format: given = "yaml", output, ...compile } = options;
  const stream = streams.find((name) => name === given);
  const folder = folders.find((name) => name === given);
  if (stream === undefined && folder === undefined)
    throw new UsageError(`"--format ${String(given)}" is no format`, {
      hint: `Write one of ${[...streams, ...folders].join(", ")}`,
    });
  if (folder !== undefined && typeof output !== "string")
    throw new UsageError(`--format ${folder} writes a folder`, { hint: "Name it with -o" });
  const bundle = await loadBundle(context, operands[0], compile, { write: false });
  if (bundle === undefined) return 1;
  const { build, objects, record, secrets } = bundle;
  const exported = { objects, record, secrets: secrets.secrets, images: build.images };
  for (const line of missingSecrets(secrets.secrets)) context.error(`${escapeText(line)}\n`);
  for (const { reference } of build.images)
    context.error(`Image "${escapeText(reference)}" is built by infra: push it where the cluster finds it\n`);
  if (typeof output !== "string") context.out(exportStream(exported, given as StreamFormat));
  else {
    const target = resolve(context.cwd, output);
    const files =
      folder === undefined
        ? new Map([["", exportStream(exported, given as StreamFormat)]])
        : exportFolder(exported, given as FolderFormat);
    write(target, files, options["force"] === true);
    const shown = escapeText(relative(context.cwd, target) || output);
    context.out(`${shown} written\n`);
  }
  return 0;
};

/** @param files - by path in the target; `""` is the target itself. */
function write(target: string, files: ReadonlyMap<string, string>, force: boolean): void {
  const isThere = existsSync(target) && (files.has("") || readdirSync(target).length > 0);
  if (isThere && !force)
    throw new UsageError(`"${target}" is there already: nothing was written`, {
      hint: "Name another with -o, or overwrite with --force",
    });
  for (const [path, text] of files) {
    const file = join(target, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
