/** What a stack's folder has beside the stack, so that an editor and git treat it well. */
const tsconfig = {
  compilerOptions: {
    strict: true,
    target: "es2022",
    lib: ["es2022"],
    types: [],
    module: "preserve",
    moduleResolution: "bundler",
    noEmit: true,
    // Declarations of .infra modules, which a compile writes.
    allowArbitraryExtensions: true,
    rootDirs: [".", "./infra.out/types"],
  },
};

/** Path relative to the folder to text. */
export function projectFiles(): readonly (readonly [path: string, text: string])[] {
  return [
    ["tsconfig.json", `${JSON.stringify(tsconfig, undefined, 2)}\n`],
    [".gitignore", "infra.out/\n"],
  ];
}
