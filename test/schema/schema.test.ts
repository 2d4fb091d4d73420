import test from "ava";
import fc from "fast-check";
import { decodeObject } from "../../stdlib/schema/decode.js";
import { applyDefaults } from "../../stdlib/schema/defaults/defaults.js";
import { typeTable } from "../../stdlib/schema/generated/table.js";
import { hasType, kindRow, kindRows } from "../../stdlib/schema/kinds.js";
import { JsonTextError, parseJsonStrict } from "../../stdlib/schema/strict-json.js";
import type { KindRow } from "../../stdlib/schema/table.js";
import { unenforcedFields } from "../../stdlib/schema/unenforced.js";
import { validateCreate, validateUpdate } from "../../stdlib/schema/validation/validate.js";

const row = (group: string, kind: string): KindRow => kindRow({ group, version: "v1", kind })!;
const pod = row("", "Pod");
const deployment = row("apps", "Deployment");
const service = row("", "Service");

const web = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  spec: {
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: {
        containers: [
          {
            name: "c",
            image: "web:1",
            ports: [{ containerPort: 80 }],
            resources: { limits: { cpu: "0.5" } },
          },
        ],
      },
    },
  },
};

test("every kind has a type, and resources are plural", (t) => {
  t.deepEqual(
    kindRows.filter((entry) => !hasType(entry)).map((entry) => entry.kind),
    [],
  );
  t.deepEqual(
    kindRows.filter((entry) => !entry.resource.endsWith("s")).map((entry) => entry.kind),
    [],
  );
});

test("decoding names unknown fields and wrong types, and drops nulls", (t) => {
  const { object, problems } = decodeObject(pod, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "a", creationTimestamp: null, labels: { x: "1" } },
    spec: { containers: [{ name: "c", image: "i:1", imge: "x", ports: [{ containerPort: "80" }] }] },
    status: null,
  });
  t.deepEqual(
    problems.map(({ message }) => message),
    [
      'unknown field "spec.containers[0].imge"',
      'cannot use string "80" as 32-bit integer in "spec.containers[0].ports[0].containerPort"',
    ],
  );
  t.deepEqual(Object.keys(object.metadata), ["name", "labels"]);
  t.false("status" in object);
});

test("a __proto__ key is data at most", (t) => {
  const { object, problems } = decodeObject(
    row("", "ConfigMap"),
    JSON.parse('{"metadata":{"labels":{"__proto__":"x"}},"__proto__":{"polluted":1}}'),
  );
  t.is(({} as { polluted?: number }).polluted, undefined);
  t.is(problems.length, 1);
  t.deepEqual(Object.keys(object.metadata.labels ?? {}), ["__proto__"]);
});

test("duplicate keys are found where JSON.parse drops them", (t) => {
  const { problems } = parseJsonStrict('{"spec":{"replicas":1,"x":[{"a":1,"\\u0061":2}],"replicas":2}}');
  t.deepEqual(
    problems.map(({ message }) => message),
    ['duplicate field "spec.x[0].a"', 'duplicate field "spec.replicas"'],
  );
  t.throws(() => parseJsonStrict("[".repeat(2000) + "]".repeat(2000)), { instanceOf: JsonTextError });
  t.throws(() => parseJsonStrict('{"a":1e999}'), { instanceOf: JsonTextError });
});

test("parseJsonStrict reads what JSON.parse reads", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { value: parsed, problems } = parseJsonStrict(JSON.stringify(value));
        return JSON.stringify(parsed) === JSON.stringify(value) && problems.length === 0;
      }),
    ),
  );
});

test("defaults are those of the API server, and applying them again changes nothing", (t) => {
  const once = applyDefaults(deployment, decodeObject(deployment, web).object);
  const spec = once["spec"] as {
    strategy: unknown;
    template: { spec: { containers: { imagePullPolicy: string; resources: unknown; ports: unknown }[] } };
  };
  t.deepEqual(spec.strategy, {
    type: "RollingUpdate",
    rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" },
  });
  t.like(spec.template.spec.containers[0], {
    imagePullPolicy: "IfNotPresent",
    resources: { limits: { cpu: "500m" }, requests: { cpu: "500m" } },
    ports: [{ containerPort: 80, protocol: "TCP" }],
  });
  t.deepEqual(applyDefaults(deployment, once), once);
});

test("a Service's target port defaults to its port", (t) => {
  const made = applyDefaults(service, {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "a" },
    spec: { ports: [{ port: 80 }] },
  });
  t.like(made["spec"], {
    type: "ClusterIP",
    ports: [{ port: 80, targetPort: 80, protocol: "TCP" }],
    internalTrafficPolicy: "Cluster",
  });
});

const refuses = test.macro({
  title: (rule = "") => `validation refuses ${rule}`,
  exec(t, kind: KindRow, object: unknown, expected: readonly string[]) {
    const defaulted = applyDefaults(kind, decodeObject(kind, object).object);
    t.deepEqual(
      validateCreate(kind, defaulted).map(({ path, message }) => `${path}: ${message}`),
      expected,
    );
  },
});
const change = (path: (copy: typeof web) => void) => {
  const copy = structuredClone(web);
  path(copy);
  return copy;
};
test("nothing in a good object", refuses, deployment, web, []);
test(
  "a selector that misses the template",
  refuses,
  deployment,
  change((copy) => (copy.spec.selector.matchLabels.app = "other")),
  [
    'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
  ],
);
test(
  "a mount without its volume",
  refuses,
  deployment,
  change((copy) =>
    Object.assign(copy.spec.template.spec.containers[0]!, {
      volumeMounts: [{ name: "data", mountPath: "/data" }],
    }),
  ),
  ['spec.template.spec.containers[0].volumeMounts[0].name: Not found: "data"'],
);
test(
  "requests above limits",
  refuses,
  deployment,
  change((copy) =>
    Object.assign(copy.spec.template.spec.containers[0]!.resources, { requests: { cpu: "2" } }),
  ),
  [
    'spec.template.spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 500m',
  ],
);
test(
  "a name that is no name",
  refuses,
  deployment,
  change((copy) => (copy.metadata.name = "Web_1")),
  [
    `metadata.name: Invalid value: "Web_1": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
  ],
);

test("a Deployment's selector and a Service's address are fixed", (t) => {
  const before = applyDefaults(deployment, decodeObject(deployment, web).object);
  const after = structuredClone(before) as typeof before & { spec: typeof web.spec };
  after.spec.selector.matchLabels.app = "x";
  after.spec.template.metadata.labels.app = "x";
  t.deepEqual(
    validateUpdate(deployment, after, before).map(({ path }) => path),
    ["spec.selector"],
  );
});

test("fields the runtime does not enforce are refused with their path", (t) => {
  const used = change((copy) =>
    Object.assign(copy.spec.template.spec, {
      hostNetwork: true,
      initContainers: [{ name: "i", image: "x:1" }],
      volumes: [{ name: "h", hostPath: { path: "/" } }],
    }),
  );
  t.deepEqual(
    unenforcedFields(used).map(({ path }) => path),
    [
      "spec.template.spec.hostNetwork",
      "spec.template.spec.initContainers",
      "spec.template.spec.volumes[0].hostPath",
    ],
  );
  t.deepEqual(unenforcedFields(applyDefaults(deployment, web)), []);
  const spec = {
    type: "ExternalName",
    externalIPs: ["192.0.2.1"],
    ports: [{ port: 80 }],
    sessionAffinity: "ClientIP",
  };
  t.deepEqual(
    unenforcedFields({ apiVersion: "v1", kind: "Service", metadata: { name: "s" }, spec }).map(
      ({ path }) => path,
    ),
    ["spec.type", "spec.externalIPs", "spec.sessionAffinity"],
  );
});

test("every kind the table has is known by its names", (t) => {
  const kinds = Object.entries(typeTable).filter(
    ([, { fields }]) => fields["kind"] !== undefined && isRef(fields["metadata"]?.type, "meta.v1.ObjectMeta"),
  );
  const known = new Set(kindRows.map(({ type }) => type));
  // Parts of requests and answers, which no manifest is.
  const never = new Set([
    "authentication.v1.TokenRequest",
    "autoscaling.v1.Scale",
    "core.v1.Binding",
    "core.v1.ComponentStatus",
    "core.v1.PodStatusResult",
    "core.v1.RangeAllocation",
    "meta.v1.PartialObjectMetadata",
    "policy.v1.Eviction",
  ]);
  t.deepEqual(
    kinds.map(([name]) => name).filter((name) => !known.has(name) && !never.has(name)),
    [],
  );
  t.true(kindRows.length > 70);
});

function isRef(type: unknown, name: string): boolean {
  return (type as { readonly ref?: string } | undefined)?.ref === name;
}

test("an autoscaler that says a part of how it scales has the rest filled in", (t) => {
  const behaviorOf = (behavior?: object) =>
    applyDefaults(kindRow({ group: "autoscaling", version: "v2", kind: "HorizontalPodAutoscaler" })!, {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "a", namespace: "b" },
      spec: { maxReplicas: 3, ...(behavior === undefined ? {} : { behavior }) },
    }).spec as { readonly behavior?: object };
  const all = { type: "Percent", value: 100, periodSeconds: 15 };
  t.is(behaviorOf().behavior, undefined);
  t.deepEqual(behaviorOf({ scaleDown: { selectPolicy: "Disabled" } }).behavior, {
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: "Max",
      policies: [{ type: "Pods", value: 4, periodSeconds: 15 }, all],
    },
    scaleDown: { selectPolicy: "Disabled", policies: [all] },
  });
});
