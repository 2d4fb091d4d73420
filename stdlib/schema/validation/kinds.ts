import { deepEqual } from "../../base/json.js";
import { checkConfigKey, checkDnsLabel, checkPortName, checkPortNumber } from "../../base/names.js";
import type { Deployment, ReplicaSet } from "../../kubernetes/generated/apps-v1.js";
import type {
  ConfigMap,
  Pod,
  PodTemplateSpec,
  Secret,
  Service,
  ServicePort,
} from "../../kubernetes/generated/core-v1.js";
import type { KubeObject } from "../objects.js";
import { type LabelSelector, matchesLabels, requirementsOf } from "../selectors.js";
import type { Checker } from "./checker.js";
import { validateLabels } from "./labels.js";
import { validatePodSpec } from "./pod.js";
import { validatePodUpdate } from "./pod-update.js";

interface KindRules {
  readonly create?: (check: Checker, object: KubeObject) => void;
  readonly update?: (check: Checker, object: KubeObject, old: KubeObject) => void;
}

/** Rules of the kinds the server serves; every other kind has only those of its metadata. */
export const kindRules: { readonly [typeName: string]: KindRules } = {
  "core.v1.Pod": rules<Pod>((check, pod) => validatePodSpec(check.at("spec"), pod.spec), validatePodUpdate),
  "core.v1.Service": rules<Service>(validateService, validateServiceUpdate),
  "core.v1.ConfigMap": rules<ConfigMap>(validateConfigMap, validateImmutable),
  "core.v1.Secret": rules<Secret>(validateSecret, validateSecretUpdate),
  "apps.v1.Deployment": rules<Deployment>(validateDeployment, validateSelectorUpdate),
  "apps.v1.ReplicaSet": rules<ReplicaSet>(validateReplicaSet, validateSelectorUpdate),
};

/** The table names the type the rules are for. */
function rules<T extends KubeObject>(
  create: (check: Checker, object: T) => void,
  update: (check: Checker, object: T, old: T) => void,
): KindRules {
  return { create: create as KindRules["create"] & {}, update: update as KindRules["update"] & {} };
}

const contentBytes = 1024 * 1024;

function validateConfigMap(check: Checker, config: ConfigMap): void {
  let size = 0;
  for (const [field, entries] of [
    ["data", config.data ?? {}],
    ["binaryData", config.binaryData ?? {}],
  ] as const) {
    for (const [key, value] of Object.entries(entries)) {
      check.at(field).index(key).name(key, checkConfigKey);
      if (field === "binaryData" && config.data?.[key] !== undefined)
        check.at(field).index(key).duplicate(key);
      size += Buffer.byteLength(value);
    }
  }
  if (size > contentBytes) check.invalid("", `must have at most ${contentBytes} bytes`);
}

function validateSecret(check: Checker, secret: Secret): void {
  let size = 0;
  for (const [key, value] of Object.entries(secret.data ?? {})) {
    check.at("data").index(key).name(key, checkConfigKey);
    size += value.length;
  }
  if (size > (contentBytes * 4) / 3) check.at("data").invalid("", `must have at most ${contentBytes} bytes`);
}

function validateSecretUpdate(check: Checker, secret: Secret, old: Secret): void {
  if (secret.type !== old.type) check.at("type").invalid(secret.type, "field is immutable");
  validateImmutable(check, secret, old);
}

function validateImmutable(check: Checker, object: ConfigMap | Secret, old: ConfigMap | Secret): void {
  if (old.immutable !== true) return;
  if (object.immutable !== true)
    check.at("immutable").forbidden("field is immutable when `immutable` is set");
  for (const field of ["data", "binaryData"] as const) {
    const before = "binaryData" in old || field === "data" ? (old as ConfigMap)[field] : undefined;
    const after = "binaryData" in object || field === "data" ? (object as ConfigMap)[field] : undefined;
    if (!deepEqual(before ?? {}, after ?? {}))
      check.at(field).forbidden("field is immutable when `immutable` is set");
  }
}

function validateService(check: Checker, service: Service): void {
  const spec = check.at("spec");
  if (service.spec === undefined) return spec.required();
  const { type, ports = [], clusterIP, selector } = service.spec;
  spec.at("type").oneOf(type, ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]);
  spec.at("sessionAffinity").oneOf(service.spec.sessionAffinity, ["ClientIP", "None"]);
  if (ports.length === 0 && clusterIP !== "None" && type !== "ExternalName") spec.at("ports").required();
  if (type === "ExternalName" && !service.spec.externalName) spec.at("externalName").required();
  if (clusterIP === "None" && (type === "NodePort" || type === "LoadBalancer"))
    spec.at("clusterIPs").index(0).invalid("None", `may not be set to 'None' for ${type} services`);
  validateLabels(spec.at("selector"), selector);
  const names = new Set<string>();
  const numbers = new Set<string>();
  for (const [index, port] of ports.entries())
    validateServicePort(
      spec.at("ports").index(index),
      port,
      ports.length > 1,
      type ?? "ClusterIP",
      names,
      numbers,
    );
}

function validateServicePort(
  check: Checker,
  port: ServicePort,
  several: boolean,
  type: string,
  names: Set<string>,
  numbers: Set<string>,
): void {
  const number = checkPortNumber(port.port);
  if (number !== undefined) check.at("port").invalid(port.port, number);
  if (!port.name) {
    if (several) check.at("name").required();
  } else {
    check.at("name").name(port.name, checkDnsLabel);
    if (names.has(port.name)) check.at("name").duplicate(port.name);
    names.add(port.name);
  }
  check.at("protocol").oneOf(port.protocol, ["SCTP", "TCP", "UDP"]);
  const key = `${port.protocol}/${port.port}`;
  if (numbers.has(key)) check.duplicate({ port: port.port, protocol: port.protocol });
  numbers.add(key);
  if (typeof port.targetPort === "number") {
    const target = checkPortNumber(port.targetPort);
    if (target !== undefined) check.at("targetPort").invalid(port.targetPort, target);
  } else if (port.targetPort) {
    check.at("targetPort").name(port.targetPort, checkPortName);
  }
  if (port.nodePort && type !== "NodePort" && type !== "LoadBalancer")
    check.at("nodePort").forbidden("may not be used when `type` is 'ClusterIP'");
}

function validateServiceUpdate(check: Checker, service: Service, old: Service): void {
  const [before, after] = [old.spec?.clusterIP, service.spec?.clusterIP];
  const leaves = service.spec?.type === "ExternalName" || old.spec?.type === "ExternalName";
  if (before && after !== before && !leaves)
    check
      .at("spec.clusterIPs")
      .index(0)
      .invalid(after ?? null, "may not change once set");
}

function validateDeployment(check: Checker, deployment: Deployment): void {
  const spec = check.at("spec");
  if (deployment.spec === undefined) return spec.required();
  validateReplicas(spec, deployment.spec);
  validateSelectorAndTemplate(spec, deployment.spec.selector, deployment.spec.template);
  const { strategy } = deployment.spec;
  spec.at("strategy.type").oneOf(strategy?.type, ["Recreate", "RollingUpdate"]);
  if (strategy?.type === "Recreate" && strategy.rollingUpdate !== undefined) {
    spec.at("strategy.rollingUpdate").forbidden("may not be specified when strategy `type` is 'Recreate'");
  }
  const rolling = strategy?.rollingUpdate;
  for (const field of ["maxSurge", "maxUnavailable"] as const)
    validatePercentage(spec.at("strategy.rollingUpdate").at(field), rolling?.[field]);
  if (rolling !== undefined && isZero(rolling.maxSurge) && isZero(rolling.maxUnavailable)) {
    spec
      .at("strategy.rollingUpdate.maxUnavailable")
      .invalid(rolling.maxUnavailable, "may not be 0 when `maxSurge` is 0");
  }
  if ((deployment.spec.progressDeadlineSeconds ?? 600) <= (deployment.spec.minReadySeconds ?? 0)) {
    spec
      .at("progressDeadlineSeconds")
      .invalid(deployment.spec.progressDeadlineSeconds, "must be greater than minReadySeconds");
  }
}

function isZero(value: number | string | undefined): boolean {
  return value === 0 || value === "0%" || value === "0";
}

function validatePercentage(check: Checker, value: number | string | undefined): void {
  if (typeof value === "number" && value < 0) check.invalid(value, "must be greater than or equal to 0");
  if (typeof value === "string" && !/^\d+%$/.test(value)) {
    check.invalid(
      value,
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    );
  }
}

function validateReplicaSet(check: Checker, set: ReplicaSet): void {
  const spec = check.at("spec");
  if (set.spec === undefined) return spec.required();
  validateReplicas(spec, set.spec);
  validateSelectorAndTemplate(spec, set.spec.selector, set.spec.template);
}

function validateReplicas(spec: Checker, values: { replicas?: number; minReadySeconds?: number }): void {
  for (const field of ["replicas", "minReadySeconds"] as const) {
    if ((values[field] ?? 0) < 0) spec.at(field).invalid(values[field], "must be greater than or equal to 0");
  }
}

function validateSelectorAndTemplate(
  spec: Checker,
  selector: LabelSelector | undefined,
  template: PodTemplateSpec | undefined,
): void {
  if (selector === undefined) spec.at("selector").required();
  else if (!hasRequirements(selector))
    spec.at("selector").invalid(selector, "empty selector is invalid for deployment");
  else if (
    template !== undefined &&
    isReadable(spec, selector) &&
    !matchesLabels(selector, template.metadata?.labels)
  ) {
    spec
      .at("template.metadata.labels")
      .invalid(template.metadata?.labels ?? {}, "`selector` does not match template `labels`");
  }
  if (template === undefined) return spec.at("template").required();
  validateLabels(spec.at("template.metadata.labels"), template.metadata?.labels);
  validatePodSpec(spec.at("template.spec"), template.spec);
  if (template.spec?.restartPolicy !== undefined && template.spec.restartPolicy !== "Always") {
    spec.at("template.spec.restartPolicy").unsupported(template.spec.restartPolicy, ["Always"]);
  }
}

function hasRequirements(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length > 0;
}

function isReadable(spec: Checker, selector: LabelSelector): boolean {
  try {
    requirementsOf(selector);
    return true;
  } catch (error) {
    spec.at("selector.matchExpressions").invalid(selector.matchExpressions, (error as Error).message);
    return false;
  }
}

function validateSelectorUpdate(
  check: Checker,
  object: Deployment | ReplicaSet,
  old: Deployment | ReplicaSet,
): void {
  if (!deepEqual(object.spec?.selector, old.spec?.selector))
    check.at("spec.selector").invalid(object.spec?.selector, "field is immutable");
}
