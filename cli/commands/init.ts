import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { UsageError } from "../../stdlib/base/errors.js";
import type { CommandRun } from "../program.js";
import { escapeText } from "../render/escape.js";

const stack = `import { debian, deployment, image, service } from "infra";

const web = image("web", {
  from: debian({ packages: ["python3"] }), // versions come from infra.lock: run infra lock
  workdir: "/srv",
  cmd: ["python3", "-m", "http.server", "8080"],
  expose: { http: 8080 },
});

export const site = deployment("site", {
  replicas: 2,
  containers: { web: { image: web } },
});

export const front = service("site", { to: site, ports: { 80: "http" } });
`;

const tsconfig = {
  compilerOptions: {
    strict: true,
    target: "es2022",
    lib: ["es2022"],
    types: [],
    module: "preserve",
    moduleResolution: "bundler",
    noEmit: true,
  },
};

/** `infra init [FOLDER]`: a starting stack. Writes all of its files or, when one is there already, none. */
export const run: CommandRun = async ({ cwd, out }, [operand = "."]) => {
  const folder = resolve(cwd, operand);
  const files: readonly (readonly [name: string, text: string])[] = [
    ["infra.ts", stack],
    ["tsconfig.json", `${JSON.stringify(tsconfig, undefined, 2)}\n`],
    [".gitignore", "infra.out/\n"],
  ];
  const present = files.map(([name]) => name).filter((name) => existsSync(join(folder, name)));
  if (present.length > 0) {
    throw new UsageError(`${present.join(", ")} already there: nothing was written`, {
      hint: "Name another folder: infra init my-stack",
    });
  }
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(folder, name), text, { flag: "wx" });
  const shown = relative(cwd, folder);
  out(`${files.map(([name]) => escapeText(join(shown, name))).join(", ")} written\n`);
  return 0;
};
