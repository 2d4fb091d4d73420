import type { ObjectDescription } from "../../stdlib/constructs/description.js";
import { description } from "../../stdlib/constructs/generated/description.js";
import { typeTable } from "../../stdlib/schema/generated/table.js";
import { nearest } from "../diagnostics/row.js";

/** Kubernetes' word for a field, and how the construct says it. */
type Words = { readonly [kubernetes: string]: string };

const described: Words = {
  apiVersion: "nothing: the construct knows its own",
  kind: "nothing: the construct is the kind",
  metadata:
    'labels: { team: "shop" } (labels and annotations stand here themselves, the name before the braces)',
  name: "the name before the braces",
  namespace: 'in: "shop"',
  spec: "its fields here, without a spec around them",
  depends_on: "nothing: what a resource refers to is brought up before it",
  dependsOn: "nothing: what a resource refers to is brought up before it",
};

const pod: Words = {
  ...described,
  template: "its fields here, without a template around them",
  podSpec: "its fields here, without a spec around them",
  initContainers: 'init: { migrate: { image: "shop:1" } }',
  serviceAccountName: 'account: clerk (of const clerk = serviceAccount("clerk", {}))',
  serviceAccount: 'account: clerk (of const clerk = serviceAccount("clerk", {}))',
  terminationGracePeriodSeconds: 'grace: "30s"',
  volumes: 'containers: { web: { mounts: { "/data": emptyDir() } } } (a mount brings its volume along)',
  nodeSelector: 'placement: { nodes: { disk: "ssd" } }',
  tolerations: 'placement: { tolerates: [{ key: "gpu" }] }',
  affinity: "placement: { near: [cache], apart: [api] }",
  topologySpreadConstraints: 'placement: { spread: "zones" }',
  hostNetwork: "host: { network: true }",
  hostPID: "host: { processes: true }",
  hostIPC: "host: { ipc: true }",
  dnsPolicy: 'dns: { policy: "Default" }',
  dnsConfig: 'dns: { servers: ["10.0.0.10"] }',
  priorityClassName: 'priority: urgent (of const urgent = priorityClass("urgent", { value: 1000 }))',
  imagePullSecrets: 'pullSecrets: ["registry"]',
  runtimeClassName: 'runtime: "gvisor"',
  shareProcessNamespace: "shareProcesses: true",
  fsGroup: "volumeGroup: 1000",
  securityContext: "volumeGroup: 1000 (for fsGroup; user, group and readOnlyRoot are said of a container)",
};

const replicated: Words = {
  ...pod,
  restartPolicy: "nothing: these pods are always started again",
  minReadySeconds: 'minReady: "10s"',
};

const job: Words = {
  ...pod,
  jobTemplate: "its fields here, without a template around them",
  restartPolicy: 'restart: "OnFailure"',
  backoffLimit: "retries: 3",
  activeDeadlineSeconds: 'deadline: "10m"',
  ttlSecondsAfterFinished: 'keep: "1h"',
  completionMode: "indexed: true",
};

const container: Words = {
  name: "the name before its braces",
  imagePullPolicy: 'pull: "Always"',
  workingDir: 'workdir: "/app"',
  entrypoint: 'command: ["/app/server"]',
  cmd: 'args: ["--verbose"]',
  environment: 'env: { MODE: "fast" }',
  volumeMounts: 'mounts: { "/data": emptyDir() }',
  volumes: 'mounts: { "/data": emptyDir() }',
  containerPort: "ports: { http: 80 }",
  port: "ports: { http: 80 }",
  expose: "ports: { http: 80 }",
  limits: 'resources: { memory: "64Mi", cpuLimit: "500m" }',
  requests: 'resources: { memory: "64Mi", cpu: "100m" }',
  livenessProbe: 'liveness: { http: "/", port: "http" }',
  readinessProbe: 'readiness: { http: "/", port: "http" }',
  startupProbe: 'startup: { http: "/", port: "http" }',
  lifecycle: 'beforeStop: { sleep: "5s" } (afterStart is the other)',
  preStop: 'beforeStop: { sleep: "5s" }',
  postStart: 'afterStart: { exec: ["/app/warm-up"] }',
  securityContext: "user: 1000 (group, readOnlyRoot, privileged, escalation and capabilities stand here too)",
  runAsUser: "user: 1000",
  runAsGroup: "group: 1000",
  runAsNonRoot: "user: 1000",
  readOnlyRootFilesystem: "readOnlyRoot: true",
  allowPrivilegeEscalation: "escalation: false",
};

const besideOnly =
  "it under sidecars: what runs before the others, under init, has no ports, probes or hooks";

const initContainer: Words = {
  ...container,
  ...Object.fromEntries(
    [
      ...[
        "port",
        "ports",
        "containerPort",
        "expose",
        "liveness",
        "livenessProbe",
        "readiness",
        "readinessProbe",
      ],
      ...["startup", "startupProbe", "lifecycle", "preStop", "postStart", "beforeStop", "afterStart"],
    ].map((word) => [word, besideOnly]),
  ),
};

const check: Words = {
  httpGet: 'http: "/healthz", port: "http"',
  path: 'http: "/healthz"',
  httpHeaders: 'headers: { Accept: "text/plain" }',
  command: 'exec: ["/bin/check"]',
};

/** By the description's name of the object in which the word is written. */
export const kubernetesWords: { readonly [type: string]: Words } = {
  AutoscalerSpec: {
    ...described,
    scaleTargetRef: "of: api",
    minReplicas: "min: 2",
    maxReplicas: "max: 10",
    metrics: 'cpu: "80%"',
    targetCPUUtilizationPercentage: 'cpu: "80%"',
  },
  ClaimSpec: {
    ...described,
    accessModes: 'access: "ReadWriteOnce"',
    resources: 'size: "1Gi"',
    storage: 'size: "1Gi"',
    storageClassName: 'class: "fast"',
  },
  Container: container,
  ContainerOptions: initContainer,
  CronJobSpec: {
    ...job,
    concurrencyPolicy: 'overlap: "forbid"',
    startingDeadlineSeconds: 'startWithin: "5m"',
    successfulJobsHistoryLimit: "history: { succeeded: 3 }",
    failedJobsHistoryLimit: "history: { failed: 1 }",
  },
  DaemonSetSpec: { ...replicated, updateStrategy: "update: { unavailable: 1 }" },
  DeploymentSpec: {
    ...replicated,
    count: "replicas: 3",
    progressDeadlineSeconds: 'progressWithin: "10m"',
    revisionHistoryLimit: "history: 10",
    updateStrategy: "strategy: { surge: 1, unavailable: 0 }",
  },
  DisruptionBudgetSpec: {
    ...described,
    minAvailable: "min: 1",
    maxUnavailable: "max: 1",
    selector: "of: api",
  },
  Dns: { nameservers: 'servers: ["10.0.0.10"]' },
  Hook: check,
  HostNamespaces: { hostNetwork: "network: true", hostPID: "processes: true", hostIPC: "ipc: true" },
  ImageSpec: {
    base: "from: debian({ packages: [] })",
    workingDir: 'workdir: "/app"',
    ports: "expose: { http: 80 }",
    files: 'copy: { "/app": "./app" }',
    add: 'copy: { "/app": "./app" }',
    command: 'cmd: ["/app/server"]',
    args: 'cmd: ["/app/server"]',
  },
  IngressSpec: {
    ...described,
    rules: 'routes: { "shop.example": { "/": front.port("http") } }',
    host: 'routes: { "shop.example": { "/": front.port("http") } }',
    hosts: 'routes: { "shop.example": { "/": front.port("http") } }',
    ingressClassName: 'class: "nginx"',
    defaultBackend: 'default: front.port("http")',
    backend: 'default: front.port("http")',
  },
  JobSpec: job,
  Mount: { mountPath: "the path before the braces", subPath: 'path: "app.conf"', volume: "from: data" },
  NetworkPolicySpec: {
    ...described,
    podSelector: "of: api",
    ingress: "from: [web]",
    egress: "to: [db]",
    policyTypes: "nothing: it follows from what from and to say",
  },
  Placement: {
    nodeSelector: 'nodes: { disk: "ssd" }',
    tolerations: 'tolerates: [{ key: "gpu" }]',
    podAffinity: "near: [cache]",
    podAntiAffinity: "apart: [api]",
    topologySpreadConstraints: 'spread: "zones"',
  },
  PodSpec: { ...pod, restartPolicy: 'restart: "OnFailure"' },
  PriorityClassSpec: {
    ...described,
    namespace: "nothing: it belongs to no namespace",
    globalDefault: "default: true",
    preemptionPolicy: "preempts: false",
  },
  Probe: {
    ...check,
    tcpSocket: 'tcp: "http"',
    periodSeconds: 'every: "10s"',
    initialDelaySeconds: 'after: "5s"',
    timeoutSeconds: 'timeout: "1s"',
    failureThreshold: "failures: 3",
    successThreshold: "successes: 1",
    interval: 'every: "10s"',
    retries: "failures: 3",
  },
  Resources: {
    limits: 'memory: "64Mi", cpuLimit: "500m" (themselves: memory is asked for and the limit)',
    requests: 'memory: "64Mi", cpu: "100m" (themselves: memory is asked for and the limit)',
  },
  RollingSteps: {
    type: "nothing for rolling updates; for the other kind strategy itself is the text recreate",
    rollingUpdate: "surge: 1, unavailable: 0 (themselves)",
    maxSurge: "surge: 1",
    maxUnavailable: "unavailable: 0",
  },
  ServiceAccountSpec: {
    ...described,
    rules: 'may: { pods: ["get", "list"] }',
    permissions: 'may: { pods: ["get", "list"] }',
  },
  Route: {
    backend: 'to: front.port("http")',
    service: 'to: front.port("http")',
    pathType: 'match: "exact"',
  },
  ServiceSpec: {
    ...described,
    selector: "to: api (the workload itself)",
    port: 'ports: { 80: "http" }',
    targetPort: 'ports: { 80: "http" }',
    nodePort: "nodePorts: { http: 30080 }",
    clusterIP: 'type: "Headless"',
    sessionAffinity: 'sticky: "3h"',
    externalTrafficPolicy: "keepCaller: true",
    loadBalancerSourceRanges: 'allowFrom: ["10.0.0.0/8"]',
    publishNotReadyAddresses: "unready: true",
    externalName: 'ports: { 80: "http" } of an externalService("db", { external: "db.example" })',
  },
  StatefulSetSpec: {
    ...replicated,
    count: "replicas: 3",
    updateStrategy: "update: { from: 1 }",
    podManagementPolicy: 'start: "parallel"',
    serviceName: "nothing: the Service that its pods are named by is made",
    volumeClaimTemplates:
      'containers: { web: { mounts: { "/data": claimPerPod("data", { size: "1Gi" }) } } }',
    persistentVolumeClaimRetentionPolicy: 'claims: { whenDeleted: "delete" }',
    strategy: "update: { from: 1 }",
  },
  Toleration: { tolerationSeconds: 'for: "5m"', operator: "nothing: without a value any is tolerated" },
};

/** Kinds of Kubernetes, in the letters that people write them, by the construct that makes them. */
export const kubernetesKinds: { readonly [kind: string]: string } = {
  container: "a container inside a deployment, pod or job",
  hpa: "autoscaler",
  horizontalpodautoscaler: "autoscaler",
  pdb: "disruptionBudget",
  persistentvolumeclaim: "claim",
  poddisruptionbudget: "disruptionBudget",
  podtemplate: "deployment",
  pvc: "claim",
  replicaset: "deployment",
  role: "serviceAccount, whose may says what it is allowed",
  rolebinding: "serviceAccount, whose may says what it is allowed",
  clusterrole: "serviceAccount, whose mayEverywhere says what it is allowed",
  clusterrolebinding: "serviceAccount, whose mayEverywhere says what it is allowed",
  stack: "nothing: the file is the stack",
  volume: "mounts of a container: emptyDir(), claim or hostPath()",
};

/** What makes a kind of Kubernetes, in whatever letters it is written. */
export function kindInstead(kind: string): string | undefined {
  return own(kubernetesKinds, kind.toLowerCase().replaceAll(/[-_]/g, ""));
}

/** The objects of Kubernetes that a patch at this object reaches, the outermost first, by the path to each. */
const reached: { readonly [type: string]: readonly (readonly [type: string, path: readonly string[]])[] } = {
  Container: [["core.v1.Container", []]],
  ContainerOptions: [["core.v1.Container", []]],
  PodSpec: [["core.v1.PodSpec", ["spec"]]],
  ...template("DeploymentSpec", "apps.v1.DeploymentSpec"),
  ...template("StatefulSetSpec", "apps.v1.StatefulSetSpec"),
  ...template("DaemonSetSpec", "apps.v1.DaemonSetSpec"),
  ...template("JobSpec", "batch.v1.JobSpec"),
  CronJobSpec: [
    ["batch.v1.CronJobSpec", ["spec"]],
    ["batch.v1.JobSpec", ["spec", "jobTemplate", "spec"]],
    ["core.v1.PodSpec", ["spec", "jobTemplate", "spec", "template", "spec"]],
  ],
  ServiceSpec: [["core.v1.ServiceSpec", ["spec"]]],
  IngressSpec: [["networking.v1.IngressSpec", ["spec"]]],
  ClaimSpec: [["core.v1.PersistentVolumeClaimSpec", ["spec"]]],
  AutoscalerSpec: [["autoscaling.v2.HorizontalPodAutoscalerSpec", ["spec"]]],
  NetworkPolicySpec: [["networking.v1.NetworkPolicySpec", ["spec"]]],
};

function template(type: string, own: string) {
  return {
    [type]: [
      [own, ["spec"]],
      ["core.v1.PodSpec", ["spec", "template", "spec"]],
    ],
  } as const;
}

/**
 * How the construct says a field that it does not have: its own word for Kubernetes', the place where the field stands,
 * or the patch that reaches it. A name that is nearly one of its own is left to the spelling.
 * @param type - the description's name of the object.
 * @param file - where it is written: `.infra` says fields with `=`.
 */
export function insteadOf(type: string, name: string, file = ""): string | undefined {
  const object = description.types[type];
  const isNear = nearest(name, Object.keys(object?.fields ?? {})) !== undefined;
  const found =
    own(kubernetesWords[type], name) ??
    (isNear || object === undefined ? undefined : (placeOf(type, name) ?? patchFor(type, name)));
  return file.endsWith(".infra")
    ? found?.replace(/^(?!nothing: )(\w+): /, "$1 = ").replace(/^(\w+ = [^{ ]+, \w+): /, "$1 = ")
    : found;
}

/** An object of the description by its fields, when only they are at hand. */
export function typeOf(object: ObjectDescription): string {
  return Object.entries(description.types).find(([, one]) => one === object)?.[0] ?? "";
}

/** Of a container what is written beside it, of resources what is written in the container. */
function placeOf(type: string, name: string): string | undefined {
  const inside: readonly (readonly [inner: string, around: string])[] =
    own(description.types[type]?.fields, "containers") !== undefined
      ? [
          ["Container", "containers: { web: { … } }"],
          ["Resources", "containers: { web: { resources: { … } } }"],
          ["Placement", "placement: { … }"],
        ]
      : type.startsWith("Container")
        ? [["Resources", "resources: { … }"]]
        : [];
  for (const [inner, around] of inside) {
    const word =
      own(kubernetesWords[inner], name) ?? (own(description.types[inner]?.fields, name) && `${name}: …`);
    if (word !== undefined) return around.replace("…", word);
  }
  const outside = type.startsWith("Container") ? ["DeploymentSpec", "JobSpec"] : [];
  const holds = outside.some((one) => own(description.types[one]?.fields, name) !== undefined);
  if (holds) return `${name} beside containers, not in one`;
  return type.startsWith("Container") ? own(pod, name) : undefined;
}

function patchFor(type: string, name: string): string | undefined {
  for (const [exact, path] of own(reached, type) ?? [])
    if (own(typeTable[exact]?.fields, name) !== undefined)
      return `patch: ${path.reduceRight((inner, step) => `{ ${step}: ${inner} }`, `{ ${name}: … }`)} (it reaches any field of Kubernetes)`;
  return undefined;
}

function own<T>(of: { readonly [name: string]: T } | undefined, name: string): T | undefined {
  return of !== undefined && Object.hasOwn(of, name) ? of[name] : undefined;
}
