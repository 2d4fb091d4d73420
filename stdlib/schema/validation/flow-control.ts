import { checkDnsLabel, checkDnsSubdomain } from "../../base/names.js";
import type {
  FlowSchema,
  LimitResponse,
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  PriorityLevelConfiguration,
  QueuingConfiguration,
  ResourcePolicyRule,
  Subject,
} from "../../kubernetes/generated/flowcontrol-v1.js";
import type { Checker } from "./checker.js";

const highestPrecedence = 10_000;

/** Source: Kubernetes `ValidateFlowSchema`. The two that every cluster has from the start are its own. */
export function validateFlowSchema(check: Checker, { metadata, spec }: FlowSchema): void {
  const at = check.at("spec");
  const { distinguisherMethod, matchingPrecedence, priorityLevelConfiguration, rules = [] } = spec ?? {};
  const precedence = at.at("matchingPrecedence");
  const given = matchingPrecedence === 0 ? undefined : matchingPrecedence; // nought is filled in
  if (given !== undefined && given < 0) precedence.invalid(given, "must be a positive value");
  if (given !== undefined && given > highestPrecedence)
    precedence.invalid(given, `must not be greater than ${highestPrecedence}`);
  if (given === 1 && metadata.name !== "exempt")
    precedence.invalid(1, "only the schema named 'exempt' may have matchingPrecedence 1");
  if (distinguisherMethod !== undefined)
    at.at("distinguisherMethod.type").oneOf(distinguisherMethod.type ?? "", ["ByNamespace", "ByUser"]);
  at.at("priorityLevelConfiguration.name").requiredName(
    priorityLevelConfiguration?.name,
    checkDnsSubdomain,
    "must reference a priority level",
  );
  for (const [index, rule] of rules.entries()) validateRules(at.at("rules").index(index), rule);
}

function validateRules(check: Checker, rules: PolicyRulesWithSubjects): void {
  const { nonResourceRules = [], resourceRules = [], subjects = [] } = rules;
  if (subjects.length === 0) check.at("subjects").required("subjects must contain at least one value");
  for (const [index, subject] of subjects.entries())
    validateSubject(check.at("subjects").index(index), subject);
  if (resourceRules.length + nonResourceRules.length === 0)
    check.required("at least one of resourceRules and nonResourceRules has to be non-empty");
  for (const [index, rule] of resourceRules.entries())
    validateResourceRule(check.at("resourceRules").index(index), rule);
  for (const [index, rule] of nonResourceRules.entries())
    validateUrlRule(check.at("nonResourceRules").index(index), rule);
}

const subjectFields = { Group: "group", ServiceAccount: "serviceAccount", User: "user" } as const;

function validateSubject(check: Checker, subject: Subject): void {
  const { kind = "" } = subject;
  const own = Object.hasOwn(subjectFields, kind)
    ? subjectFields[kind as keyof typeof subjectFields]
    : undefined;
  if (own === undefined) return check.at("kind").unsupported(kind, Object.keys(subjectFields));
  for (const field of Object.values(subjectFields))
    if (field !== own && subject[field] !== undefined)
      check.at(field).forbidden(`${field} is forbidden when subject kind is '${kind}'`);
  const named = subject[own];
  const at = check.at(own);
  if (named === undefined) return at.required(`${own} is required when subject kind is '${kind}'`);
  if (!named.name) at.at("name").required();
  if (own !== "serviceAccount") return;
  if (named.name && named.name !== "*") at.at("name").name(named.name, checkDnsSubdomain);
  at.at("namespace").requiredName(
    subject.serviceAccount?.namespace,
    checkDnsLabel,
    "must specify namespace for service account",
  );
}

const verbs = new Set("get list create update delete deletecollection patch watch proxy".split(" "));

/** One of the list is enough for all, and then it stands alone. */
function hasWildcard(check: Checker, values: readonly string[], what: string): boolean {
  const found = values.includes("*");
  if (found && values.length > 1) check.invalid(values, `if '*' is present, must not specify other ${what}`);
  return found;
}

function validateVerbs(check: Checker, given: readonly string[]): void {
  if (given.length === 0) check.required("verbs must contain at least one value");
  else if (!hasWildcard(check, given, "verbs") && given.some((verb) => !verbs.has(verb)))
    check.unsupported(given, [...verbs]);
}

function validateUrlRule(
  check: Checker,
  { nonResourceURLs = [], verbs: given = [] }: NonResourcePolicyRule,
): void {
  validateVerbs(check.at("verbs"), given);
  const at = check.at("nonResourceURLs");
  if (nonResourceURLs.length === 0) at.required("nonResourceURLs must contain at least one value");
  else if (!hasWildcard(at, nonResourceURLs, "non-resource URLs"))
    for (const [index, path] of nonResourceURLs.entries()) at.index(index).name(path, checkUrlPath);
}

function checkUrlPath(path: string): string | undefined {
  if (path === "") return "must not be empty";
  if (!path.startsWith("/")) return "must start with slash";
  if (path.includes(" ")) return "must not contain white-space";
  if (path.includes("//")) return "must not contain double slash";
  const isSuffix = path.indexOf("*") === path.length - 1 && path.endsWith("/*");
  return path.includes("*") && !isSuffix ? "wildcard can only do suffix matching" : undefined;
}

function validateResourceRule(check: Checker, rule: ResourcePolicyRule): void {
  const { apiGroups = [], clusterScope, namespaces = [], resources = [], verbs: given = [] } = rule;
  validateVerbs(check.at("verbs"), given);
  for (const [field, values, what, of] of [
    ["apiGroups", apiGroups, "api groups", "api group"],
    ["resources", resources, "resources", "resource"],
  ] as const)
    if (values.length === 0) check.at(field).required(`resource rules must supply at least one ${of}`);
    else hasWildcard(check.at(field), values, what);
  const at = check.at("namespaces");
  if (namespaces.length === 0) {
    if (clusterScope !== true)
      at.required("resource rules that are not cluster scoped must supply at least one namespace");
  } else if (!hasWildcard(at, namespaces, "namespaces"))
    for (const [index, name] of namespaces.entries()) at.index(index).name(name, checkDnsLabel);
}

/** Source: Kubernetes `ValidatePriorityLevelConfiguration`. */
export function validatePriorityLevel(check: Checker, { metadata, spec }: PriorityLevelConfiguration): void {
  const at = check.at("spec");
  const { exempt, limited, type = "" } = spec ?? {};
  if ((metadata.name === "exempt") !== (type === "Exempt"))
    at.at("type").invalid(type, "must be 'Exempt' if and only if `name` is 'exempt'");
  at.at("type").oneOf(type, ["Exempt", "Limited"]);
  if (type === "Exempt") {
    if (limited !== undefined) at.at("limited").forbidden("must be nil if the type is not Limited");
    at.at("exempt.nominalConcurrencyShares").nonNegative(exempt?.nominalConcurrencyShares);
    at.at("exempt.lendablePercent").between(exempt?.lendablePercent, 0, 100);
  }
  if (type !== "Limited") return;
  if (exempt !== undefined) at.at("exempt").forbidden("must be nil if the type is Limited");
  if (limited === undefined) return at.at("limited").required("must not be empty when type is Limited");
  at.at("limited.nominalConcurrencyShares").nonNegative(limited.nominalConcurrencyShares);
  at.at("limited.lendablePercent").between(limited.lendablePercent, 0, 100);
  at.at("limited.borrowingLimitPercent").nonNegative(limited.borrowingLimitPercent);
  validateLimitResponse(at.at("limited.limitResponse"), limited.limitResponse);
}

function validateLimitResponse(check: Checker, response: LimitResponse | undefined): void {
  const { queuing, type = "" } = response ?? {};
  check.at("type").oneOf(type, ["Queue", "Reject"]);
  const at = check.at("queuing");
  if (type === "Reject" && queuing !== undefined) at.forbidden("must be nil if the type is not Queue");
  if (type !== "Queue") return;
  if (queuing === undefined) at.required("must not be empty if the type is Queue");
  else validateQueuing(at, queuing);
}

const mostQueues = 10_000_000;
const hashBits = 60;

/** Nought counts as left out. */
function validateQueuing(check: Checker, queuing: QueuingConfiguration): void {
  const handSize = queuing.handSize || 8;
  const queues = queuing.queues || 64;
  const queueLengthLimit = queuing.queueLengthLimit || 50;
  if (queueLengthLimit <= 0) check.at("queueLengthLimit").invalid(queueLengthLimit, "must be positive");
  if (queues <= 0) check.at("queues").invalid(queues, "must be positive");
  else if (queues > mostQueues) check.at("queues").invalid(queues, `must not be greater than ${mostQueues}`);
  const at = check.at("handSize");
  if (handSize <= 0) at.invalid(handSize, "must be positive");
  else if (handSize > queues) at.invalid(handSize, `should not be greater than queues (${queues})`);
  else if (entropyBits(queues, handSize) > hashBits)
    at.invalid(
      handSize,
      `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${hashBits}`,
    );
}

/** Of a hand dealt from a deck. Source: apiserver `shufflesharding.RequiredEntropyBits`. */
function entropyBits(deck: number, hand: number): number {
  return Math.ceil(Math.log2(deck) * hand);
}
