import test from "ava";
import fc from "fast-check";
import { isApiError } from "../../runtime/client/errors.js";
import { podResource } from "../../runtime/client/resources.js";
import { startCluster } from "../support/simulated-cluster.js";

const names = ["a", "b", "c"];
const step = fc.record({
  act: fc.constantFrom("create", "delete", "kill now", "label", "break", "restart agent", "reboot"),
  name: fc.constantFrom(...names),
  pauseMs: fc.constantFrom(0, 1, 5, 50, 700, 15_000),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What is there or not there by now may refuse an act; nothing else may. */
async function attempt(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (
      !["NotFound", "AlreadyExists", "Conflict"].some((reason) => isApiError(error as Error, reason as never))
    )
      throw error;
  }
}

/** @returns what is left once every pod has been deleted. */
async function play(seed: number, steps: readonly Step[]) {
  const cluster = await startCluster(seed, {
    program: (_, restart) => ({
      stopsInMs: 300,
      ...(restart % 2 === 1 && { endsAfterMs: 900, exitCode: 1 }),
    }),
  });
  const { client, engine, view, world } = cluster;
  const acts: { readonly [act: string]: (name: string) => Promise<unknown> } = {
    create: (name) =>
      client.create(podResource, {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, namespace: "default" },
        spec: { containers: [{ name: "c", image: "i" }] },
      }),
    delete: (name) => client.delete(podResource, "default", name),
    "kill now": (name) => client.delete(podResource, "default", name, { gracePeriodSeconds: 0 }),
    label: (name) =>
      client.patch(podResource, {
        namespace: "default",
        name,
        type: "merge",
        body: { metadata: { labels: { at: String(world.clock.now()) } } },
      }),
    break: async () => {
      const [first] = engine.sandboxes;
      if (first !== undefined) engine.breakSandbox(first);
    },
    "restart agent": () => cluster.restartAgent(),
    reboot: () => cluster.restartAgent(() => engine.reboot()),
  };
  for (const { act, name, pauseMs } of steps) {
    await attempt(() => acts[act]?.(name) ?? Promise.reject(new Error(`no act ${act}`)));
    await world.advance(pauseMs);
  }
  for (const name of names) await attempt(() => client.delete(podResource, "default", name));
  await world.advance(120_000);
  const left = {
    pods: view.list(podResource).length,
    sandboxes: engine.sandboxes,
    leases: [...cluster.network.leases.keys()],
    stored: await cluster.storage.pods(),
    // A call into a sandbox that a step has just broken is tried again, and told.
    errors: cluster.history.filter((line) => line.includes(" error ") && !line.endsWith(" its shim is gone")),
  };
  await cluster.stop();
  return left;
}

test("whatever happens to pods and their agent, nothing is left of them", async (t) => {
  const steps = fc.array(step, { minLength: 4, maxLength: 14 });
  const property = fc.asyncProperty(fc.nat(1000), steps, async (seed, steps) => {
    t.deepEqual(await play(seed, steps), { pods: 0, sandboxes: [], leases: [], stored: [], errors: [] });
  });
  await fc.assert(property, { numRuns: 40, seed: 20 });
  t.pass();
});
