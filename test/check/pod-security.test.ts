import test from "ava";
import { policyDiagnostics } from "../../compiler/diagnostics/policy-rows.js";
import { findings } from "../support/findings.js";

const stack = `import { accept, daemonSet, deployment, namespace, pod } from "infra";
import * as k from "infra/kubernetes";
export const strict = namespace("strict", { podSecurity: "restricted" });
export const base = k.core.v1.Namespace({ metadata: { name: "base", labels: { "pod-security.kubernetes.io/enforce": "baseline" } } });
export const open = namespace("open", { podSecurity: "privileged" });
const privileged = { a: { image: "x:1", privileged: true } };
`;

test("a pod that does not meet what its namespace enforces is refused; a workload has none", async (t) => {
  const { diagnostics, lines } = await findings(
    t,
    `${stack}
export const a = pod("a", { in: strict, containers: { a: { image: "x:1", user: 0 } } });
export const b = daemonSet("b", { in: strict, host: { network: true }, containers: { a: { image: "x:1" } } });
export const c = pod("c", { in: "base", containers: privileged });
export const d = pod("d", { in: open, containers: privileged });
export const e = pod("e", { in: "elsewhere", containers: privileged });
export const f = pod("f", { in: base, containers: { a: { image: "x:1", user: 1000 } } });
export const g = accept(deployment("g", { in: "base", containers: privileged }), "pods-not-admitted", "exempt");
`,
  );
  // What each policy says is in its own test.
  const told = lines.map((line) => line.replace(/: (\w+ "\w").*; /, ": $1: … "));
  t.deepEqual(
    told.filter((line) => line.includes("not-admitted")),
    [
      '6:53 pod-not-admitted: pod "c": … namespace "base" (baseline) admits no such pod',
      '8:58 pod-not-admitted: pod "a": … namespace "strict" (restricted) admits no such pod',
      '8:58 pod-not-admitted: pod "a": … namespace "strict" (restricted) admits no such pod',
      '9:64 pods-not-admitted: daemonSet "b": … namespace "strict" (restricted) admits no pods of it',
      '9:89 pods-not-admitted: daemonSet "b": … namespace "strict" (restricted) admits no pods of it',
      '9:89 pods-not-admitted: daemonSet "b": … namespace "strict" (restricted) admits no pods of it',
    ],
  );
  const severities = new Map(diagnostics.map(({ code, severity }) => [code, severity]));
  t.is(severities.get("pod-not-admitted"), "error");
  t.is(severities.get("pods-not-admitted"), "warning");
  t.is(diagnostics.find(({ code }) => code === "pod-not-admitted")?.hint, policyDiagnostics.privileged.fix);
});

test("a label of a namespace names a standard, or a version", async (t) => {
  const { diagnostics, lines } = await findings(
    t,
    `import { namespace } from "infra";
import * as k from "infra/kubernetes";
export const a = namespace("a", { labels: { "pod-security.kubernetes.io/enforce": "restrictd" } });
export const b = k.core.v1.Namespace({ metadata: { name: "b", labels: {
  "pod-security.kubernetes.io/warn": "baseline",
  "pod-security.kubernetes.io/audit": "none",
  "pod-security.kubernetes.io/enforce-version": "1.30",
  "pod-security.kubernetes.io/warn-version": "v1.30",
  "pod-security.kubernetes.io/audit-version": "latest",
  "pod-security.kubernetes.io/other": "x",
} } });
`,
  );
  const supported = 'supported values: "privileged", "baseline", "restricted"';
  t.deepEqual(lines, [
    `3:83 field-invalid: namespace "a": metadata.labels[pod-security.kubernetes.io/enforce]: Unsupported value: "restrictd": ${supported}`,
    `6:39 field-invalid: Namespace "b": metadata.labels[pod-security.kubernetes.io/audit]: Unsupported value: "none": ${supported}`,
    '7:49 field-invalid: Namespace "b": metadata.labels[pod-security.kubernetes.io/enforce-version]: Invalid value: "1.30": must be "latest" or "v1.x"',
  ]);
  t.is(diagnostics[0]?.hint, 'did you mean "restricted"?');
});
