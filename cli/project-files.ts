import { join } from "node:path";
import type { Host } from "../compiler/host.js";

/** Where an editor on this machine finds infra. Nothing of it is for others: git leaves it out. */
const editorFile = "tsconfig.infra.json";

/** What a stack's folder has beside the stack, so that an editor and git treat it well. */
const tsconfig = {
  extends: `./${editorFile}`,
  compilerOptions: {
    strict: true,
    target: "es2022",
    lib: ["es2022"],
    types: [],
    module: "preserve",
    moduleResolution: "bundler",
    allowImportingTsExtensions: true,
    noEmit: true,
    // Declarations of .infra modules, which a compile and the language server write.
    allowArbitraryExtensions: true,
    rootDirs: [".", "./infra.out/types"],
  },
};

/**
 * Path relative to the folder to text.
 * @param packageRoot - the folder of infra itself.
 */
export function projectFiles(packageRoot: string): readonly (readonly [path: string, text: string])[] {
  return [
    ["tsconfig.json", written(tsconfig)],
    [editorFile, editorText(packageRoot)],
    [".gitignore", "infra.out/\ntsconfig.infra.json\n"],
  ];
}

/** A checkout has no {@link editorFile}, and infra may have moved: a compile of a stack that extends it writes it anew. */
export function renewEditorFile(host: Host, folder: string): void {
  const own = host.read(join(folder, "tsconfig.json"));
  if (own === undefined || !Buffer.from(own).includes(`"./${editorFile}"`)) return;
  const path = join(folder, editorFile);
  const before = host.read(path);
  const text = editorText(host.packageRoot);
  if (before === undefined || !Buffer.from(before).equals(Buffer.from(text))) host.write(path, text);
}

/** Types of `.infra` modules for an editor, where no compile that succeeded has written them. */
export async function renewEditorTypes(host: Host, folder: string): Promise<void> {
  const { writeEditorTypes } = await import("../compiler/typescript/editor-types.js");
  await writeEditorTypes(host, folder);
}

function editorText(packageRoot: string): string {
  const at = (path: string) => [join(packageRoot, path)];
  const paths = {
    infra: at("stdlib/constructs/index.ts"),
    "infra/kubernetes": at("stdlib/kubernetes/index.ts"),
    "infra/kubernetes/*": at("stdlib/kubernetes/generated/groups/*.ts"),
    "infra/test": at("stdlib/constructs/testing.d.ts"),
  };
  return written({ compilerOptions: { paths } });
}

function written(data: object): string {
  return `${JSON.stringify(data, undefined, 2)}\n`;
}
