import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ExecutionContext } from "ava";

/** A folder with these files, gone after the test. */
export async function folderOf(
  t: ExecutionContext,
  files: { readonly [path: string]: string },
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "infra-custom-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeAll(folder, files);
  return folder;
}

export async function writeAll(folder: string, files: { readonly [path: string]: string }): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** A definition as YAML (JSON is YAML too). */
export function definitionOf(spec: object, kind = "Widget", group = "shop.example.org"): string {
  return JSON.stringify({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${kind.toLowerCase()}s.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind, plural: `${kind.toLowerCase()}s` },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { spec } } },
        },
      ],
    },
  });
}
