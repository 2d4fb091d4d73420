import type { AcceptableCode } from "../../stdlib/constructs/accept.js";
import type { Container, PodSpec, Probe } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { ImageBuild } from "../../stdlib/schema/bundle.js";
import { secretOptions, speaksOfSecret } from "../confidential.js";
import type { PolicyLevel } from "../diagnostics/policy-rows.js";
import { deprecatedInPod } from "./deprecated.js";
import type { BuiltPod } from "./pods.js";

/** One finding: where, and what about it. */
export interface Finding {
  readonly code: Exclude<
    AcceptableCode,
    | "node-unmatched"
    | "pods-not-admitted"
    | "port-unopened"
    | "reference-missing"
    | "selector-matches-nothing"
    | "selector-shared"
  >;
  readonly path: string;
  readonly what: string;
  /** A place that has part in it, where the way out may be. */
  readonly related?: { readonly place: ImageBuild["place"]; readonly note: string };
}

/** `rootImages` are the stack's own that run as root where nobody says otherwise, by their references. */
type PodPolicy = (pod: BuiltPod, rootImages: ReadonlyMap<string, ImageBuild>) => readonly Finding[];

const everyContainer = (
  check: (
    container: Container,
    at: string,
    pod: PodSpec,
    rootImages: ReadonlyMap<string, ImageBuild>,
  ) => readonly Finding[],
): PodPolicy => {
  return ({ path, spec }, rootImages) =>
    (["initContainers", "containers"] as const).flatMap((list) =>
      (spec[list] ?? []).flatMap((container) =>
        check(container, `${path}.${list}[${container.name}]`, spec, rootImages),
      ),
    );
};

/** Only what serves for long is asked for probes. */
const everyServer = (check: (container: Container, at: string) => readonly Finding[]): PodPolicy => {
  return ({ built, path, spec }) =>
    ["Deployment", "StatefulSet", "DaemonSet"].includes(built.object.kind)
      ? spec.containers.flatMap((container) => check(container, `${path}.containers[${container.name}]`))
      : [];
};

type Context = NonNullable<PodSpec["securityContext"]> & NonNullable<Container["securityContext"]>;

/** The pod's security context and those of its containers. */
const everyContext = (
  check: (context: Context, path: string, what: string) => readonly Finding[],
): PodPolicy => {
  const ofContainers = everyContainer(({ name, securityContext }, at) =>
    securityContext === undefined ? [] : check(securityContext as Context, `${at}.securityContext`, of(name)),
  );
  return (pod, rootImages) => [
    ...(pod.spec.securityContext === undefined
      ? []
      : check(pod.spec.securityContext as Context, `${pod.path}.securityContext`, "the pod")),
    ...ofContainers(pod, rootImages),
  ];
};

/** What the kubelet calls of a container. */
function callsOf({ lifecycle, livenessProbe, readinessProbe, startupProbe }: Container) {
  const calls: { readonly [name: string]: Pick<Probe, "httpGet" | "tcpSocket"> | undefined } = {
    ...{ livenessProbe, readinessProbe, startupProbe },
    ...{ "lifecycle.postStart": lifecycle?.postStart, "lifecycle.preStop": lifecycle?.preStop },
  };
  return Object.entries(calls).map(([name, call]) => ({ name, call }));
}

const of = (name: string) => `container "${name}"`;

/**
 * Which of them speak at which level. Sources: Kubernetes "Pod Security Standards" (baseline, restricted); what
 * kube-linter and Polaris look for (advice).
 */
export const podPolicies: { readonly [L in PolicyLevel]: readonly PodPolicy[] } = {
  default: [
    everyContainer((container, at, pod, rootImages) => {
      const user = userOf(container, pod);
      const image = user === undefined ? rootImages.get(container.image ?? "") : undefined;
      if (hasOwnUsers(pod)) return [];
      if (image !== undefined) return [rootOfImage(container, at, image)];
      return user === 0
        ? [{ code: "run-as-root", path: `${at}.securityContext`, what: `${of(container.name)} runs as root` }]
        : [];
    }),
    everyContainer(({ image = "", name }, at) =>
      /^[^@]*:latest$|^[^:@]+$|\/[^:@]+$/.test(image)
        ? [{ code: "image-latest", path: `${at}.image`, what: `${of(name)} runs "${image}"` }]
        : [],
    ),
    everyContainer(({ env = [], name }, at) =>
      env
        .filter(
          ({ name: variable, value }) =>
            isPlainValue(value) && typeof variable === "string" && speaksOfSecret(variable, value),
        )
        .map((one) => ({
          code: "environment-secret" as const,
          path: `${at}.env[${one.name}].value`,
          what: `${of(name)} has ${one.name}`,
        })),
    ),
    everyContainer(({ args = [], command = [], name }, at) =>
      Object.entries({ command, args }).flatMap(([list, words]) =>
        secretOptions(words).map((option) => ({
          code: "environment-secret" as const,
          path: `${at}.${list}`,
          what: `${of(name)} is told ${option}`,
        })),
      ),
    ),
    everyContainer(({ env = [], name }, at) =>
      env
        .filter((one, index) => env.findIndex((other) => other.name === one.name) !== index)
        .map((one) => ({
          code: "duplicate-variable" as const,
          path: `${at}.env[${one.name}]`,
          what: `${of(name)} has ${one.name}`,
        })),
    ),
    everyContainer(({ name, workingDir = "" }, at, pod) =>
      workingDir === "" || workingDir.startsWith("/") || isWindows(pod)
        ? []
        : [
            {
              code: "workdir-relative",
              path: `${at}.workingDir`,
              what: `${of(name)} works in "${workingDir}"`,
            },
          ],
    ),
    everyContainer((container, at) =>
      callsOf(container).flatMap(({ name, call }) => {
        const { path = "" } = call?.httpGet ?? {};
        return path === "" || path.startsWith("/")
          ? []
          : [
              {
                code: "probe-path-relative" as const,
                path: `${at}.${name}.httpGet.path`,
                what: `${name} of ${of(container.name)} asks for "${path}"`,
              },
            ];
      }),
    ),
    deprecatedInPod,
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
      spec.automountServiceAccountToken === false ||
      (spec.serviceAccountName ?? spec.serviceAccount) !== undefined
        ? []
        : [{ code: "token-mounted", path, what: built.title }],
    ({ built }) => {
      const { replicas } = (built.object["spec"] ?? {}) as { replicas?: number };
      return built.object.kind === "Deployment" && (replicas ?? 2) < 2
        ? [{ code: "single-replica", path: "spec.replicas", what: built.title }]
        : [];
    },
    everyContainer(({ name, ports = [] }, at) =>
      ports.some(({ containerPort, protocol = "TCP" }) => containerPort === 22 && protocol === "TCP")
        ? [{ code: "ssh-port", path: `${at}.ports`, what: of(name) }]
        : [],
    ),
    ({ built, path, spec }) => {
      const { replicas = 1 } = (built.object["spec"] ?? {}) as { replicas?: number };
      const isSpread =
        (spec.topologySpreadConstraints ?? []).length > 0 || spec.affinity?.podAntiAffinity !== undefined;
      return ["Deployment", "StatefulSet"].includes(built.object.kind) && replicas > 1 && !isSpread
        ? [{ code: "spread-missing", path, what: built.title }]
        : [];
    },
    ({ built }) => {
      const { ttlSecondsAfterFinished } = (built.object["spec"] ?? {}) as {
        ttlSecondsAfterFinished?: number;
      };
      return built.object.kind === "Job" && ttlSecondsAfterFinished === undefined
        ? [{ code: "job-kept", path: "spec", what: built.title }]
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
          what: `${of(name)} adds ${capability}, a right of root`,
        })),
    ),
    everyContext(({ seccompProfile }, path, what) =>
      seccompProfile?.type === "Unconfined" ? [{ code: "seccomp-unconfined", path, what }] : [],
    ),
    ({ path, spec }) =>
      (spec.securityContext?.sysctls ?? [])
        .filter(({ name }) => !safeSysctls.has(name))
        .map(({ name }) => ({ code: "sysctl-unsafe", path: `${path}.securityContext.sysctls`, what: name })),
    everyContext(({ appArmorProfile }, path, what) =>
      appArmorProfile?.type === "Unconfined" ? [{ code: "apparmor-unconfined", path, what }] : [],
    ),
    ({ annotations, built, path }) =>
      Object.entries(annotations)
        .filter(([name, profile]) => name.startsWith(appArmorAnnotation) && !isConfined(profile))
        .map(([name]) => ({
          code: "apparmor-unconfined",
          path: path.replace(/spec$/, `metadata.annotations[${name}]`),
          what: `${built.title}, by its annotation ${name},`,
        })),
    everyContext(({ seLinuxOptions: { role = "", type = "", user = "" } = {} }, path, what) =>
      role !== "" || user !== "" || !safeTypes.has(type) ? [{ code: "selinux-custom", path, what }] : [],
    ),
    everyContext(({ windowsOptions }, path, what) =>
      windowsOptions?.hostProcess === true ? [{ code: "host-process", path, what }] : [],
    ),
    everyContainer((container, at) =>
      callsOf(container)
        .filter(({ call }) => Boolean(call?.httpGet?.host ?? call?.tcpSocket?.host))
        .map(({ name }) => ({
          code: "probe-host" as const,
          path: `${at}.${name}`,
          what: `${name} of ${of(container.name)}`,
        })),
    ),
  ],
  restricted: [
    everyContainer(({ name, securityContext }, at) =>
      (securityContext?.procMount ?? "Default") === "Default"
        ? []
        : [{ code: "proc-unmasked", path: `${at}.securityContext`, what: of(name) }],
    ),
    everyContainer((container, at, pod, rootImages) =>
      (container.securityContext?.runAsNonRoot ?? pod.securityContext?.runAsNonRoot) === true ||
      hasOwnUsers(pod) ||
      rootImages.has(container.image ?? "") // said already
        ? []
        : [
            {
              code: "run-as-root",
              path: `${at}.securityContext`,
              what: `${of(container.name)} ${rootWords(userOf(container, pod))}`,
            },
          ],
    ),
    everyContainer(({ name, securityContext }, at, pod) =>
      securityContext?.allowPrivilegeEscalation === false || isWindows(pod)
        ? []
        : [{ code: "escalation-allowed", path: `${at}.securityContext`, what: of(name) }],
    ),
    everyContainer(({ name, securityContext }, at, pod) => {
      if (isWindows(pod)) return [];
      const { add = [], drop = [] } = securityContext?.capabilities ?? {};
      const kept = drop.includes("ALL")
        ? add.filter((one) => one !== "NET_BIND_SERVICE").map((one) => `has ${one}, a right of root`)
        : ["keeps the default capabilities, rights of root"];
      return kept.map((what) => ({
        code: "added-capability" as const,
        path: `${at}.securityContext.capabilities`,
        what: `${of(name)} ${what}`,
      }));
    }),
    everyContainer(({ name, securityContext }, at, pod) =>
      (securityContext?.seccompProfile ?? pod.securityContext?.seccompProfile)?.type === undefined &&
      !isWindows(pod)
        ? [{ code: "seccomp-unconfined", path: `${at}.securityContext`, what: of(name) }]
        : [],
    ),
    ({ path, spec }) =>
      (spec.volumes ?? []).flatMap(({ name, ...source }) => {
        const [type = "emptyDir"] = Object.keys(source);
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
/** Source: Pod Security Standards, baseline, "SELinux". */
const safeTypes: ReadonlySet<string> = new Set([
  "",
  "container_engine_t",
  "container_init_t",
  "container_kvm_t",
  "container_t",
]);
/** Source: Pod Security Standards, baseline, "Sysctls". */
const safeSysctls: ReadonlySet<string> = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
]);
/** Source: Pod Security Standards, restricted, "Volume Types". */
const restrictedVolumes: ReadonlySet<string> = new Set([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
]);

/** Before Kubernetes 1.30 a profile was named in an annotation, with the container's name behind the slash. */
const appArmorAnnotation = "container.apparmor.security.beta.kubernetes.io/";

function isConfined(profile: string): boolean {
  return profile === "" || profile === "runtime/default" || profile.startsWith("localhost/");
}

/** Root in a user namespace of the pod's own is nobody on the node. */
function hasOwnUsers({ hostUsers }: PodSpec): boolean {
  return hostUsers === false;
}

/** Which has no capabilities, seccomp or no_new_privs: the API refuses them. */
function isWindows({ os }: PodSpec): boolean {
  return os?.name === "windows";
}

function rootOfImage({ name }: Container, at: string, image: ImageBuild): Finding {
  return {
    code: "run-as-root",
    path: `${at}.image`,
    what: `${of(name)}, by its image "${image.name}", runs as root`,
    related: { place: image.place, note: "runs as root without user: 1000" },
  };
}

/** Of one that nothing holds to another user. */
function rootWords(user: number | undefined): string {
  if (user === 0) return "runs as root";
  return user === undefined
    ? "may run as root, as its image says"
    : "is not held to a user other than root: runAsNonRoot is not said";
}

/** Undefined when only the image knows. */
function userOf({ securityContext }: Container, pod: PodSpec): number | undefined {
  return securityContext?.runAsUser ?? pod.securityContext?.runAsUser;
}

function isPlainValue(value: string | undefined): value is string {
  return value !== undefined && value !== "" && !value.includes("$(");
}
