/* `npm run demo`: set-up, then the main job, each command printed before it runs. */
import { spawnSync } from "node:child_process";
import { installDebianTools, installPackages, root, run } from "./setup.mjs";

installPackages();
installDebianTools({ xz: "xz-utils" });
run("node", ["scripts/build.mjs"]);

const stack = "examples/guestbook";
const page = "http://127.0.0.1:30080/";

if (!up()) {
  console.log("\nThe archive of this host has other versions than the committed lock: it is made anew.");
  show("infra", ["lock", stack]);
  if (!up()) process.exit(1);
}
try {
  show("infra", ["status"]);
  for (let request = 0; request < 2; request += 1) {
    console.log(`\n$ curl ${page}`);
    console.log(await (await fetch(page)).text());
  }
  show("infra", ["logs", "deployment/web"]);
} finally {
  show("infra", ["down", stack, "--yes"]);
}

/** False only when a package version of the lock is no longer in the archive. */
function up() {
  show("infra", ["compile", stack]);
  const args = ["up", stack, "--yes"];
  announce("infra", args);
  const { status, stderr } = spawnSync("bin/infra", args, {
    cwd: root,
    stdio: ["inherit", "inherit", "pipe"],
    encoding: "utf8",
  });
  process.stderr.write(stderr);
  if (status === 0) return true;
  if (/infra lock/.test(stderr)) return false;
  process.exit(1);
}

function show(command, args) {
  announce(command, args);
  run(`bin/${command}`, args);
}

function announce(command, args) {
  console.log(`\n$ ${[command, ...args].join(" ")}`);
}
