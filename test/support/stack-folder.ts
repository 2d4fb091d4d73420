import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ExecutionContext } from "ava";

/** A folder of its own with these files, by path; gone after the test. */
export async function stackFolder(
  t: ExecutionContext,
  files: { readonly [path: string]: string },
): Promise<string> {
  const work = await mkdtemp(join(tmpdir(), "infra-stack-"));
  t.teardown(() => rm(work, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(work, path)), { recursive: true });
    await writeFile(join(work, path), text);
  }
  return work;
}
