import { checkDns1035Label, checkDnsSubdomain, checkQualifiedName } from "../../base/names.js";
import type {
  AuditAnnotation,
  MatchResources,
  NamedRuleWithOperations,
  ParamKind,
  ParamRef,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  Validation,
  Variable,
} from "../../kubernetes/generated/admissionregistration-v1.js";
import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  Mutation,
} from "../../kubernetes/generated/admissionregistration-v1beta1.js";
import type { Checker } from "./checker.js";
import { checkKind } from "./definitions.js";
import { checkExpression } from "./expression.js";
import { validateLabelSelector } from "./labels.js";
import { checkPathSegment } from "./values.js";
import { validateAdmissionRule, validateMatchConditions } from "./webhooks.js";

/* Types of expressions and what they cost are left to the server. */

/** Source: Kubernetes `validateValidatingAdmissionPolicySpec`. */
export function validateAdmissionPolicy(
  check: Checker,
  { metadata, spec = {} }: ValidatingAdmissionPolicy,
): void {
  const at = check.at("spec");
  const { auditAnnotations = [], validations = [] } = spec;
  validateCommon(at, spec);
  if (validations.length + auditAnnotations.length === 0)
    at.at("validations").required("validations or auditAnnotations must contain at least one item");
  for (const [index, one] of validations.entries())
    validateValidation(at.at("validations").index(index), one);
  at.at("auditAnnotations").atMost(auditAnnotations, mostAnnotations);
  const keys = auditAnnotations.map(({ key }) => key);
  for (const [index, one] of auditAnnotations.entries()) {
    const of = at.at("auditAnnotations").index(index);
    validateAnnotation(of, one, metadata.name ?? "");
    if (keys.indexOf(one.key) !== index) of.at("key").duplicate(one.key);
  }
}

/** Source: Kubernetes `validateMutatingAdmissionPolicySpec`. */
export function validateMutatingPolicy(check: Checker, { spec = {} }: MutatingAdmissionPolicy): void {
  const at = check.at("spec");
  const { matchConstraints, mutations = [], reinvocationPolicy } = spec;
  validateCommon(at, spec as ValidatingAdmissionPolicy["spec"] & {});
  validateMutated(at.at("matchConstraints"), matchConstraints);
  if (mutations.length === 0) at.at("mutations").required("mutations must contain at least one item");
  for (const [index, mutation] of mutations.entries())
    validateMutation(at.at("mutations").index(index), mutation);
  at.at("reinvocationPolicy").requiredOneOf(reinvocationPolicy, ["IfNeeded", "Never"]);
}

const mostAnnotations = 20;
const annotationBytes = 5 * 1024;

function validateCommon(check: Checker, spec: ValidatingAdmissionPolicy["spec"] & {}): void {
  const { failurePolicy, matchConditions, matchConstraints, paramKind, variables = [] } = spec;
  check.at("failurePolicy").oneOf(failurePolicy, ["Fail", "Ignore"]);
  if (paramKind !== undefined) validateParamKind(check.at("paramKind"), paramKind);
  const at = check.at("matchConstraints");
  if (matchConstraints === undefined) at.required();
  else {
    validateMatch(at, matchConstraints);
    if ((matchConstraints.resourceRules ?? []).length === 0) at.at("resourceRules").required();
  }
  validateMatchConditions(check.at("matchConditions"), matchConditions);
  for (const [index, variable] of variables.entries())
    validateVariable(check.at("variables").index(index), variable);
}

function validateParamKind(check: Checker, { apiVersion, kind }: ParamKind): void {
  check.at("apiVersion").requiredName(apiVersion, checkApiVersion);
  check.at("kind").requiredName(kind, checkKind);
}

function checkApiVersion(text: string): string | undefined {
  const [version = "", ...groups] = text.split("/").reverse();
  if (groups.length > 1) return `unexpected GroupVersion string: ${text}`;
  if (version === "") return "version must be specified";
  const [group = ""] = groups;
  return (group === "" ? undefined : checkDnsSubdomain(group)) ?? checkDns1035Label(version);
}

function validateMatch(check: Checker, match: MatchResources): void {
  check.at("matchPolicy").oneOf(match.matchPolicy, ["Equivalent", "Exact"]);
  validateLabelSelector(check.at("namespaceSelector"), match.namespaceSelector);
  validateLabelSelector(check.at("objectSelector"), match.objectSelector);
  for (const field of ["resourceRules", "excludeResourceRules"] as const)
    for (const [index, rule] of (match[field] ?? []).entries())
      validateNamedRule(check.at(field).index(index), rule);
}

function validateNamedRule(check: Checker, rule: NamedRuleWithOperations): void {
  const { resourceNames = [] } = rule;
  for (const [index, name] of resourceNames.entries()) {
    const at = check.at("resourceNames").index(index);
    at.name(name, checkPathSegment);
    if (resourceNames.indexOf(name) !== index) at.duplicate(name);
  }
  validateAdmissionRule(check, rule);
}

/** What is deleted has nothing left to change. */
function validateMutated(check: Checker, match: { resourceRules?: NamedRuleWithOperations[] } = {}): void {
  for (const [index, { operations = [] }] of (match.resourceRules ?? []).entries())
    for (const [position, operation] of operations.entries())
      check
        .at("resourceRules")
        .index(index)
        .at("operations")
        .index(position)
        .oneOf(operation, ["*", "CONNECT", "CREATE", "UPDATE"]);
}

const reserved = new Set(
  `true false null in as break const continue else for function if import let loop package namespace return var void
  while`.split(/\s+/),
);

function validateVariable(check: Checker, { expression, name = "" }: Variable): void {
  if (name.trim() === "") check.at("name").required("name is not specified");
  else if (!/^[A-Za-z_]\w*$/.test(name) || reserved.has(name))
    check.at("name").invalid(name, "must be a valid CEL identifier");
  validateExpression(check.at("expression"), expression);
}

function validateExpression(check: Checker, expression = ""): void {
  if (expression.trim() === "") check.required("expression is not specified");
  else check.name(expression, checkExpression);
}

function validateValidation(check: Checker, validation: Validation): void {
  const { message, messageExpression, reason } = validation;
  validateExpression(check.at("expression"), validation.expression);
  const text = check.at("messageExpression");
  if (messageExpression && messageExpression.trim() === "")
    text.invalid(messageExpression, "must be non-empty if specified");
  else if (messageExpression) text.name(messageExpression, checkExpression);
  if (message && message.trim() === "")
    check.at("message").invalid(message, "must be non-empty if specified");
  else if (/[\n\r]/.test((message ?? "").trim()))
    check.at("message").invalid(message, "must not contain line breaks");
  check.at("reason").oneOf(reason, ["Forbidden", "Invalid", "RequestEntityTooLarge"]);
}

function validateAnnotation(
  check: Checker,
  { key = "", valueExpression = "" }: AuditAnnotation,
  policy: string,
): void {
  check.at("key").name(`${policy}/${key}`, checkQualifiedName);
  const at = check.at("valueExpression");
  if (Buffer.byteLength(valueExpression.trim()) > annotationBytes)
    at.required(`must not exceed ${annotationBytes} bytes in length`);
  else validateExpression(at, valueExpression);
}

const patches = { ApplyConfiguration: "applyConfiguration", JSONPatch: "jsonPatch" } as const;

function validateMutation(check: Checker, mutation: Mutation): void {
  const { patchType } = mutation;
  check.at("patchType").requiredOneOf(patchType, Object.keys(patches));
  if (!Object.hasOwn(patches, patchType ?? "")) return;
  for (const [type, field] of Object.entries(patches)) {
    const patch = mutation[field];
    const at = check.at(field);
    if (type !== patchType) {
      if (patch !== undefined)
        at.invalid(`{${field}}`, `must not be specified when patchType is ${patchType}`);
    } else if (patch === undefined) at.required(`must be specified when patchType is ${patchType}`);
    else validateExpression(at.at("expression"), patch.expression);
  }
}

/** Source: Kubernetes `validateValidatingAdmissionPolicyBindingSpec`. */
export function validatePolicyBinding(check: Checker, { spec = {} }: ValidatingAdmissionPolicyBinding): void {
  validateBound(check.at("spec"), spec);
  const { validationActions = [] } = spec;
  const at = check.at("spec.validationActions");
  if (validationActions.length === 0) at.required("at least one validation action is required");
  for (const [index, action] of validationActions.entries()) {
    at.index(index).oneOf(action, ["Audit", "Deny", "Warn"]);
    if (validationActions.indexOf(action) !== index) at.index(index).duplicate(action);
  }
  if (validationActions.includes("Deny") && validationActions.includes("Warn"))
    at.invalid(
      validationActions,
      "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)",
    );
}

/** Source: Kubernetes `validateMutatingAdmissionPolicyBindingSpec`. */
export function validateMutatingBinding(check: Checker, { spec = {} }: MutatingAdmissionPolicyBinding): void {
  validateBound(check.at("spec"), spec as ValidatingAdmissionPolicyBinding["spec"] & {});
  validateMutated(check.at("spec.matchResources"), spec.matchResources);
}

function validateBound(
  check: Checker,
  { matchResources, paramRef, policyName }: ValidatingAdmissionPolicyBinding["spec"] & {},
): void {
  check.at("policyName").requiredName(policyName, checkDnsSubdomain);
  if (paramRef !== undefined) validateParamRef(check.at("paramRef"), paramRef);
  if (matchResources !== undefined) validateMatch(check.at("matchResources"), matchResources);
}

function validateParamRef(check: Checker, { name, parameterNotFoundAction, selector }: ParamRef): void {
  check.at("name").optionalName(name, checkPathSegment);
  validateLabelSelector(check.at("selector"), selector);
  if (name && selector !== undefined)
    check.at("selector").forbidden("name and selector are mutually exclusive");
  if (!name && selector === undefined) check.required("one of name or selector must be specified");
  check.at("parameterNotFoundAction").requiredOneOf(parameterNotFoundAction, ["Allow", "Deny"]);
}
