/** Writes without end and says what was acknowledged, until its parent kills it. */

import { LmdbStore } from "../../runtime/store/lmdb.js";
import { systemClock } from "../../stdlib/base/clock.js";

const store = await LmdbStore.open({ folder: process.argv[2] ?? "", clock: systemClock, reserveBytes: 0 });
for (let number = store.revision; ; number += 8) {
  const batch = Array.from({ length: 8 }, (_, index) =>
    store.commit([{ key: `key/${(number + index) % 50}`, value: `value ${number + index}` }]),
  );
  process.stdout.write(`${Math.max(...(await Promise.all(batch)))}\n`);
}
