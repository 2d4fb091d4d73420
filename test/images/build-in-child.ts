/** Builds one graph in one store, for tests that kill the builder: argv is store, source root, archive, graph. */
import { readFile } from "node:fs/promises";
import { openImageStore } from "../../runtime/images/live-image-store.js";
import { native } from "../../runtime/kernel/native.js";
import { systemClock } from "../../stdlib/base/clock.js";
import type { BuildGraph } from "../../stdlib/schema/bundle.js";
import { liveRandom } from "./fixtures.js";

const [root = "", sourceRoot = "", archive = "", graphFile = ""] = process.argv.slice(2);
const graph = JSON.parse(await readFile(graphFile, "utf8")) as BuildGraph;
process.send?.("open");
const store = await openImageStore({
  root,
  clock: systemClock,
  random: liveRandom,
  native: native(),
  archives: [archive],
});
await store.build(graph, sourceRoot, () => {}, new AbortController().signal);
process.send?.("built");
process.disconnect();
