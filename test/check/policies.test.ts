import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { createHost } from "../../cli/host.js";
import { checkPolicies } from "../../compiler/check/policies.js";
import { compile } from "../../compiler/compile.js";
import { policyExamples } from "../../compiler/diagnostics/examples/policies.js";
import { type PolicyLevel, policyDiagnostics, policyLevels } from "../../compiler/diagnostics/policy-rows.js";

import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { Origins } from "../../compiler/lower/built.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { beside, filesOf } from "./example-programs.js";
import { elsewhere, peers } from "./peer-rules.js";

const packageRoot = fileURLToPath(new URL("../../", import.meta.url));

const role = (name: string, rule: object) => ({
  ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name } },
  rules: [{ apiGroups: [""], verbs: ["get"], resources: ["pods"], ...rule }],
});

interface Level {
  readonly level: PolicyLevel;
  readonly peers: string;
  readonly fix: string;
  readonly about: string;
}
const levels = new Map(
  Object.entries(policyDiagnostics).flatMap(([code, row]) =>
    "level" in row ? [[code, row as Level] as const] : [],
  ),
);

/** What is found at a level, as `code file`, in one program of both sides of all their examples. */
async function found(level: PolicyLevel): Promise<ReadonlySet<string>> {
  const folder = await mkdtemp(join(tmpdir(), "infra-policies-"));
  try {
    const files = [...levels.keys()].flatMap((code) =>
      (["wrong", "right"] as const).flatMap((side) => {
        const name = { entry: `${code}-${side}.ts`, resource: `${code}-${side}` };
        return [...filesOf(policyExamples[code as keyof typeof policyExamples], side, name)];
      }),
    );
    const entry = files.map(
      ([name], index) => `export * as m${index} from "./${name.replace(/ts$/, "js")}";\n`,
    );
    for (const [name, text] of [...beside, ["infra.ts", entry.join("")] as const, ...files])
      await writeFile(join(folder, name), text);
    const { diagnostics } = await compile(createHost(packageRoot, join(folder, "cache")), {
      ...{ entry: join(folder, "infra.ts"), output: join(folder, "out"), stack: "m", namespace: "default" },
      ...{ set: {}, check: false, version: "0.0.0", policy: level },
    });
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    return new Set(diagnostics.map(({ code, span }) => `${code} ${span?.file}`));
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("each finding is made at its level, of the wrong example, and not of the right one", async (t) => {
  let below: ReadonlySet<string> = new Set();
  for (const level of policyLevels) {
    const now = await found(level);
    for (const [code, row] of levels) {
      const isDue = policyLevels.indexOf(row.level) <= policyLevels.indexOf(level);
      t.is(now.has(`${code} ${code}-wrong.ts`), isDue, `${level}: ${code}`);
      if (level === row.level) {
        t.false(now.has(`${code} ${code}-right.ts`), `${level}: ${code} of what is right`);
        t.false(below.has(`${code} ${code}-wrong.ts`));
      }
    }
    if (level === "default") {
      const due = [...levels].filter(([, row]) => row.level === level);
      t.deepEqual([...now].sort(), due.map(([code]) => `${code} ${code}-wrong.ts`).sort());
    }
    below = now;
  }
});

test("a finding is accepted in .infra too, and an acceptance without a finding is told", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "infra-policies-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(
    join(folder, "main.infra"),
    `deployment api { container web { image = "x:latest" } }
let kept = accept(deployment.api, "image-latest", "ticket 12")
let idle = accept(deployment.api, "privileged", "not so")
`,
  );
  const { diagnostics, files } = await compile(createHost(packageRoot, join(folder, "cache")), {
    ...{ entry: join(folder, "main.infra"), output: join(folder, "out"), stack: "m", namespace: "default" },
    ...{ set: {}, check: false, version: "0.0.0" },
  });
  t.deepEqual(
    diagnostics.map(({ code, span }) => `${span?.start.line} ${code}`),
    ["3 accept-unused"],
  );
  t.like(JSON.parse(files?.get("compile.json") ?? "").accepted[0], {
    code: "image-latest",
    reason: "ticket 12",
  });
});

test("the user of an own image is known: root where neither it nor a base of it names one", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "infra-policies-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(
    join(folder, "infra.ts"),
    `import { deployment, image, scratch } from "infra";
const base = image("base", { from: scratch(), copy: { "/app": "./infra.ts" } });
const bare = image("bare", { from: base, cmd: ["/app"] });
const named = image("named", { from: bare, user: 1000 });
const inherits = image("inherits", { from: named });
const back = image("back", { from: named, user: "root" });
export const apps = [base, bare, named, inherits, back].map((image, index) =>
  deployment("a" + index, { containers: { c: { image } } }));
export const said = deployment("said", { containers: { c: { image: bare, user: 7 } } });
`,
  );
  for (const policy of ["default", "restricted"] as const) {
    const { diagnostics } = await compile(createHost(packageRoot, join(folder, "cache")), {
      ...{ entry: join(folder, "infra.ts"), output: join(folder, "out"), stack: "m", namespace: "default" },
      ...{ set: {}, check: false, version: "0.0.0", policy },
    });
    t.deepEqual(
      diagnostics
        .filter(({ code }) => code === "run-as-root")
        .map(({ message, related }) => `${message} (line ${related[0]?.span.start.line})`),
      [
        'deployment "a0": container "c", by its image "base", runs as root (line 2)',
        'deployment "a1": container "c", by its image "bare", runs as root (line 3)',
        'deployment "a4": container "c", by its image "back", runs as root (line 6)',
      ],
    );
  }
});

test("a budget is held against the fewest pods that an autoscaler leaves", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "infra-policies-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(
    join(folder, "infra.ts"),
    `import { autoscaler, deployment, disruptionBudget } from "infra";
const web = deployment("web", { replicas: 5, containers: { a: { image: "x:1" } } });
export const budget = disruptionBudget("web", { of: web, min: 2 });
export const scale = autoscaler("web", { of: web, min: 2, max: 5, cpu: "80%" });
const half = (name: string, replicas: number) =>
  disruptionBudget(name, { of: deployment(name, { replicas, containers: { a: { image: "x:1" } } }), min: "50%" });
export const halves = [half("alone", 1), half("three", 3)];
`,
  );
  const { diagnostics } = await compile(createHost(packageRoot, join(folder, "cache")), {
    ...{ entry: join(folder, "infra.ts"), output: join(folder, "out"), stack: "m", namespace: "default" },
    ...{ set: {}, check: false, version: "0.0.0", policy: "advice" },
  });
  t.deepEqual(
    diagnostics.filter(({ code }) => code === "budget-blocks").map(({ message }) => message),
    [
      'disruptionBudget "web" keeps 2 of 2 pods: no node with one of its pods can be emptied',
      'disruptionBudget "alone" keeps 50% of 1 pods: no node with one of its pods can be emptied',
    ],
  );
});

test("whoever may make what makes pods may make pods", (t) => {
  const powers = (apiGroups: readonly string[], resources: readonly string[]) => {
    const reporter = new Reporter();
    const object = {
      ...role("a", { apiGroups, resources, verbs: ["create", "get"] }),
    } as unknown as KubeObject;
    checkPolicies(
      { built: [{ object, title: "role", resource: 0, origins: new Origins() }], images: [] },
      "advice",
      () => false,
      reporter,
    );
    return reporter.sorted().map(({ message }) => message);
  };
  t.deepEqual(powers(["apps"], ["deployments"]), ["role may make pods"]);
  t.deepEqual(powers([""], ["deployments"]), []);
  t.deepEqual(powers(["batch"], ["jobs", "secrets"]), ["role may make pods"]);
  t.deepEqual(powers([""], ["pods/exec"]), ["role may run programs in pods"]);
});

test("what is out of date: volumes without a driver, labels and annotations of old names", (t) => {
  const said = (kind: string, metadata: object, spec: object) => {
    const reporter = new Reporter();
    const object = { apiVersion: "v1", kind, metadata: { name: "a", ...metadata }, spec };
    const built = [{ object, title: kind, resource: 0, origins: new Origins() }];
    checkPolicies({ built, images: [] }, "default", () => false, reporter);
    return reporter.sorted().map(({ message }) => message);
  };
  const containers = [{ name: "c", image: "x:1" }];
  t.deepEqual(said("Pod", {}, { containers, volumes: [{ name: "v", gitRepo: { repository: "a" } }] }), [
    'Pod: volume "v" is gitRepo, for which Kubernetes has no driver any more',
  ]);
  t.deepEqual(said("Pod", {}, { containers, serviceAccountName: "one", serviceAccount: "one" }), []);
  t.deepEqual(said("Pod", {}, { containers, nodeSelector: { "beta.kubernetes.io/os": "linux" } }), [
    "Pod: beta.kubernetes.io/os is now kubernetes.io/os",
  ]);
  const nodeSelectorTerms = [
    { matchExpressions: [{ key: "failure-domain.beta.kubernetes.io/zone", operator: "Exists" }] },
  ];
  const affinity = {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
  };
  t.deepEqual(said("Pod", {}, { containers, affinity }), [
    "Pod: failure-domain.beta.kubernetes.io/zone is now topology.kubernetes.io/zone",
  ]);
  t.deepEqual(
    said("Pod", { annotations: { "scheduler.alpha.kubernetes.io/critical-pod": "" } }, { containers }),
    [
      "Pod: the annotation scheduler.alpha.kubernetes.io/critical-pod does nothing; the field is priorityClassName",
    ],
  );
  t.deepEqual(said("Ingress", { annotations: { "kubernetes.io/ingress.class": "nginx" } }, {}), [
    "Ingress: the annotation kubernetes.io/ingress.class is now spec.ingressClassName",
  ]);
  const env = [
    { name: "AWS_SECRET_ACCESS_KEY", value: "x" },
    { name: "AZURE_STORAGE_KEY", value: "x" },
    { name: "CERTIFICATE", value: "-----BEGIN RSA PRIVATE KEY-----\nMII" },
    { name: "KEYBOARD", value: "de" },
    { name: "PRIMARY_KEY", value: "id" },
  ];
  t.deepEqual(said("Pod", {}, { containers: [{ name: "c", image: "x:1", env }] }), [
    'Pod: container "c" has AWS_SECRET_ACCESS_KEY as plain text',
    'Pod: container "c" has AZURE_STORAGE_KEY as plain text',
    'Pod: container "c" has CERTIFICATE as plain text',
  ]);
});

test("a budget that keeps all the pods that there are", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "infra-policies-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(
    join(folder, "infra.ts"),
    `import { deployment, disruptionBudget } from "infra";
const web = deployment("web", { replicas: 2, containers: { a: { image: "x:1" } } });
export const budget = disruptionBudget("web", { of: web, min: 2 });
`,
  );
  const { diagnostics } = await compile(createHost(packageRoot, join(folder, "cache")), {
    ...{ entry: join(folder, "infra.ts"), output: join(folder, "out"), stack: "m", namespace: "default" },
    ...{ set: {}, check: false, version: "0.0.0", policy: "advice" },
  });
  const [blocks] = diagnostics.filter(({ code }) => code === "budget-blocks");
  t.is(
    blocks?.message,
    'disruptionBudget "web" keeps 2 of 2 pods: no node with one of its pods can be emptied',
  );
  t.is(blocks?.span?.start.line, 3);
});

/** Codes that take a rule of a peer's for their own, or why there is none. */
function placeOf(rule: string): string {
  const codes = [...levels]
    .filter(([, row]) => rulesOf(row.peers).includes(rule))
    .map(([code]) => `\`${code}\``);
  return [...codes, ...elsewhere.filter(([one]) => one === rule).map(([, why]) => why)].join(", ");
}

/** `kube-linter a, b; PSS c` is three rules. */
function rulesOf(peers: string): readonly string[] {
  if (peers === "") return [];
  return peers.split("; ").flatMap((one) => {
    const [peer = "", ...names] = one.split(" ");
    return names
      .join(" ")
      .split(", ")
      .map((name) => `${peer} ${name}`);
  });
}

test("every rule of the peers has its place, and no other is claimed", (t) => {
  const all = Object.entries(peers).flatMap(([peer, { rules }]) => rules.map((rule) => `${peer} ${rule}`));
  const claimed = [...levels.values()].flatMap((row) => rulesOf(row.peers));
  t.deepEqual(
    [...claimed, ...elsewhere.map(([rule]) => rule)].filter((rule) => !all.includes(rule)),
    [],
  );
  t.deepEqual(
    all.filter((rule) => placeOf(rule) === ""),
    [],
  );
});

const page = new URL("../../docs/policies.md", import.meta.url);

test("the page of policies says what the rows say", async (t) => {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const rows = policyLevels.flatMap((level) =>
    [...levels]
      .filter(([, row]) => row.level === level)
      .map(
        ([code, { about, fix, peers }]) =>
          `| \`${code}\` | ${level} | ${cell(about)} | ${cell(fix)} | ${peers} |`,
      ),
  );
  const text = `# Policies

What the API takes and experience does not. \`infra compile --policy LEVEL\` holds a stack to a level and those before it:
\`default\` always, \`advice\` (how to run well), \`baseline\` and \`restricted\` (the Pod Security Standards of Kubernetes). Each is a
warning; \`--strict\` makes it stop the compile. What is meant stays, with its reason, beside the resource, and is recorded
in \`compile.json\`: \`export const api = accept(deployment(…), "run-as-root", "legacy image, ticket 12")\`; in \`.infra\`
\`let kept = accept(deployment.api, "run-as-root", "legacy image, ticket 12")\`. An accept that
nothing is found for is a warning itself. More can be accepted at every level:
\`node-unmatched\`, \`pods-not-admitted\`, \`port-unopened\`, \`reference-missing\`, \`selector-matches-nothing\` and \`selector-shared\`. Written from \`compiler/diagnostics/policy-rows.ts\` by its test (\`UPDATE_GOLDEN=1\`).

| code | level | why | what to do | its peers |
| --- | --- | --- | --- | --- |
${rows.join("\n")}

## What others look for, and where it is here

Every rule of kube-linter ${peers["kube-linter"].version} and Polaris ${peers.Polaris.version}, and every control of the
Pod Security Standards of Kubernetes ${peers.PSS.version}. The standards are held to Kubernetes' own verdicts
(\`test/check/standards.test.ts\`).

| rule | here |
| --- | --- |
${Object.entries(peers)
  .flatMap(([peer, { rules }]) => rules.map((rule) => `| ${peer} ${rule} | ${placeOf(`${peer} ${rule}`)} |`))
  .join("\n")}

## Rules of one's own

\`\`\`ts
import { policy } from "infra";

export const few = policy("few", (objects, report) => {
  for (const object of objects)
    if (object.kind === "Deployment" && object.spec?.replicas > 3) report(object, "more than three", "spec.replicas");
});
\`\`\`

A policy is exported by the stack, or by a module that it imports, and gets the objects as Kubernetes would. What it
reports is an error at the author's line of the field it names. One that is async is refused: what it finds after an
await would be lost. It is a function that any test can call:
[examples/policies](../examples/policies).
`;
  if (process.env["UPDATE_GOLDEN"] === "1") await writeFile(page, text);
  t.is(await readFile(page, "utf8"), text, "UPDATE_GOLDEN=1 rewrites; then read the diff");
});

test("restricted says of each container what is known of its user and capabilities", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "infra-policies-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(
    join(folder, "infra.ts"),
    `import { core } from "infra/kubernetes";
const container = (name: string, securityContext = {}) => ({ name, image: "x:1", securityContext });
export const pod = core.v1.Pod({
  metadata: { name: "p" },
  spec: {
    containers: [
      container("unsaid"),
      container("root", { runAsUser: 0, capabilities: { drop: ["ALL"], add: ["CHOWN"] } }),
      container("free", { runAsUser: 7, capabilities: { drop: ["ALL"] } }),
      container("held", { runAsNonRoot: true, capabilities: { drop: ["ALL"] } }),
    ],
  },
});
`,
  );
  const { diagnostics } = await compile(createHost(packageRoot, join(folder, "cache")), {
    ...{ entry: join(folder, "infra.ts"), output: join(folder, "out"), stack: "m", namespace: "default" },
    ...{ set: {}, check: false, version: "0.0.0", policy: "restricted" },
  });
  t.deepEqual(
    diagnostics
      .filter(({ code }) => code === "run-as-root" || code === "added-capability")
      .map(({ message }) => message)
      .sort(),
    [
      'Pod "p": container "free" is not held to a user other than root: runAsNonRoot is not said',
      'Pod "p": container "root" has CHOWN, a right of root',
      'Pod "p": container "root" runs as root',
      'Pod "p": container "unsaid" keeps the default capabilities, rights of root',
      'Pod "p": container "unsaid" may run as root, as its image says',
    ],
  );
});
