/* What every entry script needs first: packages and the build. Plain Node, since nothing is installed yet. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a command with its output shown; a failure ends the script with the command's exit code. */
export function run(command, args, options = {}) {
  try {
    execFileSync(command, args, { cwd: root, stdio: "inherit", ...options });
  } catch (error) {
    if (typeof error.status === "number") process.exit(error.status);
    throw error;
  }
}

/** zx in the project's folder, with output shown; a command that fails ends the script with its exit code. */
export async function shell() {
  const { $ } = await import("zx"); // only there once packages are
  process.on("uncaughtException", (error) => {
    if (typeof error.exitCode !== "number") throw error;
    process.exit(error.exitCode);
  });
  return $({ cwd: root, stdio: "inherit" });
}

function packagesAreCurrent() {
  const installed = join(root, "node_modules/.package-lock.json");
  return (
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs
  );
}

/**
 * Installs what package-lock.json says, when it is not there yet. No package runs a script of its own. `npm ci` would
 * refuse a lock made where the registry lacks other platforms' optional packages; this reads the same lock and leaves
 * it as it is.
 */
export function installPackages() {
  if (packagesAreCurrent()) return;
  run("npm", ["install", "--no-save", "--ignore-scripts", "--no-progress", "--loglevel=error"]);
}

/**
 * Installs Debian packages whose command is missing. Only tests and the demo call it, on a machine of the user's own
 * choice; the product never does.
 * @param {Record<string, string>} wanted - command to package
 */
export function installDebianTools(wanted) {
  const missing = Object.entries(wanted).filter(([command]) => !onPath(command));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(([, name]) => name))];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  run("apt-get", ["-qq", "update"], { env });
  run("apt-get", ["-qq", "install", "--yes", "--no-install-recommends", ...packages], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

function onPath(command) {
  return (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, command)));
}

export function packageVersion() {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;
}
