import test from "ava";
import { insteadOf, kubernetesKinds, kubernetesWords } from "../../compiler/check/kubernetes-words.js";
import { description } from "../../stdlib/constructs/generated/description.js";

test("each word of Kubernetes is none of the object's own, and leads to one that is", (t) => {
  for (const [type, words] of Object.entries(kubernetesWords)) {
    const object = description.types[type];
    t.truthy(object, type);
    const fields = object?.fields ?? {};
    for (const [word, instead] of Object.entries(words)) {
      t.false(Object.hasOwn(fields, word), `${type} has a field "${word}" itself`);
      const [, own] = /^(\w+): (?!.*before)/.exec(instead) ?? [];
      if (own !== undefined && own !== "nothing")
        t.true(Object.hasOwn(fields, own), `${type}: ${word}: ${instead}`);
    }
  }
});

test("each kind of Kubernetes that is no construct leads to one", (t) => {
  for (const [kind, instead] of Object.entries(kubernetesKinds)) {
    const names = Object.keys(description.constructs);
    t.false(
      names.some((name) => name.toLowerCase() === kind),
      kind,
    );
    t.true(
      [...names, "nothing"].some((name) => new RegExp(`\\b${name}\\b`).test(instead)),
      instead,
    );
  }
});

test("a field of another object leads to that object, a field of Kubernetes without a word to the patch", (t) => {
  const says = {
    "DeploymentSpec image": "containers: { web: { image: … } }",
    "DeploymentSpec livenessProbe": 'containers: { web: { liveness: { http: "/", port: "http" } } }',
    "DeploymentSpec memory": "containers: { web: { resources: { memory: … } } }",
    "Container cpu": "resources: { cpu: … }",
    "Container replicas": "replicas beside containers, not in one",
    "Container terminationMessagePath":
      "patch: { terminationMessagePath: … } (it reaches any field of Kubernetes)",
    "CronJobSpec podReplacementPolicy":
      "patch: { spec: { jobTemplate: { spec: { podReplacementPolicy: … } } } } (it reaches any field of Kubernetes)",
    "DeploymentSpec schedulerName":
      "patch: { spec: { template: { spec: { schedulerName: … } } } } (it reaches any field of Kubernetes)",
    "Container mout": undefined, // a misspelling of mounts
    "Container nonsense": undefined,
    "Container constructor": undefined,
  };
  for (const [asked, instead] of Object.entries(says)) {
    const [type = "", name = ""] = asked.split(" ");
    t.is(insteadOf(type, name), instead, asked);
  }
  t.is(
    insteadOf("DeploymentSpec", "depends_on", "a.infra"),
    "nothing: what a resource refers to is brought up before it",
  );
  t.is(insteadOf("Probe", "httpGet", "a.infra"), 'http = "/healthz", port = "http"');
});
