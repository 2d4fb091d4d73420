/* `npm test`: set-up, build, static checks, the whole suite, then proof that nothing was left behind. */
import { leftovers } from "./leftovers.mjs";
import { installDebianTools, installPackages, shell } from "./setup.mjs";

installPackages();
installDebianTools({
  "musl-gcc": "musl-tools",
  ip: "iproute2",
  pgrep: "procps",
  skopeo: "skopeo",
  strace: "strace",
  unshare: "util-linux",
  xz: "xz-utils",
});
const $ = await shell();
await $`node scripts/build.mjs`;
await $`make --no-print-directory -s -C runtime/shim asan`;
await $`make --no-print-directory -s -C compiler/typescript/sandbox asan`;
await $`node scripts/check.mjs`;

const before = leftovers();
await $`npx ava`;
const left = leftovers().filter((item) => !before.includes(item));
if (left.length > 0) {
  console.error(`The suite left behind:\n${left.map((item) => `  ${item}`).join("\n")}`);
  process.exit(1);
}
console.log(
  "The suite left nothing behind: no mount, cgroup, link, process, run folder or temporary folder.",
);
