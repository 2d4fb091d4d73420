import type { FieldError, KubeObject } from "./objects.js";

/**
 * What the runtime enforces of a spec. `true` is a field enforced whole; a nested object lists the enforced
 * part. Everything else is refused with its path, so that nothing is silently ignored. `docs/enforced-fields.md` is
 * written from this table.
 */
type Enforced = true | { readonly [field: string]: Enforced };

const keyReference: Enforced = { name: true, key: true, optional: true };
const items: Enforced = true;
const fieldPath: Enforced = { apiVersion: true, fieldPath: true };
const resourceField: Enforced = { containerName: true, resource: true, divisor: true };
const downwardFiles: Enforced = {
  path: true,
  mode: true,
  fieldRef: fieldPath,
  resourceFieldRef: resourceField,
};

const probe: Enforced = {
  exec: true,
  httpGet: { path: true, port: true, host: true, scheme: true, httpHeaders: true },
  tcpSocket: true,
  initialDelaySeconds: true,
  timeoutSeconds: true,
  periodSeconds: true,
  successThreshold: true,
  failureThreshold: true,
  terminationGracePeriodSeconds: true,
};

const container: Enforced = {
  name: true,
  image: true,
  command: true,
  args: true,
  workingDir: true,
  ports: { name: true, containerPort: true, protocol: true },
  env: {
    name: true,
    value: true,
    valueFrom: {
      configMapKeyRef: keyReference,
      secretKeyRef: keyReference,
      fieldRef: fieldPath,
      resourceFieldRef: resourceField,
    },
  },
  envFrom: true,
  resources: { limits: { cpu: true, memory: true }, requests: { cpu: true, memory: true } },
  volumeMounts: { name: true, mountPath: true, readOnly: true, subPath: true },
  livenessProbe: probe,
  readinessProbe: probe,
  imagePullPolicy: true,
  terminationMessagePath: true,
  terminationMessagePolicy: true,
  stdin: true,
  tty: true,
  securityContext: {
    runAsUser: true,
    runAsGroup: true,
    runAsNonRoot: true,
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: true,
    capabilities: true,
    seccompProfile: { type: true },
  },
};

const volume: Enforced = {
  name: true,
  configMap: { name: true, items, defaultMode: true, optional: true },
  secret: { secretName: true, items, defaultMode: true, optional: true },
  downwardAPI: { items: downwardFiles, defaultMode: true },
  projected: {
    defaultMode: true,
    sources: {
      configMap: { name: true, items, optional: true },
      secret: { name: true, items, optional: true },
      downwardAPI: { items: downwardFiles },
    },
  },
  emptyDir: { medium: true },
};

const podSpec: Enforced = {
  containers: container,
  volumes: volume,
  restartPolicy: true,
  terminationGracePeriodSeconds: true,
  nodeSelector: true,
  tolerations: true,
  topologySpreadConstraints: {
    maxSkew: true,
    topologyKey: true,
    whenUnsatisfiable: true,
    labelSelector: true,
  },
  hostname: true,
  dnsPolicy: true,
  dnsConfig: true,
  enableServiceLinks: true,
  automountServiceAccountToken: true,
  serviceAccountName: true,
  serviceAccount: true,
  nodeName: true,
  schedulerName: true,
  hostAliases: true,
  securityContext: {
    runAsUser: true,
    runAsGroup: true,
    runAsNonRoot: true,
    fsGroup: true,
    supplementalGroups: true,
    seccompProfile: { type: true },
  },
};

const serviceSpec: Enforced = {
  type: true,
  selector: true,
  ports: { name: true, protocol: true, appProtocol: true, port: true, targetPort: true, nodePort: true },
  clusterIP: true,
  clusterIPs: true,
  publishNotReadyAddresses: true,
  sessionAffinity: true,
  externalTrafficPolicy: true,
  internalTrafficPolicy: true,
  ipFamilies: true,
  ipFamilyPolicy: true,
  allocateLoadBalancerNodePorts: true,
};

/** Values of an enforced field that are not. */
const refusedValues: { readonly [path: string]: readonly string[] } = {
  "spec.type": ["ExternalName"],
  sessionAffinity: ["ClientIP"],
  externalTrafficPolicy: ["Local"],
  internalTrafficPolicy: ["Local"],
  ipFamilyPolicy: ["RequireDualStack"],
  "seccompProfile.type": ["Localhost"],
  dnsPolicy: ["ClusterFirstWithHostNet"],
  whenUnsatisfiable: ["DoNotSchedule"], // the other value wishes for what one node cannot give, and says so
};

/** Where kinds keep a spec of these. */
const specs: { readonly [kind: string]: { readonly path: readonly string[]; readonly enforced: Enforced } } =
  {
    Pod: { path: ["spec"], enforced: podSpec },
    Deployment: { path: ["spec", "template", "spec"], enforced: podSpec },
    ReplicaSet: { path: ["spec", "template", "spec"], enforced: podSpec },
    Service: { path: ["spec"], enforced: serviceSpec },
  };

/** Fields of an object's spec that the runtime would ignore, each with its path. Empty values do not count. */
export function unenforcedFields(object: KubeObject): readonly FieldError[] {
  const found = specs[object.kind];
  if (found === undefined) return [];
  const { enforced, path } = found;
  const spec = path.reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), object);
  const errors: FieldError[] = [];
  collect(enforced, spec, path.join("."), errors);
  return errors;
}

/** Every enforced field of pods and Services, `[]` for a list's items, and the values refused all the same. */
export function enforcedFields(): {
  readonly pod: readonly string[];
  readonly service: readonly string[];
  readonly refused: readonly { readonly field: string; readonly value: string }[];
} {
  const lists = new Set([
    "topologySpreadConstraints",
    "containers",
    "volumes",
    "env",
    "ports",
    "volumeMounts",
    "sources",
  ]);
  const paths = (enforced: Enforced, path: string): string[] =>
    enforced === true
      ? [path]
      : Object.entries(enforced).flatMap(([name, inner]) =>
          paths(inner, `${path}.${name}${lists.has(name) && inner !== true ? "[]" : ""}`),
        );
  const refused = Object.entries(refusedValues).flatMap(([field, values]) =>
    values.map((value) => ({ field, value })),
  );
  return { pod: paths(podSpec, "spec"), service: paths(serviceSpec, "spec"), refused };
}

function collect(enforced: Enforced, value: unknown, path: string, errors: FieldError[]): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) collect(enforced, item, `${path}[${index}]`, errors);
    return;
  }
  if (enforced === true) {
    const refused = Object.entries(refusedValues).find(([suffix]) => `.${path}`.endsWith(`.${suffix}`))?.[1];
    if (typeof value === "string" && refused?.includes(value))
      errors.push(refusal(path, `the value ${JSON.stringify(value)}`));
    return;
  }
  if (!isRecord(value)) return;
  for (const [name, member] of Object.entries(value)) {
    if (isEmpty(member)) continue;
    const inner = Object.hasOwn(enforced, name) ? enforced[name] : undefined;
    if (inner === undefined) errors.push(refusal(`${path}.${name}`, "the field"));
    else collect(inner, member, `${path}.${name}`, errors);
  }
}

function refusal(path: string, what: string): FieldError {
  return {
    path,
    type: "FieldValueForbidden",
    message: `Forbidden: ${what} is not enforced by this runtime yet`,
  };
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === "") return true;
  return Array.isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0;
}

function isRecord(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
