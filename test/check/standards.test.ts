import { readFileSync } from "node:fs";
import test from "ava";
import { checkPolicies } from "../../compiler/check/policies.js";
import type { PolicyLevel, policyDiagnostics } from "../../compiler/diagnostics/policy-rows.js";
import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { Origins } from "../../compiler/lower/built.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";

/**
 * Pods with a few things changed, and the checks that they failed in Kubernetes' own `pod-security-admission` v0.35 at
 * version 1.35 of each level. `null` removes.
 */
type Case = readonly [
  base: keyof typeof bases,
  changes: readonly (readonly [path: string, value: unknown])[],
  baseline: string,
  restricted: string,
];
const cases = JSON.parse(
  readFileSync(new URL("standards/cases.json", import.meta.url), "utf8"),
) as readonly Case[];

const containers = (more: object) => ({
  initContainers: [{ name: "first", image: "x:1", ...structuredClone(more) }],
  containers: [{ name: "main", image: "x:1", ...structuredClone(more) }],
});
const bases = {
  bare: containers({}),
  safe: {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    ...containers({ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } } }),
  },
};

/** What Kubernetes calls a check, and what we call it. */
const codes: { readonly [check: string]: readonly (keyof typeof policyDiagnostics)[] } = {
  allowPrivilegeEscalation: ["escalation-allowed"],
  appArmorProfile: ["apparmor-unconfined"],
  capabilities_baseline: ["added-capability"],
  capabilities_restricted: ["added-capability"],
  hostNamespaces: ["host-namespace"],
  hostPathVolumes: ["host-path"],
  hostPorts: ["host-port"],
  hostProbesAndHostLifecycle: ["probe-host"],
  privileged: ["privileged"],
  procMount: ["proc-unmasked"],
  procMount_restricted: ["proc-unmasked"],
  restrictedVolumes: ["volume-type", "host-path"],
  runAsNonRoot: ["run-as-root"],
  runAsUser: ["run-as-root"],
  seLinuxOptions: ["selinux-custom"],
  seccompProfile_baseline: ["seccomp-unconfined"],
  seccompProfile_restricted: ["seccomp-unconfined"],
  sysctls: ["sysctl-unsafe"],
  windowsHostProcess: ["host-process"],
};
/** Root is said at every level here, by the restricted standard alone. */
const ofStandard = new Set<string>(Object.values(codes).flat());

function podOf([base, changes]: Case): KubeObject {
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: structuredClone(bases[base]) };
  for (const [path, value] of changes) {
    const parts = path.split(".");
    const last = parts.pop() as string;
    const parent = parts.reduce<{ [name: string]: unknown }>((at, part) => {
      at[part] ??= {};
      return at[part] as { [name: string]: unknown };
    }, pod);
    if (value === null) delete parent[last];
    else parent[last] = value;
  }
  return pod;
}

function foundIn(object: KubeObject, level: PolicyLevel): readonly string[] {
  const reporter = new Reporter();
  const built = [{ object, title: "Pod", resource: 0, origins: new Origins() }];
  checkPolicies({ built, images: [] }, level, () => false, reporter);
  const found = new Set(reporter.sorted().map(({ code }) => code));
  return [...found].filter(
    (code) => ofStandard.has(code) && !(level === "baseline" && code === "run-as-root"),
  );
}

for (const level of ["baseline", "restricted"] as const)
  test(`${level}: the findings are those of Kubernetes`, (t) => {
    t.true(cases.length > 900);
    const wrong = cases.flatMap((one) => {
      const failed = one[level === "baseline" ? 2 : 3].split(" ").filter((check) => check !== "");
      const found = foundIn(podOf(one), level);
      const missed = failed.filter((check) => !codes[check]?.some((code) => found.includes(code)));
      const extra = found.filter(
        (code) => !failed.some((check) => codes[check]?.some((own) => own === code)),
      );
      return missed.length + extra.length === 0 ? [] : [{ changes: one[1], missed, extra }];
    });
    t.deepEqual(wrong, []);
  });
