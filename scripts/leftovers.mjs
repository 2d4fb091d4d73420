/* What a run of infra could leave on the host, as text lines. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Mounts, cgroups, links, processes, run folders and temporary folders that carry our names, sorted. */
export function leftovers() {
  return [...mounts(), ...cgroups(), ...links(), ...processes(), ...folders()].sort();
}

function mounts() {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((path) => /(^|\/)infra/.test(path))
    .map((path) => `mount ${path}`);
}

function cgroups() {
  const base = "/sys/fs/cgroup";
  const hierarchies = [base, ...list(base).map((name) => join(base, name))];
  return hierarchies.flatMap((hierarchy) =>
    list(hierarchy)
      .filter((name) => name.startsWith("infra-"))
      .map((name) => `cgroup ${join(hierarchy, name)}`),
  );
}

function links() {
  return list("/sys/class/net")
    .filter((name) => /^in\d+x/.test(name))
    .map((name) => `link ${name}`);
}

function processes() {
  return list("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      const line = read(join("/proc", pid, "cmdline"))
        .replaceAll("\0", " ")
        .trim();
      return /infra-shim|dist\/daemon\.js/.test(line) ? [`process ${pid} ${line}`] : [];
    });
}

function folders() {
  return [
    ...list("/run/infra")
      .filter((name) => name !== "slots")
      .map((name) => `folder /run/infra/${name}`),
    ...list("/tmp")
      .filter((name) => name.startsWith("infra-"))
      .map((name) => `folder /tmp/${name}`),
  ];
}

function list(path) {
  return existsSync(path) ? readdirSync(path) : [];
}

/** A process may end between listing and reading it. */
function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
