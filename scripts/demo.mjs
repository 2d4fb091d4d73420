/* `npm run demo`: set-up, then the main job, each command printed before it runs. */
import { installDebianTools, installPackages, shell } from "./setup.mjs";

installPackages();
installDebianTools({ xz: "xz-utils" });
const $ = await shell();
await $`node scripts/build.mjs`;

const stack = "examples/guestbook";
const page = "http://127.0.0.1:30080/";

if (!(await up())) {
  console.log("\nThe archive of this host has other versions than the committed lock: it is made anew.");
  await show("lock", stack);
  if (!(await up())) process.exit(1);
}
try {
  await show("status");
  for (let request = 0; request < 2; request += 1) {
    console.log(`\n$ curl ${page}`);
    console.log(await (await fetch(page)).text());
  }
  await show("logs", "deployment/web");
} finally {
  await show("down", stack, "--yes");
}

/** False only when a package version of the lock is no longer in the archive. */
async function up() {
  await show("compile", stack);
  const args = ["up", stack, "--yes"];
  announce(args);
  const { exitCode, stderr } = await $({
    stdio: ["inherit", "inherit", "pipe"],
    nothrow: true,
  })`bin/infra ${args}`;
  process.stderr.write(stderr);
  if (exitCode === 0) return true;
  if (/infra lock/.test(stderr)) return false;
  process.exit(1);
}

async function show(...args) {
  announce(args);
  await $`bin/infra ${args}`;
}

function announce(args) {
  console.log(`\n$ infra ${args.join(" ")}`);
}
