import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { ContainerSpec, SandboxSpec } from "../../runtime/kernel/engine.js";
import { builtFile, native } from "../../runtime/kernel/native.js";
import { type LiveEngine, openShimEngine } from "../../runtime/kernel/shim-engine.js";
import { systemClock } from "../../stdlib/base/clock.js";

/** A live engine in a folder and cgroup of its own, with containers that see the host's programs under /usr. */
export interface TestEngine {
  readonly engine: LiveEngine;
  readonly folder: string;
  /** A second engine on the same folder, as the next daemon would open. */
  reopen(): LiveEngine;
  sandbox(id: string, more?: Partial<SandboxSpec>): SandboxSpec;
  container(name: string, argv: readonly string[], more?: Partial<ContainerSpec>): Promise<ContainerSpec>;
  logOf(name: string): string;
  close(): Promise<void>;
}

export async function openTestEngine(shim = builtFile("infra-shim")): Promise<TestEngine> {
  const folder = await mkdtemp(join(tmpdir(), "infra-engine-"));
  const root = join(folder, "root");
  for (const name of ["usr", "proc", "sys", "dev", "tmp", "etc", "run"])
    await mkdir(join(root, name), { recursive: true });
  for (const name of ["bin", "lib", "lib64", "sbin"]) await symlink(`usr/${name}`, join(root, name));
  const open = () =>
    openShimEngine({
      native: native(),
      clock: systemClock,
      shim,
      run: join(folder, "s"),
      cgroup: basename(folder),
    });
  const engine = open();
  return {
    engine,
    folder,
    reopen: open,
    logOf: (name) => join(folder, `${name.replaceAll("/", "-")}.log`),
    sandbox: (id, more = {}) => ({
      id,
      hostname: id,
      cgroup: `besteffort/pod${id}`,
      resources: {},
      network: "host",
      sysctls: {},
      ...more,
    }),
    async container(name, argv, more = {}) {
      const flat = name.replaceAll("/", "-");
      for (const part of ["upper", "work"]) await mkdir(join(folder, flat, part), { recursive: true });
      return {
        name,
        root: {
          lower: [root],
          upper: join(folder, flat, "upper"),
          work: join(folder, flat, "work"),
          readonly: false,
          volatile: true,
        },
        argv,
        env: ["PATH=/usr/bin:/bin"],
        cwd: "/",
        user: { uid: 0, gid: 0, additionalGids: [] },
        mounts: [{ source: "/usr", target: "/usr", readonly: true }],
        capabilities: ["CAP_CHOWN", "CAP_SETUID", "CAP_SETGID", "CAP_KILL"],
        noNewPrivileges: true,
        seccomp: "default",
        maskedPaths: ["/proc/kcore"],
        readonlyPaths: ["/proc/sys"],
        resources: {},
        oomScoreAdj: 0,
        logPath: join(folder, `${flat}.log`),
        stdin: false,
        tty: false,
        ...more,
      };
    },
    async close() {
      await engine.purge();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
