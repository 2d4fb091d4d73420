import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import fc from "fast-check";
import { Leases } from "../../runtime/network/leases.js";
import {
  addressAt,
  chooseRanges,
  formatAddress,
  overlaps,
  parseAddress,
} from "../../runtime/network/ranges.js";

const range = { address: "10.71.0.0", length: 28 };

async function temporary<T>(use: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "infra-leases-"));
  try {
    return await use(join(folder, "leases.json"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("a pod keeps its address over a restart, and a released one is reused last", (t) =>
  temporary(async (path) => {
    const leases = await Leases.open(path, range);
    const [first, second] = await Promise.all([leases.take("a"), leases.take("b")]);
    t.deepEqual([first, second, await leases.take("a")], ["10.71.0.2", "10.71.0.3", "10.71.0.2"]);
    await leases.release("a");
    const reopened = await Leases.open(path, range);
    t.is(await reopened.take("b"), "10.71.0.3");
    t.is(await reopened.take("c"), "10.71.0.4");
  }));

test("a full range is refused with its name, and a release makes room", (t) =>
  temporary(async (path) => {
    const leases = await Leases.open(path, range);
    const taken = await Promise.all(Array.from({ length: 13 }, (_, index) => leases.take(`pod-${index}`)));
    t.is(new Set(taken).size, 13);
    await t.throwsAsync(leases.take("one more"), { message: /10\.71\.0\.0\/28/ });
    await leases.release("pod-5");
    t.is(await leases.take("one more"), taken[5]!);
  }));

test("a broken lease file is told and read as none; what pods have is restored", (t) =>
  temporary(async (path) => {
    const first = addressAt(range, 2);
    for (const text of ['{"next":2', "[]", '{"next":2,"leases":{"a":7}}']) {
      await writeFile(path, text);
      const lost: Error[] = [];
      const leases = await Leases.open(path, range, (error) => lost.push(error));
      t.is(lost.length, 1, text);
      await leases.restore("a", first);
      await leases.restore("b", first);
      await leases.restore("c", "192.0.2.7");
      t.is(leases.get("a"), first);
      t.deepEqual([leases.get("b"), leases.get("c")], [undefined, undefined]);
      t.not(await leases.take("b"), first);
    }
  }));

test("the ranges of two slots never overlap, and avoid what the host routes", (t) => {
  const taken = { destination: { address: "10.71.0.0", length: 16 }, link: 2 };
  const moved = chooseRanges(0, [taken, { destination: { address: "0.0.0.0", length: 0 }, link: 2 }]);
  t.is(moved?.pods.address, "10.72.0.0");
  t.is(chooseRanges(0, [{ destination: { address: "10.0.0.0", length: 8 }, link: 2 }]), undefined);
  const all = Array.from({ length: 16 }, (_, slot) => chooseRanges(slot, [])).flatMap((ranges) => [
    ranges!.pods,
    ranges!.services,
  ]);
  for (const [index, one] of all.entries())
    for (const other of all.slice(index + 1)) t.false(overlaps(one, other));
});

test("formatAddress and parseAddress are inverse", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0xffffffff }),
        (value) => parseAddress(formatAddress(value)) === value,
      ),
    ),
  );
});
