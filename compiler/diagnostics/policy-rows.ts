// biome-ignore-all lint/suspicious/noTemplateCurlyInString: hints show programs as text
import { type Fix, row, suggestion } from "./row.js";

/** What a stack is held to beside the rules of the API; each level has those before it. */
export const policyLevels = ["default", "advice", "baseline", "restricted"] as const;
export type PolicyLevel = (typeof policyLevels)[number];

function finding(of: {
  readonly message: (at: { resource: string; what: string }) => string;
  readonly hint: string;
  readonly about: string;
  /** The first level that says it. */
  readonly level: PolicyLevel;
  /** What would mend it. */
  readonly fixes?: readonly Fix[];
  /** What others call it: kube-linter, Polaris, or the control of the Pod Security Standards. */
  readonly peers?: string;
}) {
  const { about, fixes = [], hint, level, message, peers = "" } = of;
  const common = row<{ resource: string; what: string }>({
    ...{ severity: "warning", message, about },
    hint: () => hint,
    fixes: ({ resource }) => [...fixes, { kind: "accept", resource }],
  });
  return { ...common, level, peers, fix: hint };
}

/** A pod that a Pod Security Standard keeps out. */
interface NotAdmitted {
  readonly resource: string;
  /** What the policy says of it, and its way out. */
  readonly said: string;
  readonly fix: string;
  readonly namespace: string;
  readonly level: string;
}

/** What the API takes and experience does not: each can be accepted in place with a reason. */
export const policyDiagnostics = {
  "added-capability": finding({
    level: "baseline",
    peers:
      "kube-linter drop-net-raw-capability; Polaris insecureCapabilities, dangerousCapabilities; PSS capabilities_baseline, capabilities_restricted",
    message: ({ what, resource }) => `${resource}: ${what}`,
    hint: 'capabilities: { drop: ["ALL"] } and only those that are needed',
    about:
      "Each capability opens a part of what root may do. Pod Security Standards allow a few (baseline), or NET_BIND_SERVICE alone after dropping all (restricted).",
  }),
  "cluster-admin": finding({
    level: "advice",
    peers:
      "kube-linter cluster-admin-role-binding; Polaris clusterrolebindingClusterAdmin, rolebindingClusterAdminClusterRole",
    message: ({ resource }) => `${resource} gives every right there is`,
    hint: 'Name what is needed: serviceAccount(…, { may: { pods: ["get"] } })',
    about: "Whoever takes over a pod with cluster-admin owns the cluster.",
  }),
  "environment-secret": finding({
    level: "default",
    peers: "kube-linter env-var-secret; Polaris sensitiveContainerEnvVar",
    message: ({ what, resource }) => `${resource}: ${what} as plain text`,
    hint: "secret(…).key(…) keeps it out of manifests, plans and logs",
    about:
      "A variable or an option whose name or value speaks of a secret holds a literal value. Everybody who may read the " +
      "pod may read it; in a command every program of the node may too.",
  }),
  "escalation-allowed": finding({
    level: "restricted",
    peers:
      "kube-linter privilege-escalation-container; Polaris privilegeEscalationAllowed; PSS allowPrivilegeEscalation",
    message: ({ what, resource }) => `${resource}: a program in ${what} may gain rights its parent lacks`,
    hint: "allowPrivilegeEscalation: false",
    about: "Without no_new_privs a setuid program in the image makes root of any user.",
  }),
  "host-namespace": finding({
    level: "baseline",
    peers:
      "kube-linter host-ipc, host-network, host-pid; Polaris hostIPCSet, hostNetworkSet, hostPIDSet; PSS hostNamespaces",
    message: ({ what }) => `${what}: the wall between pod and node is open`,
    hint: "Use a Service, or a volume, for what the node is needed for",
    about: "A pod in a namespace of the host sees its processes or takes part in its network.",
  }),
  "host-path": finding({
    level: "baseline",
    peers:
      "kube-linter docker-sock, sensitive-host-mounts, writable-host-mount; Polaris hostPathSet; PSS hostPathVolumes",
    message: ({ what, resource }) => `${resource}: ${what}`,
    hint: "emptyDir, a claim or a ConfigMap where that will do",
    about: "A path of the node can hold what belongs to other pods or to the node itself.",
  }),
  "host-port": finding({
    level: "baseline",
    peers: "Polaris hostPortSet; PSS hostPorts",
    message: ({ what, resource }) => `${resource}: ${what} of the node`,
    hint: "Let a Service of type NodePort or LoadBalancer lead to it",
    about: "A host port binds a pod to nodes where the port is free, and goes around network policies.",
  }),
  "image-latest": finding({
    level: "default",
    peers: "kube-linter latest-tag; Polaris tagNotSpecified",
    message: ({ what, resource }) => `${resource}: ${what}, which is another image tomorrow`,
    hint: "Name a version, or a digest",
    about: "Without a tag, or with the tag latest, what runs depends on when it was fetched.",
  }),
  "limits-missing": finding({
    level: "advice",
    peers: "kube-linter unset-memory-requirements; Polaris memoryLimitsMissing",
    message: ({ what, resource }) => `${resource}: ${what} has no memory limit`,
    hint: 'resources: { memory: "128Mi" } is request and limit',
    about: "A leak then ends other pods of the node instead of its own container.",
  }),
  "liveness-missing": finding({
    level: "advice",
    peers: "kube-linter no-liveness-probe; Polaris livenessProbeMissing",
    message: ({ what, resource }) => `${resource}: ${what} has no liveness probe`,
    hint: 'liveness: { http: "/healthz", port: "http" }',
    about: "A program that hangs without ending is never started again.",
  }),
  privileged: finding({
    level: "baseline",
    peers: "kube-linter privileged-container; Polaris runAsPrivileged; PSS privileged",
    message: ({ what, resource }) => `${resource}: ${what} has all rights of the node's root`,
    hint: "Name the capabilities that it needs",
    about: "A privileged container is root on the node.",
  }),
  "readiness-missing": finding({
    level: "advice",
    peers: "kube-linter no-readiness-probe; Polaris readinessProbeMissing",
    message: ({ what, resource }) => `${resource}: ${what} opens ports and has no readiness probe`,
    hint: 'readiness: { http: "/ready", port: "http" }',
    about: "Services send to it before it can answer, and while it cannot.",
  }),
  "requests-missing": finding({
    level: "advice",
    peers:
      "kube-linter unset-cpu-requirements, unset-memory-requirements; Polaris cpuRequestsMissing, memoryRequestsMissing",
    message: ({ what, resource }) => `${resource}: ${what} asks for no CPU or memory`,
    hint: 'resources: { cpu: "100m", memory: "128Mi" }',
    about: "The scheduler counts it as nothing, and it is the first to be evicted.",
  }),
  "run-as-root": finding({
    level: "default",
    peers: "kube-linter run-as-non-root; Polaris runAsRootAllowed; PSS runAsNonRoot, runAsUser",
    message: ({ what, resource }) => `${resource}: ${what}`,
    hint: "user: 1000, or an image with a user",
    about: "Root in a container is root on the node as soon as one wall falls.",
  }),
  "seccomp-unconfined": finding({
    level: "baseline",
    peers: "Polaris linuxHardening; PSS seccompProfile_baseline, seccompProfile_restricted",
    message: ({ what, resource }) => `${resource}: ${what} may make every system call`,
    hint: 'securityContext: { seccompProfile: { type: "RuntimeDefault" } }',
    about: "The runtime's default profile closes system calls that programs do not need and attackers do.",
  }),
  "single-replica": finding({
    level: "advice",
    peers: "kube-linter minimum-three-replicas; Polaris deploymentMissingReplicas, hpaMinAvailability",
    message: ({ what }) =>
      `${what} has one pod: it is away while that one is replaced by hand or by a failing node`,
    hint: "replicas: 2, where the program allows it",
    about: "One pod is no service while its node is down.",
  }),
  "token-mounted": finding({
    level: "advice",
    peers: "kube-linter default-service-account; Polaris automountServiceAccountToken",
    message: ({ what }) => `${what} has the token of the default account`,
    hint: "automountServiceAccountToken: false, or an account of its own",
    about: "A token that nobody uses is only of use to somebody else.",
  }),
  "volume-type": finding({
    level: "restricted",
    peers: "PSS restrictedVolumes",
    message: ({ what, resource }) => `${resource}: ${what}, which the restricted standard does not allow`,
    hint: "A claim takes its place",
    about:
      "The restricted Pod Security Standard allows ConfigMaps, Secrets, claims and the like, no volume by its technology.",
  }),
  "wildcard-permission": finding({
    level: "advice",
    peers: "kube-linter wildcard-in-rules",
    message: ({ what }) => `${what} gives rights to everything ("*")`,
    hint: "Name groups, resources and verbs",
    about: "What is added to the cluster later is given away too.",
  }),
  "writable-root": finding({
    level: "advice",
    peers: "kube-linter no-read-only-root-fs; Polaris notReadOnlyRootFilesystem",
    message: ({ what, resource }) => `${resource}: ${what} can change its own image's files`,
    hint: "readOnlyRoot: true, and emptyDir() where it writes",
    about: "Who breaks in can leave something behind.",
  }),
  "apparmor-unconfined": finding({
    level: "baseline",
    peers: "Polaris linuxHardening; PSS appArmorProfile",
    message: ({ what, resource }) => `${resource}: ${what} is outside AppArmor`,
    hint: 'appArmorProfile: { type: "RuntimeDefault" }',
    about: "The node's own profile keeps programs from files and calls of the kernel that they do not need.",
  }),
  "autoscaler-fixed": finding({
    level: "advice",
    peers: "Polaris hpaMaxAvailability",
    message: ({ what, resource }) => `${resource} scales between ${what} and ${what} pods`,
    hint: "Let max be more than min, or say replicas and leave it out",
    about: "An autoscaler that has no room does nothing.",
  }),
  "autoscaler-twice": finding({
    level: "default",
    message: ({ what, resource }) => `${resource} counts the pods that ${what} counts too`,
    hint: "One autoscaler with both measures: cpu and memory",
    about: "Each sets the number of pods to what it finds right, and undoes what the other did.",
  }),
  "replicas-set": finding({
    level: "default",
    message: ({ what, resource }) => `${resource} has ${what}`,
    hint: "Leave replicas out; the autoscaler's min is how many there are at least",
    fixes: [{ kind: "remove-field", field: "replicas" }],
    about:
      "Each `infra up` would set the number of pods that the autoscaler has found right back to this one.",
  }),
  "route-twice": finding({
    level: "default",
    message: ({ what, resource }) => `${resource}: ${what}`,
    hint: "Keep one of them, or give them to two controllers by their class",
    about:
      "Two Ingresses of one class lead the same host and path somewhere. Which of them answers is the controller's choice, " +
      "and some refuse the second. Where each Ingress has an address of its own, accept it.",
  }),
  "field-deprecated": finding({
    level: "default",
    peers: "kube-linter deprecated-service-account-field",
    message: ({ what, resource }) => `${resource}: ${what}`,
    hint: "What took its place is read by every version that infra knows",
    about:
      "The API takes it for the sake of old manifests. Some of these still work, others have done nothing for years.",
  }),
  "budget-blocks": finding({
    level: "advice",
    peers:
      "kube-linter pdb-max-unavailable, pdb-min-available; Polaris pdbDisruptionsIsZero, pdbMinAvailableGreaterThanHPAMinReplicas",
    message: ({ what, resource }) => `${resource} ${what}: no node with one of its pods can be emptied`,
    hint: "Let at least one pod be away: max: 1",
    about: "A budget that never allows a pod to go stops every upgrade of a node.",
  }),
  "config-secret": finding({
    level: "default",
    peers: "Polaris sensitiveConfigmapContent",
    message: ({ what, resource }) => `${resource}: ${what} as plain text`,
    hint: "secret(…) keeps it out of manifests, plans and logs",
    about:
      "A key that speaks of a secret is in a ConfigMap: by its name, by a password in an address or a line of settings, " +
      "by the form of a token. Everybody who may read the ConfigMap may read it. The values of a Secret that is written " +
      "as Kubernetes has it stand in the bundle's manifests.",
  }),
  "duplicate-variable": finding({
    level: "default",
    peers: "kube-linter duplicate-env-var",
    message: ({ what, resource }) => `${resource}: ${what} twice`,
    hint: "Leave one of them; the last one counts",
    about: "The API takes a variable twice and the last one counts, which is seldom what was meant.",
  }),
  "node-port-range": finding({
    level: "default",
    message: ({ what, resource }) => `${resource}: ${what}, outside 30000 to 32767`,
    hint: "Choose one of these, or leave nodePort out: the cluster chooses",
    about:
      "The API server refuses it, unless it was started with another --service-node-port-range; where it was, accept it.",
  }),
  "probe-path-relative": finding({
    level: "default",
    message: ({ what, resource }) => `${resource}: ${what}, which does not begin with a slash`,
    hint: 'Write all of the path: "/healthz"',
    about:
      "The API takes any text. The kubelet reads it as a URL: a slash is put before a path, and of a whole URL the " +
      "host and port are thrown away.",
  }),
  "workdir-relative": finding({
    level: "default",
    message: ({ what, resource }) => `${resource}: ${what}, which is not absolute`,
    hint: 'Write all of the path: "/app"; it does not continue the one of the image',
    about:
      "The API takes any text, and the runtime is asked to start the program there: by the OCI runtime specification " +
      "the folder must be absolute, and runc starts no container that says otherwise.",
  }),
  "url-port-unknown": finding({
    level: "default",
    message: ({ what, resource }) => `${resource}: ${what}`,
    hint: 'Let the Service open that port, or take the address from it: text`http://${web.address("http")}`',
    about:
      "The host of a URL is a Service of the stack, and the Service does not open the port, or not the one that the " +
      "URL's scheme stands for: nothing answers there. Looked at are environment, commands and ConfigMaps.",
  }),
  "host-process": finding({
    level: "baseline",
    peers: "Polaris hostProcess; PSS windowsHostProcess",
    message: ({ what, resource }) => `${resource}: ${what} runs as a process of the Windows node`,
    hint: "Leave windowsOptions.hostProcess out",
    about: "A HostProcess container is no container: it has the node.",
  }),
  "job-kept": finding({
    level: "advice",
    peers: "kube-linter job-ttl-seconds-after-finished",
    message: ({ resource }) => `${resource} stays for ever after it has ended`,
    hint: 'keep: "24h"',
    about: "Ended Jobs and their pods fill the cluster's store until somebody deletes them.",
  }),
  "powerful-permission": finding({
    level: "advice",
    peers:
      "kube-linter access-to-secrets, access-to-create-pods; Polaris rolePodExecAttach, clusterrolePodExecAttach",
    message: ({ what, resource }) => `${resource} ${what}`,
    hint: "Name the resources that are needed, with resourceNames",
    about:
      "Who reads secrets, makes pods or runs programs in them has, by way of those, the rights of everything in the namespace.",
  }),
  "probe-host": finding({
    level: "baseline",
    peers: "PSS hostProbesAndHostLifecycle",
    message: ({ what, resource }) => `${resource}: ${what} asks another host than its pod`,
    hint: "Leave host out: the pod's own address is meant",
    about: "The kubelet calls it from the node, and reaches what the pod itself may not.",
  }),
  "proc-unmasked": finding({
    level: "restricted",
    peers: "kube-linter unsafe-proc-mount; Polaris procMount; PSS procMount_restricted",
    message: ({ what, resource }) => `${resource}: ${what} sees all of /proc`,
    hint: "Leave procMount out",
    about:
      "The masked paths of /proc tell of, and change, the node's kernel. The API takes it with hostUsers: false alone, and the baseline standard allows it there.",
  }),
  "selinux-custom": finding({
    level: "baseline",
    peers: "PSS seLinuxOptions",
    message: ({ what, resource }) => `${resource}: ${what} has SELinux options of its own`,
    hint: "Leave user and role out, and type one of container_t, container_init_t, container_kvm_t, container_engine_t",
    about: "Another type, user or role takes the pod out of the confinement that containers have.",
  }),
  "spread-missing": finding({
    level: "advice",
    peers: "kube-linter no-anti-affinity; Polaris topologySpreadConstraint",
    message: ({ what }) => `${what}: all its pods may stand on one node`,
    hint: 'topologySpreadConstraints over "kubernetes.io/hostname", which workloads of infra have by themselves',
    about: "Several pods help nobody when the one node that they stand on fails.",
  }),
  "ssh-port": finding({
    level: "advice",
    peers: "kube-linter ssh-port",
    message: ({ what, resource }) => `${resource}: ${what} opens port 22`,
    hint: "infra exec, or kubectl exec, opens a shell without a server in the image",
    about:
      "A way in for people, with keys and passwords of its own, beside the cluster's rules of who may what.",
  }),
  "sysctl-unsafe": finding({
    level: "baseline",
    peers: "kube-linter unsafe-sysctls; PSS sysctls",
    message: ({ what, resource }) => `${resource}: ${what} of the kernel is set`,
    hint: "Only those that belong to the pod's own namespaces are safe",
    about: "Some settings of the kernel are the whole node's, and can take it down.",
  }),
  "tls-missing": finding({
    level: "advice",
    peers: "Polaris tlsSettingsMissing",
    message: ({ resource }) => `${resource} serves without a certificate`,
    hint: 'tls: { "shop.example.org": certificate }',
    about: "What goes over it can be read and changed on the way, passwords and sessions too.",
  }),
  "node-unmatched": row<{
    resource: string;
    wanted: string;
    label: string;
    known: readonly string[];
    taint?: string;
    lacks?: string;
  }>({
    severity: "warning",
    message: ({ lacks, resource, taint, wanted }) =>
      lacks !== undefined
        ? `${resource} asks for ${lacks}; no node that the stack describes has as much`
        : taint === undefined
          ? `${resource} needs a node with ${wanted}; none that the stack describes is one`
          : `${resource} needs a node with ${wanted}; those of the stack keep it away with the taint ${taint}`,
    hint: ({ known, label, lacks, taint }) =>
      lacks !== undefined
        ? "Ask for less, or accept it where a larger node is meant"
        : taint === undefined
          ? (suggestion(
              label,
              known.filter((one) => one !== label),
            ) ?? `Its nodes have ${known.join(", ") || "no labels"}`)
          : "tolerates: [{ key: … }], where it is meant to run there",
    about:
      "The pod would stay pending. Labels, taints and what is allocatable of the stack's own nodes are what is known here; where " +
      "other nodes have what it needs, accept it.",
  }),
  "pod-not-admitted": row<NotAdmitted>({
    severity: "error",
    message: ({ level, namespace, said }) =>
      `${said}; namespace "${namespace}" (${level}) admits no such pod`,
    hint: ({ fix }) => fix,
    about:
      "The namespace enforces one of the Pod Security Standards, podSecurity or its label, and the API server refuses a pod that " +
      "does not meet it. `infra compile --policy baseline` and `--policy restricted` look for the same.",
  }),
  "pods-not-admitted": row<NotAdmitted>({
    severity: "warning",
    message: ({ level, namespace, said }) =>
      `${said}; namespace "${namespace}" (${level}) admits no pods of it`,
    hint: ({ fix }) => fix,
    fixes: ({ resource }) => [{ kind: "accept", resource }],
    about:
      "As pod-not-admitted, of what makes pods: the API server takes it, and refuses each of its pods, so that it never has " +
      "any. Where the cluster exempts them, accept it.",
  }),
  "reference-missing": row<{ resource: string; kind: string; name: string }>({
    severity: "warning",
    message: ({ resource, kind, name }) =>
      `${resource} uses ${kind} "${name}", which the stack does not make`,
    hint: () => "Make it here, or accept that it comes from somewhere else",
    fixes: ({ resource }) => [{ kind: "accept", resource }],
    about:
      "An object is named that is not in the stack. Where it is somewhere else in the cluster all is well; a pod waits for it otherwise.",
  }),
  "selector-matches-nothing": row<{ resource: string; selector: string }>({
    severity: "warning",
    message: ({ resource, selector }) => `${resource} selects ${selector}: no pods of the stack`,
    hint: () => "Compare it with the labels of the pods' template",
    fixes: ({ resource }) => [{ kind: "accept", resource }],
    about: "A selector and the labels that it is meant for have gone apart, or the pods are somewhere else.",
  }),
  "selector-shared": row<{ resource: string; other: string }>({
    severity: "warning",
    message: ({ resource, other }) => `${resource} selects the pods of ${other}, which selects its pods too`,
    hint: () => "Give each a label of its own, in its selector and in the labels of its pods",
    fixes: ({ resource }) => [{ kind: "accept", resource }],
    about:
      "Whoever keeps pods by a selector counts, takes over and deletes all that it selects. Two that select each other's do so against each other.",
  }),
  "port-unopened": row<{
    resource: string;
    workload: string;
    port: number;
    targetPort: number;
    known: readonly number[];
  }>({
    severity: "warning",
    message: ({ port, resource, targetPort, workload }) =>
      `${resource} sends ${port} to port ${targetPort}, which ${workload} does not open`,
    hint: ({ known }) => `It opens ${known.join(", ")}: say targetPort`,
    fixes: ({ resource }) => [{ kind: "accept", resource }],
    about:
      "A Service sends to the port of its own number where no targetPort is said. Pods that say which ports they open do not open this one.",
  }),
  policy: row<{ policy: string; text: string; isAsync?: boolean | undefined; isForeign?: boolean }>({
    severity: "error",
    message: ({ policy, text }) => `${policy}: ${text}`,
    hint: ({ isAsync, isForeign }) => {
      if (isAsync === true) return "What it finds after an await is never heard: leave async out";
      return isForeign === true
        ? "It is reported of none of the objects that the policy was given"
        : undefined;
    },
    about: 'A policy of the stack\'s own, policy("…", …), found something.',
  }),
  "accept-unexplained": row<{ code: string }>({
    severity: "error",
    message: ({ code }) => `accept(…, "${code}") gives no reason`,
    hint: () => 'Say why it is right here: accept(…, "CODE", "legacy image")',
    about:
      "The reason of accept(resource, code, reason) goes into the record of the compile, for whoever asks later.",
  }),
  "accept-unknown": row<{ code: string }>({
    severity: "error",
    message: ({ code }) => `"${code}" is nothing that can be accepted`,
    about: "accept(resource, code, reason) takes the code of a finding.",
  }),
  "accept-unused": row<{ resource: string; code: string }>({
    severity: "warning",
    message: ({ resource, code }) => `${resource} is not found to be ${code}: there is nothing to accept`,
    hint: () => "Take the accept away",
    about: "What was accepted once is mended. Left in, it would hide the next time.",
  }),
} as const;
