/*
 * `npm run test:vm [PATTERN…]`: tests on Debian's own kernel with cgroup version 2 alone, in a virtual machine that
 * sees this host's files read-only below a layer in memory. Emulated, so slow: name the tests that matter.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installDebianTools, installPackages, root, shell } from "./setup.mjs";

installPackages();
installDebianTools({
  "qemu-system-x86_64": "qemu-system-x86",
  busybox: "busybox-static",
  cpio: "cpio",
  depmod: "kmod",
});
const $ = await shell();
await $`node scripts/build.mjs`;
await $`make --no-print-directory -s -C runtime/shim asan`;

const patterns = process.argv.slice(2);
const tests = patterns.length > 0 ? patterns : ["test/kernel/*.test.ts", "test/e2e/guestbook.test.ts"];
const limitSeconds = 1800;
/** What the machine loads at its start: its disk, then what pods need. */
const modules = ["virtio_pci", "9pnet_virtio", "9p", "overlay", "veth"];
const filters = ["nf_tables", "nft_chain_nat", "nft_ct", "nft_masq", "nft_nat", "nft_numgen", "nft_fib_inet"];
const rejects = ["nft_reject_inet", "nft_redir"];
const wanted = /^(9p|virtio|netfs|fscache|overlay|nf_|nfnetlink|nft_|libcrc32c|crc32c|veth)/;
/** The first program: host's files below, memory above; then the tests. */
const init = `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for module in ${[...modules, ...filters, ...rejects].join(" ")}; do modprobe $module; done
mkdir -p /mnt/low /mnt/up /mnt/new
mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=512000 host /mnt/low || poweroff -f
mount -t tmpfs -o size=3g up /mnt/up
mkdir /mnt/up/upper /mnt/up/work
mount -t overlay -o lowerdir=/mnt/low,upperdir=/mnt/up/upper,workdir=/mnt/up/work root /mnt/new
for folder in proc sys dev; do mount --move /$folder /mnt/new/$folder; done
mkdir -p /mnt/new/lib/modules /mnt/new/dev/pts /mnt/new/dev/shm
cp -r /lib/modules/* /mnt/new/lib/modules/
mount -t tmpfs -o size=4g tmp /mnt/new/tmp
mount -t tmpfs run /mnt/new/run
mount -t devpts pts /mnt/new/dev/pts
mount -t tmpfs shm /mnt/new/dev/shm
mount -t cgroup2 cgroup /mnt/new/sys/fs/cgroup
ip link set lo up
cp /job.sh /mnt/new/run/job.sh
exec switch_root /mnt/new /bin/sh /run/job.sh
`;

const work = mkdtempSync(join(tmpdir(), "vm-"));
try {
  const kernel = await fetchKernel();
  const initrd = await makeInitrd(kernel);
  const share = "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap";
  const args = [
    ...["-machine", "q35", "-accel", "tcg,thread=multi", "-smp", "2", "-m", "10G"],
    ...["-nographic", "-no-reboot", "-nic", "none", "-kernel", kernel.image, "-initrd", initrd],
    ...["-append", "console=ttyS0 quiet loglevel=0 panic=1", "-fsdev", share],
    ...["-device", "virtio-9p-pci,fsdev=host,mount_tag=host"],
  ];
  const { stdout } = await $({
    cwd: work,
    stdio: ["ignore", "pipe", "inherit"],
    timeout: `${limitSeconds}s`,
  })`qemu-system-x86_64 ${args}`;
  const result = /^vm-tests-ended (\d+)\r?$/m.exec(stdout);
  console.log(stdout.slice(Math.max(0, stdout.indexOf("vm-tests-begin"))).replaceAll("\r", ""));
  process.exitCode = result === null ? 1 : Number(result[1]);
} finally {
  rmSync(work, { recursive: true });
}

/** Debian's kernel of this release, unpacked beside the tests and never installed. */
async function fetchKernel() {
  const { stdout } = await $({ stdio: "pipe" })`apt-cache depends linux-image-amd64`;
  const name = /Depends: (\S+)/.exec(stdout)?.[1];
  if (name === undefined) throw new Error("apt knows no linux-image-amd64");
  await $({ cwd: work, stdio: ["ignore", "ignore", "inherit"] })`apt-get download -qq ${name}`;
  const archive = readdirSync(work).find((file) => file.endsWith(".deb"));
  await $`dpkg-deb -x ${join(work, archive ?? "")} ${join(work, "kernel")}`;
  const version = name.replace("linux-image-", "");
  return {
    version,
    image: join(work, `kernel/boot/vmlinuz-${version}`),
    modules: join(work, `kernel/lib/modules/${version}`),
  };
}

async function makeInitrd({ modules: from, version }) {
  const tree = join(work, "initrd");
  for (const folder of ["bin", "proc", "sys", "dev", "mnt"])
    mkdirSync(join(tree, folder), { recursive: true });
  for (const file of readdirSync(from, { recursive: true })) {
    if (!wanted.test(file.slice(file.lastIndexOf("/") + 1)) || !file.endsWith(".ko")) continue;
    cpSync(join(from, file), join(tree, "lib/modules", version, file), { recursive: true });
  }
  for (const file of ["modules.order", "modules.builtin", "modules.builtin.modinfo"])
    if (existsSync(join(from, file))) cpSync(join(from, file), join(tree, "lib/modules", version, file));
  await $`depmod -b ${tree} ${version}`;
  cpSync("/bin/busybox", join(tree, "bin/busybox"));
  writeFileSync(join(tree, "init"), init, { mode: 0o755 });
  writeFileSync(join(tree, "job.sh"), job());
  const initrd = join(work, "initrd.gz");
  await $({ cwd: tree })`find . | cpio -o -H newc --quiet | gzip -1 > ${initrd}`;
  return initrd;
}

function job() {
  const quoted = tests.map((pattern) => `'${pattern}'`).join(" ");
  return `export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
hostname infra-vm
cd '${root}'
echo vm-tests-begin; uname -r; cat /sys/fs/cgroup/cgroup.controllers
npx ava --timeout=15m --concurrency=1 --serial ${quoted}
echo vm-tests-ended $?
echo o > /proc/sysrq-trigger
read forever
`;
}
