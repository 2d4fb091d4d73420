import test from "ava";
import fc from "fast-check";
import { serverSideApply } from "../../stdlib/schema/apply/apply.js";
import { decodeFieldsV1, encodeFieldsV1, setsEqual } from "../../stdlib/schema/apply/field-set.js";
import { fieldsOf } from "../../stdlib/schema/apply/typed-value.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { smallRow as row, smallTable as table } from "../apply/small-table.js";

const word = fc.constantFrom("a", "b", "c", "d");
const labels = fc.dictionary(word, word, { maxKeys: 3 });
const port = fc.record(
  { containerPort: fc.integer({ min: 1, max: 4 }), name: word },
  { requiredKeys: ["containerPort"] },
);
const container = fc.record(
  {
    name: word,
    image: word,
    args: fc.array(word, { maxLength: 2 }),
    ports: fc.uniqueArray(port, { selector: (each) => each.containerPort, maxLength: 3 }),
  },
  { requiredKeys: ["name"] },
);
const spec = fc.record(
  {
    replicas: fc.nat(3),
    strategy: fc.record({ type: word }, { requiredKeys: [] }),
    template: fc.record({
      metadata: fc.record({ labels }),
      spec: fc.record({
        containers: fc.uniqueArray(container, { selector: (each) => each.name, maxLength: 3 }),
      }),
    }),
  },
  { requiredKeys: [] },
);
const object = spec.map(
  (value): KubeObject => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: value,
  }),
);
const apply = (live: KubeObject | undefined, applied: KubeObject, time = "2026-01-01T00:00:00Z") =>
  serverSideApply({ table, row, live, applied, manager: "infra", force: false, time }).object;
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

test("decode(encode(set)) is the set", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(object, (each) => {
        const set = fieldsOf(table, row.type, each);
        return setsEqual(decodeFieldsV1(plain(encodeFieldsV1(set))), set);
      }),
    ),
  );
});

test("applying twice changes nothing, not even the time", (t) => {
  fc.assert(
    fc.property(object, object, (first, second) => {
      const once = apply(apply(undefined, first), second);
      const twice = apply(once, second, "2027-01-01T00:00:00Z");
      t.deepEqual(plain(twice), plain(once));
    }),
  );
  t.pass();
});

test("apply(A) then apply(B) leaves no field that only A set", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(object, object, (first, second) => {
        const after = apply(apply(undefined, first), second);
        const { managedFields: _, ...metadata } = after.metadata;
        const left = fieldsOf(table, row.type, { ...after, metadata });
        return setsEqual(left, fieldsOf(table, row.type, second)) || leavesEqual(left, second);
      }),
    ),
  );
});

/** Emptied parents may stay as empty maps: compare without them. */
function leavesEqual(left: ReturnType<typeof fieldsOf>, second: KubeObject): boolean {
  const text = (set: ReturnType<typeof fieldsOf>) =>
    JSON.stringify(encodeFieldsV1(set)).replaceAll(
      /,?"f:(labels|metadata|spec|strategy|template)":\{\}/g,
      "",
    );
  return text(left) === text(fieldsOf(table, row.type, second));
}
