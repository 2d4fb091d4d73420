import test from "ava";
import { applyJsonPatch } from "../../stdlib/schema/patch/json-patch.js";
import { applyMergePatch } from "../../stdlib/schema/patch/merge-patch.js";
import { PatchError } from "../../stdlib/schema/patch/patch-error.js";
import { strategicMergePatch } from "../../stdlib/schema/patch/strategic-merge-patch.js";
import { smallTable as table } from "../apply/small-table.js";

const json = test.macro({
  title: (name = "") => `JSON patch: ${name}`,
  exec(t, document: unknown, patch: unknown, expected: unknown) {
    const before = structuredClone(document);
    if (typeof expected === "string" && ["invalid", "failed", "tooLarge"].includes(expected)) {
      t.is(
        t.throws(() => applyJsonPatch(document, patch), { instanceOf: PatchError })?.kind,
        expected as never,
      );
    } else t.deepEqual(applyJsonPatch(document, patch), expected);
    t.deepEqual(document, before);
  },
});
test("adds before an index", json, [1, 3], [{ op: "add", path: "/1", value: 2 }], [1, 2, 3]);
test("adds at the end", json, { a: [1] }, [{ op: "add", path: "/a/-", value: 2 }], { a: [1, 2] });
test("adds null", json, {}, [{ op: "add", path: "/a", value: null }], { a: null });
test("unescapes ~1 and ~0", json, { "a/b~": 1 }, [{ op: "remove", path: "/a~1b~0" }], {});
test("replaces the root", json, { a: 1 }, [{ op: "replace", path: "", value: { b: 2 } }], { b: 2 });
test("moves", json, { a: 1 }, [{ op: "move", from: "/a", path: "/b" }], { b: 1 });
test("copies", json, { a: [1] }, [{ op: "copy", from: "/a", path: "/b" }], { a: [1], b: [1] });
test("moves into itself", json, { a: { b: 1 } }, [{ op: "move", from: "/a", path: "/a/b" }], "failed");
test("tests by value", json, { a: { x: 1, y: 2 } }, [{ op: "test", path: "/a", value: { y: 2, x: 1 } }], {
  a: { x: 1, y: 2 },
});
test("a failed test", json, { a: 1 }, [{ op: "test", path: "/a", value: 2 }], "failed");
test("removes what is not there", json, {}, [{ op: "remove", path: "/a" }], "failed");
test("replaces what is not there", json, { a: {} }, [{ op: "replace", path: "/a/b", value: 1 }], "failed");
test("index beyond the end", json, [1], [{ op: "add", path: "/2", value: 1 }], "failed");
test("index with a leading zero", json, [1, 2], [{ op: "remove", path: "/01" }], "failed");
test("inherited names are not there", json, {}, [{ op: "remove", path: "/constructor" }], "failed");
test("a prototype path", json, {}, [{ op: "add", path: "/__proto__/x", value: 1 }], "invalid");
test(
  "a prototype in a value",
  json,
  {},
  JSON.parse('[{"op":"add","path":"/a","value":{"__proto__":{"x":1}}}]'),
  "invalid",
);
test("an unknown operation", json, {}, [{ op: "merge", path: "/a" }], "invalid");
test("a missing value", json, {}, [{ op: "add", path: "/a" }], "invalid");
test("a bad pointer", json, {}, [{ op: "remove", path: "a" }], "invalid");
test("not a list", json, {}, {}, "invalid");
test("too many operations", json, {}, Array(10_001).fill({ op: "test", path: "", value: {} }), "tooLarge");
test(
  "30 doublings",
  json,
  { a: ["x".repeat(100)] },
  Array(30).fill({ op: "copy", from: "/a", path: "/a/-" }),
  "tooLarge",
);

// RFC 7386, appendix A.
for (const [document, patch, expected] of [
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  [{ a: "foo" }, null, null],
] as const) {
  test(`merge patch: ${JSON.stringify(document)} with ${JSON.stringify(patch)}`, (t) => {
    t.deepEqual(applyMergePatch<unknown>(document, patch), expected);
  });
}
test("merge patch: a prototype", (t) => {
  t.throws(() => applyMergePatch({}, JSON.parse('{"__proto__":{"x":1}}')), { instanceOf: PatchError });
});

const strategic = test.macro({
  title: (name = "") => `strategic merge: ${name}`,
  exec(t, typeName: string, document: object, patch: object, expected: unknown) {
    const before = structuredClone(document);
    if (expected === "invalid")
      t.is(
        t.throws(() => strategicMergePatch(table, typeName, document, patch), { instanceOf: PatchError })
          ?.kind,
        "invalid",
      );
    else t.deepEqual(strategicMergePatch<unknown>(table, typeName, document, patch), expected);
    t.deepEqual(document, before);
  },
});
const pods = (...containers: object[]) => ({ containers });
test(
  "merges list items by key",
  strategic,
  "PodSpec",
  pods({ name: "a", image: "1" }, { name: "b" }),
  pods({ name: "a", args: ["x"] }, { name: "c" }),
  pods({ name: "a", image: "1", args: ["x"] }, { name: "b" }, { name: "c" }),
);
test("null removes", strategic, "Spec", { replicas: 1 }, { replicas: null }, {});
test(
  "replaces atomic lists",
  strategic,
  "PodSpec",
  { tolerations: ["a"] },
  { tolerations: ["b"] },
  { tolerations: ["b"] },
);
test(
  "deletes an item",
  strategic,
  "PodSpec",
  pods({ name: "a" }, { name: "b" }),
  pods({ $patch: "delete", name: "a" }),
  pods({ name: "b" }),
);
test(
  "replaces a list",
  strategic,
  "PodSpec",
  pods({ name: "a" }),
  pods({ name: "b" }, { $patch: "replace" }),
  pods({ name: "b" }),
);
test(
  "replaces a map",
  strategic,
  "Spec",
  { strategy: { type: "x" } },
  { strategy: { $patch: "replace", rollingUpdate: {} } },
  { strategy: { rollingUpdate: {} } },
);
test(
  "empties a map",
  strategic,
  "Spec",
  { strategy: { type: "x" } },
  { strategy: { $patch: "delete" } },
  { strategy: {} },
);
test("unknown action", strategic, "Spec", {}, { strategy: { $patch: "melt" } }, "invalid");
test("unknown directive", strategic, "Spec", {}, { $melt: 1 }, "invalid");
test("no merge key", strategic, "PodSpec", pods({ name: "a" }), pods({ image: "x" }), "invalid");
test(
  "drops directives of new items",
  strategic,
  "PodSpec",
  {},
  pods({ name: "a", $retainKeys: ["name"], image: null }),
  pods({ name: "a" }),
);
test(
  "retains keys",
  strategic,
  "Spec",
  { strategy: { type: "x", rollingUpdate: { maxSurge: 1 } } },
  { strategy: { $retainKeys: ["type"], type: "Recreate" } },
  { strategy: { type: "Recreate" } },
);
test(
  "retains keys that are not listed",
  strategic,
  "Spec",
  {},
  { strategy: { $retainKeys: ["type"], rollingUpdate: {} } },
  "invalid",
);
test(
  "unites primitive lists",
  strategic,
  "ObjectMeta",
  { finalizers: ["a"] },
  { finalizers: ["b", "a"] },
  { finalizers: ["a", "b"] },
);
test(
  "deletes primitives",
  strategic,
  "ObjectMeta",
  { finalizers: ["a", "b"] },
  { "$deleteFromPrimitiveList/finalizers": ["a"] },
  { finalizers: ["b"] },
);
test(
  "orders primitives",
  strategic,
  "ObjectMeta",
  { finalizers: ["a", "b"] },
  { "$setElementOrder/finalizers": ["c", "b", "a"], finalizers: ["c"] },
  { finalizers: ["c", "b", "a"] },
);
test(
  "orders without adding",
  strategic,
  "PodSpec",
  pods({ name: "a" }, { name: "b" }),
  { "$setElementOrder/containers": [{ name: "b" }, { name: "x" }, { name: "a" }] },
  pods({ name: "b" }, { name: "a" }),
);
test(
  "keeps what only the server has in its place",
  strategic,
  "PodSpec",
  pods({ name: "s" }, { name: "a" }, { name: "b" }),
  { "$setElementOrder/containers": [{ name: "b" }, { name: "a" }] },
  pods({ name: "s" }, { name: "b" }, { name: "a" }),
);
test(
  "ignores the order of an absent list",
  strategic,
  "PodSpec",
  {},
  { "$setElementOrder/containers": [{ name: "a" }] },
  {},
);
test(
  "refuses a prototype",
  strategic,
  "Spec",
  {},
  JSON.parse('{"strategy":{"__proto__":{"x":1}}}'),
  "invalid",
);
