import type { AcceptableCode } from "../../stdlib/constructs/accept.js";
import type { Container, PodSpec } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { PolicyRule } from "../../stdlib/kubernetes/generated/rbac-v1.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { Built } from "../lower/built.js";
import { type BuiltPod, podsOf } from "./pods.js";

/** What a stack is held to beside the rules of the API; each level has those before it. */
export const policyLevels = ["default", "advice", "baseline", "restricted"] as const;
export type PolicyLevel = (typeof policyLevels)[number];

/** One finding: where, and what about it. */
interface Finding {
  readonly code: Exclude<AcceptableCode, "reference-missing" | "selector-matches-nothing">;
  readonly path: string;
  readonly what: string;
}

type PodPolicy = (pod: BuiltPod) => readonly Finding[];

const everyContainer = (
  check: (container: Container, at: string, pod: PodSpec) => readonly Finding[],
): PodPolicy => {
  return ({ path, spec }) =>
    (["initContainers", "containers"] as const).flatMap((list) =>
      (spec[list] ?? []).flatMap((container) => check(container, `${path}.${list}[${container.name}]`, spec)),
    );
};

/** Only what serves for long is asked for probes. */
const everyServer = (check: (container: Container, at: string) => readonly Finding[]): PodPolicy => {
  return ({ built, path, spec }) =>
    ["Deployment", "StatefulSet", "DaemonSet"].includes(built.object.kind)
      ? spec.containers.flatMap((container) => check(container, `${path}.containers[${container.name}]`))
      : [];
};

const of = (name: string) => `container "${name}"`;

/**
 * Which of them speak at which level. Sources: Kubernetes "Pod Security Standards" (baseline, restricted); what
 * kube-linter and Polaris look for (advice).
 */
const podPolicies: { readonly [L in PolicyLevel]: readonly PodPolicy[] } = {
  default: [
    everyContainer((container, at, pod) =>
      userOf(container, pod) === 0
        ? [{ code: "run-as-root", path: `${at}.securityContext`, what: of(container.name) }]
        : [],
    ),
    everyContainer(({ image = "", name }, at) =>
      /^[^@]*:latest$|^[^:@]+$|\/[^:@]+$/.test(image)
        ? [{ code: "image-latest", path: `${at}.image`, what: `${of(name)} runs "${image}"` }]
        : [],
    ),
    everyContainer(({ env = [], name }, at) =>
      env
        .filter(
          (one) =>
            /(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY)$/i.test(one.name) &&
            isPlainValue(one.value),
        )
        .map((one) => ({
          code: "environment-secret" as const,
          path: `${at}.env[${one.name}]`,
          what: `${of(name)} has ${one.name}`,
        })),
    ),
  ],
  advice: [
    everyServer(({ livenessProbe, name }, at) =>
      livenessProbe === undefined ? [{ code: "liveness-missing", path: at, what: of(name) }] : [],
    ),
    everyServer(({ name, ports = [], readinessProbe }, at) =>
      readinessProbe === undefined && ports.length > 0
        ? [{ code: "readiness-missing", path: at, what: of(name) }]
        : [],
    ),
    everyContainer(({ name, resources }, at) =>
      resources?.requests?.["cpu"] === undefined || resources.requests["memory"] === undefined
        ? [{ code: "requests-missing", path: `${at}.resources`, what: of(name) }]
        : [],
    ),
    everyContainer(({ name, resources }, at) =>
      resources?.limits?.["memory"] === undefined
        ? [{ code: "limits-missing", path: `${at}.resources`, what: of(name) }]
        : [],
    ),
    everyContainer(({ name, securityContext }, at) =>
      securityContext?.readOnlyRootFilesystem === true
        ? []
        : [{ code: "writable-root", path: `${at}.securityContext`, what: of(name) }],
    ),
    ({ built, path, spec }) =>
      spec.automountServiceAccountToken === false || spec.serviceAccountName !== undefined
        ? []
        : [{ code: "token-mounted", path, what: built.title }],
    ({ built }) => {
      const { replicas } = (built.object["spec"] ?? {}) as { replicas?: number };
      return built.object.kind === "Deployment" && (replicas ?? 2) < 2
        ? [{ code: "single-replica", path: "spec.replicas", what: built.title }]
        : [];
    },
  ],
  baseline: [
    ({ built, path, spec }) =>
      (["hostNetwork", "hostPID", "hostIPC"] as const)
        .filter((field) => spec[field] === true)
        .map((field) => ({
          code: "host-namespace",
          path: `${path}.${field}`,
          what: `${built.title} has ${field}`,
        })),
    ({ path, spec }) =>
      (spec.volumes ?? [])
        .filter(({ hostPath }) => hostPath !== undefined)
        .map(({ hostPath, name }) => ({
          code: "host-path",
          path: `${path}.volumes[${name}]`,
          what: `volume "${name}" is ${hostPath?.path} of the node`,
        })),
    everyContainer(({ name, securityContext }, at) =>
      securityContext?.privileged === true
        ? [{ code: "privileged", path: `${at}.securityContext.privileged`, what: of(name) }]
        : [],
    ),
    everyContainer(({ name, ports = [] }, at) =>
      ports
        .filter(({ hostPort = 0 }) => hostPort > 0)
        .map(({ hostPort }) => ({
          code: "host-port",
          path: `${at}.ports`,
          what: `${of(name)} takes port ${hostPort}`,
        })),
    ),
    everyContainer(({ name, securityContext }, at) =>
      (securityContext?.capabilities?.add ?? [])
        .filter((capability) => !baselineCapabilities.has(capability))
        .map((capability) => ({
          code: "added-capability",
          path: `${at}.securityContext.capabilities`,
          what: `${of(name)} adds ${capability}`,
        })),
    ),
    everyContainer(({ name, securityContext }, at, pod) =>
      (securityContext?.seccompProfile ?? pod.securityContext?.seccompProfile)?.type === "Unconfined"
        ? [{ code: "seccomp-unconfined", path: `${at}.securityContext`, what: of(name) }]
        : [],
    ),
  ],
  restricted: [
    everyContainer((container, at, pod) =>
      (container.securityContext?.runAsNonRoot ?? pod.securityContext?.runAsNonRoot) === true
        ? []
        : [{ code: "run-as-root", path: `${at}.securityContext`, what: of(container.name) }],
    ),
    everyContainer(({ name, securityContext }, at) =>
      securityContext?.allowPrivilegeEscalation === false
        ? []
        : [{ code: "escalation-allowed", path: `${at}.securityContext`, what: of(name) }],
    ),
    everyContainer(({ name, securityContext }, at) => {
      const { add = [], drop = [] } = securityContext?.capabilities ?? {};
      const kept = drop.includes("ALL")
        ? add.filter((one) => one !== "NET_BIND_SERVICE")
        : ["the default ones"];
      return kept.map((what) => ({
        code: "added-capability" as const,
        path: `${at}.securityContext.capabilities`,
        what: `${of(name)} has ${what}`,
      }));
    }),
    everyContainer(({ name, securityContext }, at, pod) =>
      (securityContext?.seccompProfile ?? pod.securityContext?.seccompProfile)?.type === undefined
        ? [{ code: "seccomp-unconfined", path: `${at}.securityContext`, what: of(name) }]
        : [],
    ),
    ({ path, spec }) =>
      (spec.volumes ?? []).flatMap(({ name, ...source }) => {
        const [type = "none"] = Object.keys(source);
        return restrictedVolumes.has(type) || type === "hostPath"
          ? []
          : [
              {
                code: "volume-type" as const,
                path: `${path}.volumes[${name}]`,
                what: `volume "${name}" is ${type}`,
              },
            ];
      }),
  ],
};

/** Source: Pod Security Standards, baseline, "Capabilities". */
const baselineCapabilities: ReadonlySet<string> = new Set(
  "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT".split(
    " ",
  ),
);
/** Source: Pod Security Standards, restricted, "Volume Types". */
const restrictedVolumes: ReadonlySet<string> = new Set([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
]);

/** Judges the stack's objects; what is accepted in place is not said. */
export function checkPolicies(
  built: readonly Built[],
  level: PolicyLevel,
  isAccepted: (built: Built, code: AcceptableCode) => boolean,
  reporter: Reporter,
): void {
  const levels = policyLevels.slice(0, policyLevels.indexOf(level) + 1);
  const report = (one: Built, { code, path, what }: Finding) => {
    if (!isAccepted(one, code)) reporter.report(code, one.origins.find(path), { resource: one.title, what });
  };
  for (const pod of podsOf(built))
    for (const policy of levels.flatMap((name) => podPolicies[name]))
      for (const finding of policy(pod)) report(pod.built, finding);
  if (level === "default") return;
  for (const one of built) for (const finding of accessFindings(one)) report(one, finding);
}

function accessFindings({ object, title }: Built): readonly Finding[] {
  if (object.kind === "ClusterRoleBinding" || object.kind === "RoleBinding") {
    const { roleRef } = object as unknown as { roleRef?: { name?: string } };
    return roleRef?.name === "cluster-admin" ? [{ code: "cluster-admin", path: "roleRef", what: title }] : [];
  }
  if (object.kind !== "Role" && object.kind !== "ClusterRole") return [];
  return ((object["rules"] ?? []) as readonly PolicyRule[]).flatMap(
    ({ apiGroups = [], resources = [], verbs }, index) =>
      [...apiGroups, ...resources, ...verbs].includes("*")
        ? [{ code: "wildcard-permission" as const, path: `rules[${index}]`, what: title }]
        : [],
  );
}

/** Undefined when only the image knows. */
function userOf({ securityContext }: Container, pod: PodSpec): number | undefined {
  return securityContext?.runAsUser ?? pod.securityContext?.runAsUser;
}

function isPlainValue(value: string | undefined): boolean {
  return value !== undefined && value !== "" && !value.includes("$(");
}
