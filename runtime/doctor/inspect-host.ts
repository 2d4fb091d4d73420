import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { release } from "node:os";
import { dirname } from "node:path";
import { systemClock } from "../../stdlib/base/clock.js";
import { openCgroups } from "../kernel/cgroups.js";
import { builtFile, native } from "../kernel/native.js";
import { Transaction } from "../network/netlink/nftables.js";
import { NetlinkSocket } from "../network/netlink/socket.js";

/** One thing infra needs or could use. */
export interface Finding {
  readonly what: string;
  readonly verdict: "good" | "limited" | "missing";
  readonly found: string;
  /** What follows when it is not good, and the way out. */
  readonly consequence?: string;
}

const oldestKernel = [5, 10] as const;
const lowSpaceBytes = 2 * 1024 ** 3;
const systemResource = 24n;

/** Looks at the host without changing it. */
export async function inspectHost({ root }: { readonly root: string }): Promise<readonly Finding[]> {
  return [
    rootRights(),
    kernelVersion(),
    fileSystem("overlay", "images cannot be stacked: load it with modprobe overlay"),
    cgroups(),
    await netfilter(),
    resourceRights(),
    builtParts(),
    packageTools(),
    await freeSpace(root),
  ];
}

function rootRights(): Finding {
  const what = "root";
  if (process.getuid?.() === 0) return { what, verdict: "good", found: "runs as root" };
  return {
    what,
    verdict: "missing",
    found: `runs as user ${process.getuid?.()}`,
    consequence: "pods need namespaces, mounts and a network: run infra with sudo",
  };
}

function kernelVersion(): Finding {
  const found = release();
  const [major = 0, minor = 0] = found.split(".").map(Number);
  const good = major > oldestKernel[0] || (major === oldestKernel[0] && minor >= oldestKernel[1]);
  return {
    what: "kernel",
    verdict: good ? "good" : "missing",
    found,
    ...(good ? {} : { consequence: `infra needs Linux ${oldestKernel.join(".")} or newer` }),
  };
}

function fileSystem(name: string, consequence: string): Finding {
  const known = new RegExp(`\\b${name}$`, "m").test(readFileSync("/proc/filesystems", "utf8"));
  return known
    ? { what: name, verdict: "good", found: "known to the kernel" }
    : { what: name, verdict: "missing", found: "unknown to the kernel", consequence };
}

function cgroups(): Finding {
  const what = "cgroups";
  try {
    openCgroups("infra-doctor", systemClock);
    const isUnified = existsSync("/sys/fs/cgroup/cgroup.controllers");
    return { what, verdict: "good", found: isUnified ? "version 2" : "version 1 or hybrid" };
  } catch (error) {
    return {
      what,
      verdict: "missing",
      found: (error as Error).message,
      consequence:
        "mount the cpu, memory and pids controllers, or boot with systemd.unified_cgroup_hierarchy=1",
    };
  }
}

/** A table is made and removed in one transaction: nothing of it ever exists. */
async function netfilter(): Promise<Finding> {
  const what = "nftables";
  try {
    const socket = new NetlinkSocket(native(), "netfilter");
    try {
      const probe = new Transaction(socket, "infra-doctor");
      probe.addTable();
      probe.deleteTable();
      await probe.commit("Cannot make an nftables table");
    } finally {
      await socket.close();
    }
    return { what, verdict: "good", found: "answers over netlink" };
  } catch (error) {
    return {
      what,
      verdict: "missing",
      found: (error as Error).message,
      consequence:
        "Services cannot be translated: load nf_tables, nft_nat and nft_masq with modprobe, as root",
    };
  }
}

function resourceRights(): Finding {
  const what = "CAP_SYS_RESOURCE";
  const effective = /^CapEff:\s+([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  if (((BigInt(`0x${effective}`) >> systemResource) & 1n) === 1n)
    return { what, verdict: "good", found: "held" };
  return {
    what,
    verdict: "limited",
    found: "not held",
    consequence:
      "limits of open files stay as they are, and no process is protected from the kernel's OOM killer",
  };
}

function builtParts(): Finding {
  const what = "native parts";
  try {
    accessSync(builtFile("infra-shim"), constants.X_OK);
    native();
    return { what, verdict: "good", found: "built" };
  } catch (error) {
    return { what, verdict: "missing", found: (error as Error).message, consequence: "run npm run build" };
  }
}

function packageTools(): Finding {
  const what = "apt";
  if (existsSync("/usr/bin/apt-get") && existsSync("/usr/lib/apt/apt-helper"))
    return { what, verdict: "good", found: "present" };
  return {
    what,
    verdict: "limited",
    found: "absent",
    consequence: "images from debian({ packages }) cannot be locked or built on this host",
  };
}

async function freeSpace(root: string): Promise<Finding> {
  const what = "free space";
  let folder = root;
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const found = `${(free / 1024 ** 3).toFixed(1)} GiB at ${folder}`;
  if (free >= lowSpaceBytes) return { what, verdict: "good", found };
  return {
    what,
    verdict: "limited",
    found,
    consequence: "images and writes are refused once the disk is nearly full",
  };
}
