/* `npm run demo`: set-up, then the main job as far as it goes today, each command printed before it runs. */
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPackages, root, run } from "./setup.mjs";

installPackages();
run("node", ["scripts/build.mjs"]);

const work = mkdtempSync(join(tmpdir(), "infra-demo-"));
try {
  const stack = join(work, "hello");
  show("bin/infra", ["init", stack]);
  cpSync(join(root, "examples/settings/infra.ts"), join(stack, "infra.ts"));
  show("bin/infra", ["compile", stack]);
  for (const name of readdirSync(join(stack, "infra.out/manifests")))
    show("cat", [join(stack, "infra.out/manifests", name)]);
  if (existsSync(join(root, "examples/guestbook/infra.lock")))
    show("bin/infra", ["compile", "examples/guestbook", "-o", join(work, "guestbook")]);
} finally {
  rmSync(work, { recursive: true });
}

function show(command, args) {
  console.log(`\n$ ${[command, ...args].join(" ")}`);
  run(command, args);
}
