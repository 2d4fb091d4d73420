import test from "ava";
import { completions } from "../../compiler/language/server/completion.js";
import { hover } from "../../compiler/language/server/hover.js";
import * as kubernetes from "../../stdlib/kubernetes/index.js";
import { typeTable } from "../../stdlib/schema/generated/table.js";
import { analysisOf, withCursor, workspaceOf } from "./support.js";

function opened(marked: string) {
  const { position, text } = withCursor(marked);
  const workspace = workspaceOf({ "main.infra": text });
  return { workspace, analysis: analysisOf(workspace), position };
}

function labelsAt(marked: string): readonly string[] {
  const { analysis, position, workspace } = opened(marked);
  return completions(workspace, analysis, position).map(({ label }) => label);
}

const fieldsOf = (type: string) => Object.keys(typeTable[type]?.fields ?? {});

const offers = test.macro({
  title: (what = "") => `exact objects: ${what}`,
  exec(t, marked: string, labels: readonly string[]) {
    t.deepEqual(labelsAt(marked), labels);
  },
});

test(
  "groups",
  offers,
  "let x = kubernetes.|",
  Object.keys(kubernetes).filter((group) => group !== "meta"),
);
test("versions", offers, "let x = kubernetes.autoscaling.|\nlet y = 1", ["v1", "v2"]);
test("fields of an object", offers, "let x = kubernetes.apps.v1.Deployment({ | })", ["metadata", "spec"]);
test(
  "fields that are missing, within a part half written",
  offers,
  "let x = kubernetes.apps.v1.Deployment({\n  spec: {\n    paused: true,\n    repl|\n  },\n})",
  fieldsOf("apps.v1.DeploymentSpec").filter((name) => name !== "paused"),
);
test(
  "fields of what a list has",
  offers,
  "function f(n) = kubernetes.apps.v1.Deployment({ spec: { template: { spec: { containers: [{ | }] } } } })",
  fieldsOf("core.v1.Container"),
);
test(
  "fields within if, for and spreads",
  offers,
  "let x = kubernetes.core.v1.Pod({ spec: if true then { containers: [...[for n in [1]: { ...{ ports: [{ | }] } }]] } else {} })",
  fieldsOf("core.v1.ContainerPort"),
);
test("choices in quotes", offers, 'let x = kubernetes.core.v1.Pod({ spec: { restartPolicy: "|" } })', [
  "Always",
  "Never",
  "OnFailure",
]);
test(
  "names of anybody's choice",
  offers,
  "let x = kubernetes.core.v1.Pod({ metadata: { labels: { | } } })",
  [],
);
test(
  "a patch is of the kind that its block makes",
  offers,
  'statefulSet w { container c { image = "x:1" }\n patch = { spec: { | } } }',
  fieldsOf("apps.v1.StatefulSetSpec"),
);
test(
  "a patch of a call",
  offers,
  'let x = deployment("w", { patch: { spec: { strategy: { | } } } })',
  fieldsOf("apps.v1.DeploymentStrategy"),
);
test(
  "a patch of a container",
  offers,
  "deployment w { container c { patch = { securityContext: { | } } } }",
  fieldsOf("core.v1.SecurityContext"),
);
test(
  "an exact volume",
  offers,
  'deployment w { container c { mounts = { "/x": volume({ nfs: { | } }) } } }',
  fieldsOf("core.v1.NFSVolumeSource"),
);

test("every kind that can be called is offered", (t) => {
  for (const [group, versions] of Object.entries(kubernetes).filter(([name]) => name !== "meta"))
    for (const [version, kinds] of Object.entries(versions))
      t.deepEqual(labelsAt(`let x = kubernetes.${group}.${version}.|`), Object.keys(kinds).sort());
});

test("what is called already keeps its arguments", (t) => {
  const insertAt = (marked: string) => {
    const { analysis, position, workspace } = opened(marked);
    const found = completions(workspace, analysis, position).find(({ label }) => label === "Deployment");
    return found?.insert;
  };
  t.is(insertAt("let x = kubernetes.apps.v1.Dep|"), "Deployment({ $0 })");
  t.is(insertAt("let x = kubernetes.apps.v1.Dep|({ spec: {} })"), "Deployment");
});

const shows = test.macro({
  title: (what = "") => `hover in exact objects: ${what}`,
  exec(t, marked: string, expected: RegExp) {
    const { analysis, position, workspace } = opened(marked);
    t.regex(hover(workspace, analysis, position)?.markdown ?? "", expected);
  },
});

test(
  "a field has its type, default and meaning",
  shows,
  "let x = kubernetes.apps.v1.Deployment({ spec: { repl|icas: 3 } })",
  /replicas: a number, 1 by default[\s\S]*How many pods/,
);
test(
  "choices of a field",
  shows,
  'let x = kubernetes.core.v1.Pod({ spec: { "restart|Policy": "Never" } })',
  /restartPolicy: "Always", "Never" or "OnFailure"/,
);
test(
  "a kind",
  shows,
  "let x = kubernetes.batch.v1.Jo|b({})",
  /kubernetes\.batch\.v1\.Job\(\{ … \}\)[\s\S]*\w/,
);
test(
  "a field of a patch",
  shows,
  'deployment w { container c { image = "x:1" }\n patch = { spec: { pau|sed: true } } }',
  /paused: a boolean/,
);
