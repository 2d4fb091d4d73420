import { row } from "./row.js";

function finding(of: {
  readonly message: (at: { resource: string; what: string }) => string;
  readonly hint: string;
  readonly about: string;
}) {
  return row<{ resource: string; what: string }>({
    severity: "warning",
    message: of.message,
    hint: () => of.hint,
    about: of.about,
  });
}

/** What the API takes and experience does not: each can be accepted in place with a reason. */
export const policyDiagnostics = {
  "added-capability": finding({
    message: ({ what, resource }) => `${resource}: ${what}, a right of root`,
    hint: 'capabilities: { drop: ["ALL"] } and only those that are needed',
    about:
      "Each capability opens a part of what root may do. Pod Security Standards allow a few (baseline), or NET_BIND_SERVICE alone after dropping all (restricted).",
  }),
  "cluster-admin": finding({
    message: ({ resource }) => `${resource} gives every right there is`,
    hint: 'Name what is needed: serviceAccount(…, { may: { pods: ["get"] } })',
    about: "Whoever takes over a pod with cluster-admin owns the cluster.",
  }),
  "environment-secret": finding({
    message: ({ what, resource }) => `${resource}: ${what} as plain text`,
    hint: "secret(…).key(…) keeps it out of manifests, plans and logs",
    about:
      "A variable whose name speaks of a secret holds a literal value. Everybody who may read the pod may read it.",
  }),
  "escalation-allowed": finding({
    message: ({ what, resource }) => `${resource}: a program in ${what} may gain rights its parent lacks`,
    hint: "allowPrivilegeEscalation: false",
    about: "Without no_new_privs a setuid program in the image makes root of any user.",
  }),
  "host-namespace": finding({
    message: ({ what }) => `${what}: the wall between pod and node is open`,
    hint: "Use a Service, or a volume, for what the node is needed for",
    about: "A pod in a namespace of the host sees its processes or takes part in its network.",
  }),
  "host-path": finding({
    message: ({ what, resource }) => `${resource}: ${what}`,
    hint: "emptyDir, a claim or a ConfigMap where that will do",
    about: "A path of the node can hold what belongs to other pods or to the node itself.",
  }),
  "host-port": finding({
    message: ({ what, resource }) => `${resource}: ${what} of the node`,
    hint: "Let a Service of type NodePort or LoadBalancer lead to it",
    about: "A host port binds a pod to nodes where the port is free, and goes around network policies.",
  }),
  "image-latest": finding({
    message: ({ what, resource }) => `${resource}: ${what}, which is another image tomorrow`,
    hint: "Name a version, or a digest",
    about: "Without a tag, or with the tag latest, what runs depends on when it was fetched.",
  }),
  "limits-missing": finding({
    message: ({ what, resource }) => `${resource}: ${what} has no memory limit`,
    hint: 'resources: { memory: "128Mi" } is request and limit',
    about: "A leak then ends other pods of the node instead of its own container.",
  }),
  "liveness-missing": finding({
    message: ({ what, resource }) => `${resource}: ${what} has no liveness probe`,
    hint: 'liveness: { http: "/healthz", port: "http" }',
    about: "A program that hangs without ending is never started again.",
  }),
  privileged: finding({
    message: ({ what, resource }) => `${resource}: ${what} has all rights of the node's root`,
    hint: "Name the capabilities that it needs",
    about: "A privileged container is root on the node.",
  }),
  "readiness-missing": finding({
    message: ({ what, resource }) => `${resource}: ${what} opens ports and has no readiness probe`,
    hint: 'readiness: { http: "/ready", port: "http" }',
    about: "Services send to it before it can answer, and while it cannot.",
  }),
  "requests-missing": finding({
    message: ({ what, resource }) => `${resource}: ${what} asks for no CPU or memory`,
    hint: 'resources: { cpu: "100m", memory: "128Mi" }',
    about: "The scheduler counts it as nothing, and it is the first to be evicted.",
  }),
  "run-as-root": finding({
    message: ({ what, resource }) => `${resource}: ${what} runs as root`,
    hint: "user: 1000, or an image with a user",
    about: "Root in a container is root on the node as soon as one wall falls.",
  }),
  "seccomp-unconfined": finding({
    message: ({ what, resource }) => `${resource}: ${what} may make every system call`,
    hint: 'securityContext: { seccompProfile: { type: "RuntimeDefault" } }',
    about: "The runtime's default profile closes system calls that programs do not need and attackers do.",
  }),
  "single-replica": finding({
    message: ({ what }) =>
      `${what} has one pod: it is away while that one is replaced by hand or by a failing node`,
    hint: "replicas: 2, where the program allows it",
    about: "One pod is no service while its node is down.",
  }),
  "token-mounted": finding({
    message: ({ what }) => `${what} has the token of the default account`,
    hint: "automountServiceAccountToken: false, or an account of its own",
    about: "A token that nobody uses is only of use to somebody else.",
  }),
  "volume-type": finding({
    message: ({ what, resource }) => `${resource}: ${what}, which the restricted standard does not allow`,
    hint: "A claim takes its place",
    about:
      "The restricted Pod Security Standard allows ConfigMaps, Secrets, claims and the like, no volume by its technology.",
  }),
  "wildcard-permission": finding({
    message: ({ what }) => `${what} gives rights to everything ("*")`,
    hint: "Name groups, resources and verbs",
    about: "What is added to the cluster later is given away too.",
  }),
  "writable-root": finding({
    message: ({ what, resource }) => `${resource}: ${what} can change its own image's files`,
    hint: "readOnlyRoot: true, and emptyDir() where it writes",
    about: "Who breaks in can leave something behind.",
  }),
  "reference-missing": row<{ resource: string; kind: string; name: string }>({
    severity: "warning",
    message: ({ resource, kind, name }) =>
      `${resource} uses ${kind} "${name}", which the stack does not make`,
    hint: () => "Make it here, or accept that it comes from somewhere else",
    about:
      "An object is named that is not in the stack. Where it is somewhere else in the cluster all is well; a pod waits for it otherwise.",
  }),
  "selector-matches-nothing": row<{ resource: string; selector: string }>({
    severity: "warning",
    message: ({ resource, selector }) => `${resource} selects ${selector}: no pods of the stack`,
    hint: () => "Compare it with the labels of the pods' template",
    about: "A selector and the labels that it is meant for have gone apart, or the pods are somewhere else.",
  }),
  policy: row<{ policy: string; text: string }>({
    severity: "error",
    message: ({ policy, text }) => `${policy}: ${text}`,
    about: 'A policy of the stack\'s own, policy("…", …), found something.',
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
