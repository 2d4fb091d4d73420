import { deepEqual } from "../../base/json.js";
import { checkDnsLabel } from "../../base/names.js";
import type {
  DaemonSet,
  Deployment,
  ReplicaSet,
  StatefulSet,
  StatefulSetSpec,
} from "../../kubernetes/generated/apps-v1.js";
import type {
  PodTemplate,
  PodTemplateSpec,
  ReplicationController,
} from "../../kubernetes/generated/core-v1.js";
import { type LabelSelector, matchesLabels, requirementsOf } from "../selectors.js";
import type { Checker } from "./checker.js";
import { hasRequirements, validateLabelSelector, validateLabels } from "./labels.js";
import { validateAnnotations } from "./metadata.js";
import { validatePodSpec } from "./pod.js";
import { validateClaimSpec } from "./storage.js";
import { isZero, validateAmount, validateShare } from "./values.js";

export function validateDeployment(check: Checker, { spec }: Deployment): void {
  const at = check.at("spec");
  if (spec === undefined) return at.required();
  validateCounts(at, spec);
  validateServing(at, spec, "deployment");
  const { strategy } = spec;
  at.at("strategy.type").oneOf(strategy?.type, ["Recreate", "RollingUpdate"]);
  if (strategy?.type === "Recreate" && strategy.rollingUpdate !== undefined)
    at.at("strategy.rollingUpdate").forbidden("may not be specified when strategy `type` is 'Recreate'");
  const rolling = strategy?.rollingUpdate;
  if (rolling !== undefined) {
    validateAmount(at.at("strategy.rollingUpdate.maxSurge"), rolling.maxSurge);
    validateAmount(at.at("strategy.rollingUpdate.maxUnavailable"), rolling.maxUnavailable);
    validateShare(at.at("strategy.rollingUpdate.maxUnavailable"), rolling.maxUnavailable);
    if (isZero(rolling.maxSurge) && isZero(rolling.maxUnavailable))
      at.at("strategy.rollingUpdate.maxUnavailable").invalid(
        rolling.maxUnavailable,
        "may not be 0 when `maxSurge` is 0",
      );
  }
  at.at("revisionHistoryLimit").nonNegative(spec.revisionHistoryLimit);
  at.at("progressDeadlineSeconds").nonNegative(spec.progressDeadlineSeconds);
  if ((spec.progressDeadlineSeconds ?? 600) <= (spec.minReadySeconds ?? 0))
    at.at("progressDeadlineSeconds").invalid(
      spec.progressDeadlineSeconds,
      "must be greater than minReadySeconds",
    );
}

export function validateReplicaSet(check: Checker, { spec }: ReplicaSet): void {
  const at = check.at("spec");
  if (spec === undefined) return at.required();
  validateCounts(at, spec);
  validateServing(at, spec, "deployment");
}

/** Source: Kubernetes `ValidateStatefulSetSpec`. */
export function validateStatefulSet(check: Checker, { metadata, spec }: StatefulSet): void {
  const at = check.at("spec");
  if (spec === undefined) return at.required();
  validateCounts(at, spec);
  validateServing(
    at,
    { ...spec, ...(spec.template && { template: withClaims(spec.template, spec) }) },
    "statefulset",
  );
  at.at("podManagementPolicy").oneOf(spec.podManagementPolicy, ["OrderedReady", "Parallel"]);
  at.at("serviceName").optionalName(spec.serviceName, checkDnsLabel);
  check.at("metadata.name").optionalName(metadata?.name, checkDnsLabel);
  for (const [index, claim] of (spec.volumeClaimTemplates ?? []).entries()) {
    const one = at.at("volumeClaimTemplates").index(index);
    validateClaimSpec(one.at("spec"), claim.spec);
  }
  at.at("ordinals.start").nonNegative(spec.ordinals?.start);
  const { rollingUpdate, type } = spec.updateStrategy ?? {};
  const strategy = at.at("updateStrategy");
  if (type === "OnDelete") {
    if (rollingUpdate !== undefined)
      strategy.at("rollingUpdate").invalid(rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'");
  } else if (type !== undefined && type !== "RollingUpdate")
    strategy.invalid(spec.updateStrategy, "must be 'RollingUpdate' or 'OnDelete'");
  strategy.at("rollingUpdate.partition").nonNegative(rollingUpdate?.partition);
  const away = strategy.at("rollingUpdate.maxUnavailable");
  validateAmount(away, rollingUpdate?.maxUnavailable);
  validateShare(away, rollingUpdate?.maxUnavailable);
  if (isZero(rollingUpdate?.maxUnavailable)) away.invalid(rollingUpdate?.maxUnavailable, "cannot be 0");
  const { whenDeleted, whenScaled } = spec.persistentVolumeClaimRetentionPolicy ?? {};
  const retention = at.at("persistentVolumeClaimRetentionPolicy");
  retention.at("whenDeleted").oneOf(whenDeleted, ["Delete", "Retain"]);
  retention.at("whenScaled").oneOf(whenScaled, ["Delete", "Retain"]);
}

/** The pods as they will be: a claim of each one's own takes the place of a volume of its name. */
function withClaims(
  template: PodTemplateSpec,
  { volumeClaimTemplates = [] }: StatefulSetSpec,
): PodTemplateSpec {
  if (template.spec === undefined) return template;
  const claims = volumeClaimTemplates.map(({ metadata }) => ({
    name: metadata?.name ?? "",
    persistentVolumeClaim: { claimName: metadata?.name ?? "" },
  }));
  const own = new Set(claims.map(({ name }) => name));
  const volumes = [...(template.spec.volumes ?? []).filter(({ name }) => !own.has(name)), ...claims];
  return { ...template, spec: { ...template.spec, volumes } };
}

/** Source: Kubernetes `ValidateDaemonSetSpec`. */
export function validateDaemonSet(check: Checker, { spec }: DaemonSet): void {
  const at = check.at("spec");
  if (spec === undefined) return at.required();
  at.at("minReadySeconds").nonNegative(spec.minReadySeconds);
  at.at("revisionHistoryLimit").nonNegative(spec.revisionHistoryLimit);
  validateServing(at, spec, "daemonset");
  const { rollingUpdate, type } = spec.updateStrategy ?? {};
  const strategy = at.at("updateStrategy");
  strategy.at("type").oneOf(type, ["RollingUpdate", "OnDelete"]);
  if (type === "OnDelete" || rollingUpdate === undefined) return;
  const { maxSurge, maxUnavailable } = rollingUpdate;
  for (const [field, value] of [
    ["maxSurge", maxSurge],
    ["maxUnavailable", maxUnavailable],
  ] as const) {
    validateAmount(strategy.at("rollingUpdate").at(field), value);
    validateShare(strategy.at("rollingUpdate").at(field), value);
  }
  const hasSurge = maxSurge !== undefined && !isZero(maxSurge);
  const hasAway = maxUnavailable !== undefined && !isZero(maxUnavailable);
  if (hasSurge && hasAway)
    strategy.at("rollingUpdate.maxSurge").invalid(maxSurge, "may not be set when maxUnavailable is non-zero");
  if (!hasSurge && !hasAway)
    strategy.at("rollingUpdate.maxUnavailable").invalid(maxUnavailable, "cannot be 0 when maxSurge is 0");
}

export function validateReplicationController(check: Checker, { spec }: ReplicationController): void {
  const at = check.at("spec");
  if (spec === undefined) return at.required();
  validateCounts(at, spec);
  if (Object.keys(spec.selector ?? {}).length === 0) at.at("selector").required();
  else
    validateServing(
      at,
      { selector: { matchLabels: { ...spec.selector } }, ...(spec.template && { template: spec.template }) },
      "replicationcontroller",
    );
}

export function validatePodTemplate(check: Checker, { template }: PodTemplate): void {
  validateTemplate(check.at("template"), template);
}

function validateCounts(at: Checker, values: { replicas?: number; minReadySeconds?: number }): void {
  for (const field of ["replicas", "minReadySeconds"] as const) at.at(field).nonNegative(values[field]);
}

interface Templated {
  selector?: LabelSelector;
  template?: PodTemplateSpec;
}

/** Pods that serve for ever: the selector finds them and they are started again. */
function validateServing(spec: Checker, { selector, template }: Templated, kind: string): void {
  if (selector === undefined) spec.at("selector").required();
  else if (!hasRequirements(selector))
    spec.at("selector").invalid(selector, `empty selector is invalid for ${kind}`);
  else validateSelected(spec, selector, template);
  validateTemplate(spec.at("template"), template);
  const restart = template?.spec?.restartPolicy;
  if (restart !== undefined && restart !== "Always")
    spec.at("template.spec.restartPolicy").unsupported(restart, ["Always"]);
  if (template?.spec?.activeDeadlineSeconds !== undefined)
    spec
      .at("template.spec.activeDeadlineSeconds")
      .forbidden(`activeDeadlineSeconds in ${kind} is not Supported`);
}

export function validateSelected(
  spec: Checker,
  selector: LabelSelector,
  template: PodTemplateSpec | undefined,
): void {
  validateLabelSelector(spec.at("selector"), selector);
  if (template === undefined || !isReadable(selector)) return;
  const labels = template.metadata?.labels;
  if (!matchesLabels(selector, labels))
    spec.at("template.metadata.labels").invalid(labels ?? {}, "`selector` does not match template `labels`");
}

export function validateTemplate(check: Checker, template: PodTemplateSpec | undefined): void {
  if (template === undefined) return check.required();
  validateLabels(check.at("metadata.labels"), template.metadata?.labels);
  validateAnnotations(check.at("metadata.annotations"), template.metadata?.annotations);
  validatePodSpec(check.at("spec"), template.spec, true);
  if ((template.spec?.ephemeralContainers ?? []).length > 0)
    check.at("spec.ephemeralContainers").forbidden("ephemeral containers not allowed in pod template");
}

function isReadable(selector: LabelSelector): boolean {
  try {
    requirementsOf(selector);
    return true;
  } catch {
    return false; // an operator that there is not: validateLabelSelector says so
  }
}

export function validateSelectorUpdate(
  check: Checker,
  object: Deployment | ReplicaSet | DaemonSet,
  old: Deployment | ReplicaSet | DaemonSet,
): void {
  check.at("spec.selector").unchanged(object.spec?.selector, old.spec?.selector);
}

const changeable = new Set([
  "minReadySeconds",
  "ordinals",
  "persistentVolumeClaimRetentionPolicy",
  "replicas",
  "revisionHistoryLimit",
  "template",
  "updateStrategy",
]);

/** Source: Kubernetes `ValidateStatefulSetUpdate`. */
export function validateStatefulSetUpdate(check: Checker, set: StatefulSet, old: StatefulSet): void {
  const fixed = ({ spec }: StatefulSet) =>
    Object.fromEntries(Object.entries(spec ?? {}).filter(([field]) => !changeable.has(field)));
  if (!deepEqual(fixed(set), fixed(old)))
    check
      .at("spec")
      .forbidden(
        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
      );
}
