import test from "ava";
import fc from "fast-check";
import { applyOrder } from "../../cli/rollout/order.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";

function make(kind: string, name: string, more: Partial<KubeObject> = {}, dependsOn?: string): KubeObject {
  const apiVersion = kind === "Deployment" ? "apps/v1" : "v1";
  const annotations =
    dependsOn === undefined ? {} : { annotations: { "config.kubernetes.io/depends-on": dependsOn } };
  const namespace = kind === "Namespace" ? {} : { namespace: "shop" };
  return { apiVersion, kind, metadata: { name, ...namespace, ...annotations }, ...more };
}

function show(objects: readonly KubeObject[]): string[] {
  return applyOrder(objects).map(({ objects: wave, readyFirst }) => {
    const names = wave.map(({ kind, metadata }) => `${kind}/${metadata.name}`).join(" ");
    return readyFirst.length === 0 ? names : `${names} after ${readyFirst.join(" ")}`;
  });
}

const claim = { spec: { volumes: [{ persistentVolumeClaim: { claimName: "data" } }] } };
const stack = [
  make("Pod", "tool"),
  make("Deployment", "web"),
  make("Deployment", "api"),
  make("Service", "web"),
  make("Secret", "redis"),
  make("ConfigMap", "settings"),
  make("Namespace", "shop"),
];
const ordered = [
  "Namespace/shop",
  "ConfigMap/settings",
  "Secret/redis",
  "Service/web",
  "Deployment/api Deployment/web",
  "Pod/tool",
];

test("kinds come in the order others need them, equals together", (t) => {
  t.deepEqual(show(stack), ordered);
});

test("any order of the input gives the same waves", (t) => {
  const shuffled = fc.shuffledSubarray(stack, { minLength: stack.length });
  t.notThrows(() => fc.assert(fc.property(shuffled, (objects) => t.deepEqual(show(objects), ordered))));
});

test("a reference turns the order of kinds around", (t) => {
  const objects = [make("Deployment", "db", claim), make("PersistentVolumeClaim", "data")];
  t.deepEqual(show(objects), ["PersistentVolumeClaim/data", "Deployment/db"]);
});

test("depends-on waits until the other is ready", (t) => {
  const objects = [make("Deployment", "a", {}, "apps/namespaces/shop/Deployment/b"), make("Deployment", "b")];
  t.deepEqual(show(objects), ["Deployment/b", "Deployment/a after apps/v1/Deployment/shop/b"]);
});

test("what is not in the stack orders nothing", (t) => {
  t.deepEqual(show([make("Deployment", "a", {}, "/namespaces/other/Pod/x")]), ["Deployment/a"]);
});

test("a circle is named", (t) => {
  const objects = [
    make("Deployment", "a", {}, "apps/namespaces/shop/Deployment/b"),
    make("Deployment", "b", {}, "apps/namespaces/shop/Deployment/a"),
  ];
  t.throws(() => applyOrder(objects), { code: "dependency-cycle", message: /shop\/a, .*shop\/b/ });
});
