import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { openLogger } from "../../runtime/daemon/logger.js";
import { HostUnsupported } from "../../stdlib/base/errors.js";
import { createVirtualWorld } from "../support/virtual-world.js";

async function folder(t: ExecutionContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "infra-logger-"));
  t.teardown(() => rm(path, { recursive: true }));
  return path;
}

async function lines(path: string): Promise<{ [name: string]: unknown }[]> {
  return (await readFile(path, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { [name: string]: unknown });
}

test("a line is one object, with errors as message, code and cause", async (t) => {
  const path = join(await folder(t), "daemon.log");
  const log = openLogger({ path, clock: createVirtualWorld(1).clock });
  log.info("Ready", { slot: 3 });
  log.error("Cannot start", new HostUnsupported("No\nnetlink", { cause: new Error("EPERM") }));
  log.close();

  const [ready, failed] = await lines(path);
  t.like(ready, { level: "info", message: "Ready", slot: 3 });
  t.is(new Date(String(ready?.["time"])).toISOString(), String(ready?.["time"]));
  t.like(failed, { level: "error", error: { message: "No\nnetlink", code: "host-unsupported" } });
  t.like(failed, { error: { cause: { message: "EPERM" } } });
});

test("a full file becomes its predecessor; opening again appends", async (t) => {
  const path = join(await folder(t), "daemon.log");
  const clock = createVirtualWorld(1).clock;
  for (const run of [1, 2]) {
    const log = openLogger({ path, clock, maxBytes: 300 });
    for (const line of [1, 2, 3]) log.warn(`run ${run} line ${line}`);
    log.close();
  }
  const kept = [...(await lines(`${path}.1`)), ...(await lines(path))].map(({ message }) => message);
  t.deepEqual(kept.slice(-3), ["run 2 line 1", "run 2 line 2", "run 2 line 3"]);
  t.true((await readFile(path)).length <= 300);
});
