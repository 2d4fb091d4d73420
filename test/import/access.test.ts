import test from "ava";
import * as fc from "fast-check";
import { emitYaml } from "../../compiler/emit/yaml.js";
import { writeTypeScript } from "../../compiler/import/write-typescript.js";
import { importAndJudge } from "../support/import-law.js";
import { typeErrors } from "../support/program-types.js";

const apiGroup = "rbac.authorization.k8s.io";
const apiVersion = `${apiGroup}/v1`;

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** An account with a role and its binding, each as given. */
function account(rules: readonly Rule[], changes: { readonly [part: string]: object } = {}): string {
  const metadata = { name: "op" };
  const objects = [
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    { apiVersion, kind: "Role", metadata, rules, ...changes["role"] },
    {
      apiVersion,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup, kind: "Role", name: "op" },
      subjects: [{ kind: "ServiceAccount", name: "op", namespace: "default" }],
      ...changes["binding"],
    },
  ];
  return objects.map((object) => `---\n${emitYaml(object)}`).join("");
}

const reads: Rule = { apiGroups: [""], resources: ["pods", "services"], verbs: ["get", "list"] };

test("an account with its own role and binding says what it may do", (t) => {
  const scale: Rule = {
    apiGroups: ["apps"],
    resources: ["deployments/scale"],
    resourceNames: ["web"],
    verbs: ["patch"],
  };
  const text = `${account([reads, scale]).replace("rules:\n", "# What it is for.\nrules:\n# Sees.\n")}---
apiVersion: ${apiVersion}
kind: ClusterRole
metadata: {name: default-op}
rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]
---
apiVersion: ${apiVersion}
kind: ClusterRoleBinding
metadata: {name: default-op}
roleRef: {apiGroup: ${apiGroup}, kind: ClusterRole, name: default-op}
subjects: [{kind: ServiceAccount, name: op, namespace: default}]
`;
  const { errors, imported } = importAndJudge(text);
  t.deepEqual(errors, []);
  t.true(imported.objects.every(({ as }) => as === "construct"));
  t.is(
    writeTypeScript(imported.program),
    `import { serviceAccount } from "infra";

export const op = serviceAccount("op", {
  // What it is for.
  // Sees.
  may: {
    pods: ["get", "list"],
    services: ["get", "list"],
    "deployments/scale.apps": { verbs: ["patch"], only: ["web"] },
  },
  mayEverywhere: { "*": ["*"] },
  defaults: "kubernetes",
});
`,
  );
});

const unlike: { readonly [what: string]: string } = {
  "another name": account([reads], { binding: { metadata: { name: "other" } } }),
  "labels of its own": account([reads], { role: { metadata: { name: "op", labels: { a: "b" } } } }),
  "another subject": account([reads], { binding: { subjects: [{ kind: "User", name: "op" }] } }),
  "a second subject": account([reads], {
    binding: {
      subjects: ["op", "other"].map((name) => ({ kind: "ServiceAccount", name, namespace: "default" })),
    },
  }),
  "another role": account([reads], { binding: { roleRef: { apiGroup, kind: "ClusterRole", name: "op" } } }),
  "two groups": account([{ ...reads, apiGroups: ["", "apps"] }]),
  "a resource of every group": account([{ ...reads, apiGroups: ["*"] }]),
  "rules that are apart": account([
    { ...reads, resources: ["pods"] },
    { ...reads, resources: ["services"] },
  ]),
  "a resource twice": account([reads, { ...reads, verbs: ["delete"] }]),
  "a verb of somebody else": account([{ ...reads, verbs: ["dance"] }]),
  "no rules": account([]),
};

for (const [what, text] of Object.entries(unlike))
  test(`field by field: ${what}`, (t) => {
    const { errors, imported } = importAndJudge(text);
    t.deepEqual(errors, []);
    t.deepEqual(
      imported.objects.map(({ as }) => as),
      ["construct", "exact", "exact"],
    );
  });

test("every resource of the core group that is taken is one for the type", (t) => {
  const resources =
    "configmaps endpoints events limitranges namespaces namespaces/finalize namespaces/status nodes nodes/log nodes/metrics " +
    "nodes/proxy nodes/stats nodes/status persistentvolumeclaims persistentvolumeclaims/status persistentvolumes " +
    "persistentvolumes/status pods pods/attach pods/binding pods/ephemeralcontainers pods/eviction pods/exec pods/log " +
    "pods/portforward pods/proxy pods/resize pods/status podtemplates replicationcontrollers replicationcontrollers/scale " +
    "replicationcontrollers/status resourcequotas resourcequotas/status secrets serviceaccounts serviceaccounts/token " +
    "services services/proxy services/status";
  const verbs =
    "get list watch create update patch delete deletecollection bind escalate impersonate use approve sign *";
  const { errors, imported } = importAndJudge(
    account([{ apiGroups: [""], resources: resources.split(" "), verbs: verbs.split(" ") }]),
  );
  t.deepEqual(errors, []);
  t.true(imported.objects.every(({ as }) => as === "construct"));
  t.is(typeErrors(new Map([["all", writeTypeScript(imported.program)]])), "");
});

test("whatever the rules are, the same objects come again", (t) => {
  const rule = fc.record(
    {
      apiGroups: fc.subarray(["", "apps", "*", "example.org"], { minLength: 1 }),
      resources: fc.subarray(["pods", "pods/log", "*", "deployments", "widgets"], { minLength: 1 }),
      resourceNames: fc.subarray(["a", "b"]),
      verbs: fc.subarray(["get", "list", "*", "dance"], { minLength: 1 }),
    },
    { requiredKeys: ["apiGroups", "resources", "verbs"] },
  );
  const metadata = fc.constantFrom({ name: "op" }, { name: "op" }, { name: "op", labels: { a: "b" } });
  const property = fc.property(
    fc.array(rule, { maxLength: 3 }),
    metadata,
    metadata,
    (rules, role, binding) => {
      const text = account(rules, { role: { metadata: role }, binding: { metadata: binding } });
      return importAndJudge(text).errors.length === 0;
    },
  );
  t.notThrows(() => fc.assert(property, { numRuns: 100 }));
});
