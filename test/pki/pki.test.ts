import { X509Certificate } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { liveWorld } from "../../runtime/daemon/live-world.js";
import { openPki, PkiCorrupt } from "../../runtime/pki/pki.js";
import type { World } from "../../stdlib/base/clock.js";

const addresses = ["10.96.0.1", "10.71.0.1"];

async function folderFor(t: { teardown(run: () => Promise<void>): void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "infra-pki-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "pki");
}

function worldLater(ms: number): World {
  const { clock, random } = liveWorld;
  return { random, clock: { ...clock, now: () => clock.now() + ms } };
}

test("the serving certificate has every name, and both leaves are of the authority", async (t) => {
  const pki = await openPki({ folder: await folderFor(t), world: liveWorld, addresses });
  const authority = new X509Certificate(pki.ca);
  const serving = new X509Certificate(pki.serving.cert);
  for (const name of ["localhost", "kubernetes", "kubernetes.default.svc.cluster.local"])
    t.truthy(serving.checkHost(name), name);
  for (const address of ["127.0.0.1", ...addresses]) t.truthy(serving.checkIP(address), address);
  t.falsy(serving.checkIP("10.0.0.1"));
  const admin = new X509Certificate(pki.admin.cert);
  t.true(serving.verify(authority.publicKey));
  t.true(admin.verify(authority.publicKey));
  t.is(admin.subject, "O=system:masters\nCN=infra-admin");
  t.true(authority.ca);
  t.false(admin.ca);
});

test("all is kept from one start to the next, for the owner only", async (t) => {
  const folder = await folderFor(t);
  const first = await openPki({ folder, world: liveWorld, addresses });
  const second = await openPki({ folder, world: liveWorld, addresses });
  t.deepEqual({ ...second, kubeconfig: undefined }, { ...first, kubeconfig: undefined });
  t.is((await stat(folder)).mode & 0o777, 0o700);
  for (const name of await readdir(folder)) t.is((await stat(join(folder, name))).mode & 0o777, 0o600, name);
});

test("a new address renews the serving certificate alone", async (t) => {
  const folder = await folderFor(t);
  const first = await openPki({ folder, world: liveWorld, addresses });
  const second = await openPki({ folder, world: liveWorld, addresses: [...addresses, "10.1.2.3"] });
  t.truthy(new X509Certificate(second.serving.cert).checkIP("10.1.2.3"));
  t.is(second.ca, first.ca);
  t.deepEqual(second.admin, first.admin);
});

test("certificates about to end are renewed; so is a broken file, but not the key of Secrets", async (t) => {
  const folder = await folderFor(t);
  const first = await openPki({ folder, world: liveWorld, addresses });
  const later = await openPki({ folder, world: worldLater(340 * 86_400_000), addresses });
  t.is(later.ca, first.ca);
  t.notDeepEqual(later.admin, first.admin);
  t.notDeepEqual(later.serving, first.serving);

  await writeFile(join(folder, "admin.pem"), (await readFile(join(folder, "admin.pem"))).subarray(0, 300));
  const repaired = await openPki({ folder, world: worldLater(340 * 86_400_000), addresses });
  t.notDeepEqual(repaired.admin, later.admin);
  t.deepEqual(repaired.secretsKey, first.secretsKey);

  await writeFile(join(folder, "secrets.key"), "short");
  await t.throwsAsync(openPki({ folder, world: liveWorld, addresses }), { instanceOf: PkiCorrupt });
});

test("a new authority renews what the old one signed", async (t) => {
  const folder = await folderFor(t);
  const first = await openPki({ folder, world: liveWorld, addresses });
  await rm(join(folder, "ca.pem"));
  const second = await openPki({ folder, world: liveWorld, addresses });
  t.not(second.ca, first.ca);
  t.true(new X509Certificate(second.admin.cert).verify(new X509Certificate(second.ca).publicKey));
  t.true(new X509Certificate(second.serving.cert).verify(new X509Certificate(second.ca).publicKey));
});
