import test from "ava";
import fc from "fast-check";
import { podCgroup, podResources, qosClass } from "../../runtime/agent/container-spec.js";
import { type ContainerFacts, podStatus } from "../../runtime/agent/pod-status.js";
import type { ContainerState, Pod, ResourceRequirements } from "../../stdlib/kubernetes/generated/core-v1.js";

const now = "2026-01-01T00:00:00Z";

function podWith(restartPolicy: "Always" | "OnFailure" | "Never", names: readonly string[]): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", namespace: "default", uid: "u" },
    spec: { restartPolicy, containers: names.map((name) => ({ name, image: "i:1" })) },
  };
}

const state: fc.Arbitrary<ContainerState> = fc.oneof(
  fc.constant({ waiting: { reason: "ContainerCreating" } }),
  fc.constant({ running: { startedAt: now } }),
  fc.integer({ min: 0, max: 2 }).map((exitCode) => ({ terminated: { exitCode } })),
);

function factsOf(states: readonly ContainerState[]): readonly ContainerFacts[] {
  return states.map((each, index) => ({
    name: `c${index}`,
    image: "i:1",
    imageID: "sha256:0",
    containerID: "infra://u/c/0",
    state: each,
    lastState: undefined,
    restartCount: 0,
    ready: each.running !== undefined,
  }));
}

test("phase and readiness follow from the containers alone", (t) => {
  fc.assert(
    fc.property(
      fc.array(state, { minLength: 1, maxLength: 4 }),
      fc.constantFrom("Always" as const, "OnFailure" as const, "Never" as const),
      fc.boolean(),
      (states, policy, terminating) => {
        const containers = factsOf(states);
        const status = podStatus(
          podWith(
            policy,
            containers.map(({ name }) => name),
          ),
          {
            containers,
            sandboxReady: true,
            podIP: "10.71.0.2",
            hostIP: "192.0.2.1",
            startTime: now,
            terminating,
            failure: undefined,
          },
          now,
        );
        const codes = states.map(({ terminated }) => terminated?.exitCode);
        const ended = codes.every((code) => code !== undefined);
        const stays = policy === "Never" || (policy === "OnFailure" && codes.every((code) => code === 0));
        const waiting = states.some((each) => each.waiting !== undefined);
        const expected =
          ended && stays
            ? codes.every((code) => code === 0)
              ? "Succeeded"
              : "Failed"
            : waiting
              ? "Pending"
              : "Running";
        t.is(status.phase, expected);
        const condition = (type: string) => status.conditions?.find((each) => each.type === type)?.status;
        const ready = !terminating && states.every((each) => each.running !== undefined);
        t.is(condition("Ready"), ready ? "True" : "False");
        t.is(condition("ContainersReady"), condition("Ready"));
      },
    ),
  );
});

test("conditions keep their transition times while they stay equal", (t) => {
  const facts = {
    containers: factsOf([{ running: { startedAt: now } }]),
    sandboxReady: true,
    podIP: "10.71.0.2",
    hostIP: "192.0.2.1",
    startTime: now,
    terminating: false,
    failure: undefined,
  };
  const first = podStatus(podWith("Always", ["c0"]), facts, now);
  const later = podStatus({ ...podWith("Always", ["c0"]), status: first }, facts, "2026-01-01T01:00:00Z");
  t.deepEqual(later.conditions, first.conditions);
});

function resourcesOf(...each: readonly ResourceRequirements[]) {
  return { containers: each.map((resources, index) => ({ name: `c${index}`, image: "i:1", resources })) };
}

test("a pod's class and its cgroup's limits are kubelet's", (t) => {
  const exact = { limits: { cpu: "500m", memory: "64Mi" }, requests: { cpu: "500m", memory: "64Mi" } };
  for (const [spec, qos] of [
    [resourcesOf(exact), "Guaranteed"],
    [resourcesOf({ limits: { cpu: "1", memory: "64Mi" } }), "Guaranteed"],
    [resourcesOf(exact, {}), "Burstable"],
    [resourcesOf({ requests: { cpu: "10m" } }), "Burstable"],
    [resourcesOf({}), "BestEffort"],
    [resourcesOf({ requests: { cpu: "0" } }), "BestEffort"],
  ] as const)
    t.is(qosClass(spec), qos);
  t.is(podCgroup({ ...podWith("Always", []), spec: resourcesOf(exact) }), "podu");
  t.is(podCgroup({ ...podWith("Always", []), spec: resourcesOf({}) }), "besteffort/podu");
  t.like(podResources(resourcesOf({}, {})), { cpuShares: 2 });
  t.like(podResources(resourcesOf(exact, exact)), {
    cpuShares: 1024,
    cpuQuotaUs: 100_000,
    memoryBytes: 2 ** 27,
  });
  const half = podResources(resourcesOf(exact, { requests: { cpu: "500m" } }));
  t.is(half.cpuShares, 1024);
  t.is(half.memoryBytes, undefined, "a limit only where each container has one");
});
