import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { UsageError } from "../../stdlib/base/errors.js";
import { createHost } from "../host.js";
import type { CommandRun } from "../program.js";
import { projectFiles, renewEditorTypes } from "../project-files.js";
import { escapeText } from "../render/escape.js";
import { refuseLinks, writeInside } from "../write-inside.js";

const stack = `import { debian, deployment, image, service } from "infra";

const web = image("web", {
  from: debian({ packages: ["python3"], users: { web: 1000 } }), // versions: infra.lock, which infra up writes
  copy: { "/srv": "./site" },
  workdir: "/srv",
  user: "web",
  cmd: ["python3", "-m", "http.server", "8080"],
  expose: { http: 8080 },
});

export const site = deployment("site", {
  replicas: 2,
  containers: { web: { image: web, readiness: { http: "/", port: "http" } } },
  grace: "1s", // this server does not listen to the request to stop
});

export const front = service("site", { to: site, ports: { 80: "http" }, nodePorts: { http: 30081 } });
`;

const page = `<!doctype html>
<title>infra</title>
<h1>It runs.</h1>
<p>Change site/index.html, then: infra plan, infra up</p>
`;

/** `infra init [FOLDER]`: a starting stack. Writes all of its files or, when one is there already, none. */
export const run: CommandRun = async ({ cache, cwd, out, packageRoot }, [operand = "."]) => {
  const folder = resolve(cwd, operand);
  const files: readonly (readonly [name: string, text: string])[] = [
    ["infra.ts", stack],
    ["site/index.html", page],
    ...projectFiles(packageRoot),
  ];
  const present = files.map(([name]) => name).filter((name) => existsSync(join(folder, name)));
  if (present.length > 0) {
    throw new UsageError(`${present.join(", ")} already there: nothing was written`, {
      hint: "Name another folder: infra init my-stack",
    });
  }
  for (const [name] of files) refuseLinks(folder, name);
  for (const [name, text] of files) writeInside(folder, name, text, false);
  await renewEditorTypes(createHost(packageRoot, join(cache, "init")), folder);
  const shown = relative(cwd, folder);
  out(`${files.map(([name]) => escapeText(join(shown, name))).join(", ")} written\n`);
  return 0;
};
