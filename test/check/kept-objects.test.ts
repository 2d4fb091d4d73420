/* A stack finds its objects by name, and has only such as a cluster keeps. */
import test, { type ExecutionContext } from "ava";
import type { Diagnostic } from "../../compiler/diagnostics/reporter.js";
import * as kubernetes from "../../stdlib/kubernetes/index.js";
import { isKept, kindRowOf } from "../../stdlib/schema/kinds.js";
import { runCli } from "../support/cli.js";
import { stackFolder } from "../support/stack-folder.js";

async function found(t: ExecutionContext, files: { readonly [path: string]: string }) {
  const work = await stackFolder(t, files);
  const { out } = await runCli(work, ["compile", "--no-check", "--format", "json"]);
  const { diagnostics } = JSON.parse(out) as { readonly diagnostics: readonly Diagnostic[] };
  return diagnostics.map(
    ({ code, message, span }) => `${span?.start.line}:${span?.start.column} ${code}: ${message}`,
  );
}

test("objects without a name, or with one that is made up, are one mistake each", async (t) => {
  const source = `import { core } from "infra/kubernetes";
const spec = { containers: [{ name: "c", image: "w:1" }] };
export const all = [
  core.v1.Pod({ metadata: { generateName: "a-" }, spec }),
  core.v1.Pod({ metadata: { generateName: "a-" }, spec }),
  core.v1.ConfigMap({ metadata: { labels: {} } }),
  core.v1.ConfigMap({ metadata: { name: "" } }),
];
`;
  t.deepEqual(await found(t, { "infra.ts": source }), [
    "4:43 name-missing: a Pod of a stack cannot have generateName for a name",
    "5:43 name-missing: a Pod of a stack cannot have generateName for a name",
    "6:23 name-missing: a ConfigMap has no name",
    "7:41 name-missing: a ConfigMap has no name",
  ]);
});

test("a name beside generateName is what the server takes", async (t) => {
  const source = `import { core } from "infra/kubernetes";
export const a = core.v1.ConfigMap({ metadata: { name: "a", generateName: "a-" } });
`;
  t.deepEqual(await found(t, { "infra.ts": source }), []);
});

test("requests are no objects of a stack, in programs and in files", async (t) => {
  const files = {
    "infra.ts": `import { manifests } from "infra";
import { authorization, core } from "infra/kubernetes";
export const a = authorization.v1.SubjectAccessReview({ spec: { user: "a" } });
export const b = core.v1.Binding({ metadata: { name: "b" }, target: { kind: "Node", name: "n" } });
export const c = manifests("./c.yaml");
`,
    "c.yaml":
      "apiVersion: authentication.k8s.io/v1\nkind: TokenReview\nmetadata: { name: c }\nspec: { token: x }\n",
  };
  t.deepEqual(await found(t, files), [
    "2:1 kind-unkept: a TokenReview (authentication.k8s.io/v1) is no object that a cluster keeps",
    "3:55 kind-unkept: a SubjectAccessReview (authorization.k8s.io/v1) is no object that a cluster keeps",
    "4:34 kind-unkept: a Binding (v1) is no object that a cluster keeps",
  ]);
});

test("an import leaves requests out", async (t) => {
  const work = await stackFolder(t, {
    "a.yaml":
      "apiVersion: policy/v1\nkind: Eviction\nmetadata: { name: a }\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: b }\n",
  });
  const { code, error } = await runCli(work, ["import", "a.yaml", "-o", "out"]);
  t.is(code, 0, error);
  t.regex(error, /object-left-out.*Eviction "a".*it is a request, which a cluster answers and does not keep/);
  t.is((await runCli(work, ["compile", "--no-check", "out"])).code, 0);
});

test("every kind that has a constructor is checked as an object, or told to be none", (t) => {
  type Constructor = (object: object) => { readonly apiVersion: string; readonly kind: string };
  const constructors = Object.values(kubernetes)
    .flatMap((versions) => Object.values(versions))
    .flatMap((kinds) => Object.values(kinds as { readonly [kind: string]: Constructor }));
  const objects = constructors.map((make) => make({ metadata: { name: "a" } }));
  t.true(objects.length > 80);
  t.deepEqual(
    objects.filter((object) => isKept(object) && kindRowOf(object) === undefined),
    [],
  );
});
