import test from "ava";
import { desiredSecrets, withSecretRevisions } from "../../cli/rollout/secrets.js";
import { type SecretDeclaration, secretRevisionAnnotation, stackLabel } from "../../stdlib/schema/bundle.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { seededRandom } from "../support/virtual-world.js";

function randomInt(seed: number) {
  const random = seededRandom(seed);
  return (below: number) => random.uint32() % below;
}

function declare(keys: readonly string[], type = "Opaque"): SecretDeclaration {
  return {
    namespace: "default",
    name: "redis",
    type,
    labels: { tier: "data" },
    keys: Object.fromEntries(keys.map((key) => [key, { provider: "generated", length: 24 }])),
  };
}

function next(declaration: SecretDeclaration, live: KubeObject | undefined, seed: number) {
  return desiredSecrets([declaration], () => live, "shop", randomInt(seed))[0]!;
}

const stored = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: "7", uid: "u" },
});
const dataOf = (object: KubeObject) => object["data"] as { [key: string]: string };

test("a new Secret has a value of the declared length, the stack's label and a revision", (t) => {
  const { action, object, revision } = next(declare(["password"]), undefined, 1);
  t.is(action, "create");
  t.regex(Buffer.from(dataOf(object)["password"]!, "base64").toString(), /^[A-Za-z0-9]{24}$/);
  t.deepEqual(object.metadata.labels, { tier: "data", [stackLabel]: "shop" });
  t.deepEqual(object.metadata.annotations, { [secretRevisionAnnotation]: revision });
  t.is(object.metadata.resourceVersion, undefined);
});

test("annotations of its own are on it, and a change of them is an update", (t) => {
  const declaration = { ...declare(["password"]), annotations: { team: "shop" } };
  const first = next(declaration, undefined, 1);
  t.deepEqual(first.object.metadata.annotations, {
    team: "shop",
    [secretRevisionAnnotation]: first.revision,
  });
  t.is(next(declaration, stored(first.object), 2).action, "none");
  const moved = next({ ...declaration, annotations: { team: "bank" } }, stored(first.object), 3);
  t.is(moved.action, "update");
  t.is(moved.revision, first.revision, "the value is the same");
});

test("the second up keeps value and revision and has nothing to do", (t) => {
  const first = next(declare(["password"]), undefined, 1);
  const second = next(declare(["password"]), stored(first.object), 2);
  t.is(second.action, "none");
  t.is(second.revision, first.revision);
  t.deepEqual(dataOf(second.object), dataOf(first.object));
});

test("a new key is made, an old one kept, one taken out gone; the revision says so", (t) => {
  const first = next(declare(["password", "old"]), undefined, 1);
  const second = next(declare(["password", "token"]), stored(first.object), 2);
  t.is(second.action, "update");
  t.deepEqual(Object.keys(dataOf(second.object)), ["password", "token"]);
  t.is(dataOf(second.object)["password"], dataOf(first.object)["password"]);
  t.not(second.revision, first.revision);
  t.is(second.object.metadata.resourceVersion, "7", "written only over what was read");
});

test("another type replaces the object and keeps the values", (t) => {
  const first = next(declare(["password"]), undefined, 1);
  const second = next(declare(["password"], "example.com/login"), stored(first.object), 2);
  t.is(second.action, "update");
  t.deepEqual(dataOf(second.object), dataOf(first.object));
  t.is(second.object.metadata.resourceVersion, undefined, "the object it was read from will be gone");
});

test("revisions go into pod templates, and only where a Secret is known", (t) => {
  const annotations = { "secret.infra.dev/redis": "pending", "secret.infra.dev/other": "pending", a: "b" };
  const workload: KubeObject = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "default" },
    spec: { replicas: 2, template: { metadata: { annotations }, spec: { containers: [] } } },
  };
  const [revised] = withSecretRevisions([workload], (namespace, name) =>
    namespace === "default" && name === "redis" ? "r1" : undefined,
  );
  t.deepEqual(revised?.["spec"], {
    replicas: 2,
    template: {
      metadata: { annotations: { ...annotations, "secret.infra.dev/redis": "r1" } },
      spec: { containers: [] },
    },
  });
  t.is(annotations["secret.infra.dev/redis"], "pending", "the input is left alone");
});
