import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import test from "ava";
import { applyDefaults } from "../../stdlib/schema/defaults/defaults.js";
import { groups, meaningOfField, meaningOfType } from "../../stdlib/schema/descriptions/index.js";
import { typeTable } from "../../stdlib/schema/generated/table.js";
import { kindRowOf } from "../../stdlib/schema/kinds.js";
import type { FieldType } from "../../stdlib/schema/table.js";

test("every type and field of the table is described", (t) => {
  const bare = Object.entries(typeTable).flatMap(([type, { fields }]) => [
    ...(meaningOfType(type) === undefined ? [type] : []),
    ...Object.keys(fields).flatMap((field) =>
      meaningOfField(type, field) === undefined ? [`${type}.${field}`] : [],
    ),
  ]);
  t.deepEqual(bare, []);
});

test("what is described is there", (t) => {
  for (const [group, entries] of groups())
    for (const [name, { as, fields }] of entries) {
      const [local = "", version] = name.split("@");
      const rows = Object.entries(typeTable).filter(([type]) => {
        const [ofGroup, ofVersion, ofName] = type.split(".");
        return ofGroup === group && ofName === local && (version === undefined || version === ofVersion);
      });
      t.true(rows.length > 0, `${group} has no ${name}`);
      t.true(as === undefined || entries.has(as), `${group} has no ${as}`);
      for (const field of fields.keys())
        t.true(
          rows.some(([, row]) => field in row.fields),
          `${group} ${name} has no ${field}`,
        );
    }
});

test("descriptions are sentences", (t) => {
  for (const [group, entries] of groups())
    for (const [name, { fields, meaning }] of entries)
      for (const [field, { text }] of [["", meaning] as const, ...fields])
        t.regex(text, /^[^\s`][^`]*\.$/, `${group} ${name} ${field}`);
});

const pod = {
  containers: [
    {
      name: "a",
      image: "a:1",
      ports: [{ containerPort: 1 }],
      env: [{ name: "a", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
      livenessProbe: { httpGet: { port: 1 } },
      readinessProbe: { grpc: { port: 1 } },
    },
  ],
  volumes: [
    { name: "a", secret: { secretName: "a" } },
    { name: "b", configMap: { name: "a" } },
    { name: "c", downwardAPI: {} },
    { name: "d", projected: { sources: [{ serviceAccountToken: { path: "a" } }] } },
  ],
};
const template = { spec: pod };
/** Objects that say as little as they can. */
const sparse: readonly (readonly [apiVersion: string, kind: string, fields: object])[] = [
  ["v1", "Pod", { spec: pod }],
  ["v1", "Service", { spec: { ports: [{ port: 1 }] } }],
  ["v1", "Service", { spec: { type: "LoadBalancer", ports: [{ port: 1 }], sessionAffinity: "ClientIP" } }],
  ["v1", "Secret", {}],
  ["v1", "PersistentVolume", { spec: {} }],
  ["v1", "PersistentVolumeClaim", { spec: {} }],
  ["apps/v1", "Deployment", { spec: { template } }],
  ["apps/v1", "ReplicaSet", { spec: { template } }],
  ["apps/v1", "StatefulSet", { spec: { template, volumeClaimTemplates: [{ spec: {} }] } }],
  ["apps/v1", "DaemonSet", { spec: { template } }],
  ["batch/v1", "Job", { spec: { template } }],
  ["batch/v1", "CronJob", { spec: { jobTemplate: { spec: { template } } } }],
  ["autoscaling/v2", "HorizontalPodAutoscaler", { spec: {} }],
  ["networking.k8s.io/v1", "NetworkPolicy", { spec: { ingress: [{ ports: [{ port: 1 }] }] } }],
  ["storage.k8s.io/v1", "StorageClass", {}],
];

test("what the API fills in is what the descriptions say it fills in", (t) => {
  for (const [apiVersion, kind, fields] of sparse) {
    const object = { apiVersion, kind, metadata: { name: "a" }, ...fields };
    const row = kindRowOf(object);
    if (row === undefined) return t.fail(kind);
    for (const { field, type, value } of filledIn({ ref: row.type }, object, applyDefaults(row, object))) {
      const said = meaningOfField(type, field)?.default;
      const isPart = typeof (Array.isArray(value) ? value[0] : value) === "object"; // said in words
      t.true(
        said?.includes(JSON.stringify(value)) ||
          (isPart && said !== undefined) ||
          said?.startsWith("the same"),
        `${type}.${field} is ${JSON.stringify(value)}; said is ${said}`,
      );
    }
  }
});

/** What the second object has and the first has not, where it is a field of its type. */
function filledIn(
  type: FieldType,
  before: unknown,
  after: unknown,
): { readonly type: string; readonly field: string; readonly value: unknown }[] {
  if ("list" in type)
    return (after as unknown[]).flatMap((item, index) =>
      filledIn(type.list, (before as unknown[])[index], item),
    );
  if (!("ref" in type)) return [];
  const fields = typeTable[type.ref]?.fields ?? {};
  const members = before as { readonly [field: string]: unknown };
  return Object.entries(after as object).flatMap(([field, value]) => {
    if (members[field] === undefined) return [{ type: type.ref, field, value }];
    const inner = fields[field]?.type;
    return inner === undefined ? [] : filledIn(inner, members[field], value);
  });
}

test("the generated types carry the descriptions", (t) => {
  const script = fileURLToPath(new URL("../../scripts/describe-kubernetes.mjs", import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
  t.is(status, 0, `${stderr}node scripts/describe-kubernetes.mjs writes them anew`);
});
