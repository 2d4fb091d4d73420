import { checkDns1035Label, checkDnsSubdomain } from "../../base/names.js";
import type {
  CustomResourceColumnDefinition,
  CustomResourceConversion,
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionVersion,
  CustomResourceSubresources,
  JSONSchemaProps,
} from "../../kubernetes/generated/apiextensions-v1.js";
import type { Checker } from "./checker.js";
import { fieldAt, validateRootSchema } from "./definition-schema.js";
import { validateReviewVersions, validateWebhookClient } from "./webhooks.js";

/** Source: apiextensions-apiserver `ValidateCustomResourceDefinition`. */
export function validateDefinition(check: Checker, { metadata, spec }: CustomResourceDefinition): void {
  const at = check.at("spec");
  const { conversion, group = "", names, scope, versions = [] } = spec ?? {};
  const name = `${names?.plural ?? ""}.${group}`;
  if (metadata.name && metadata.name !== name)
    check
      .at("metadata.name")
      .invalid(metadata.name, `must be spec.names.plural+"."+spec.group, here "${name}"`);
  at.at("group").requiredName(group, checkDnsSubdomain);
  if (group !== "" && !group.includes("."))
    at.at("group").invalid(group, "should be a domain with at least one dot");
  if (/(^|\.)(k8s|kubernetes)\.io$/.test(group)) validateApproval(check, metadata.annotations ?? {});
  at.at("scope").requiredOneOf(scope, ["Cluster", "Namespaced"]);
  validateNames(at.at("names"), names ?? ({} as CustomResourceDefinitionNames));
  const known = new Set<string>();
  for (const [index, version] of versions.entries()) {
    validateVersion(at.at("versions").index(index), version);
    if (known.has(version.name)) at.at("versions").invalid(version.name, "must contain unique version names");
    known.add(version.name);
  }
  if (versions.filter(({ storage }) => storage === true).length !== 1)
    at.at("versions").invalid([...known], "must have exactly one version marked as storage version");
  if (conversion !== undefined) validateConversion(at.at("conversion"), conversion);
  if (spec?.preserveUnknownFields === true)
    at.at("preserveUnknownFields").invalid(
      true,
      "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead",
    );
}

const approval = "api-approved.kubernetes.io";

/** Groups of Kubernetes' own domains need a word of who reviews its interfaces. */
function validateApproval(check: Checker, annotations: { readonly [key: string]: string }): void {
  const at = check.at("metadata.annotations").index(approval);
  const given = annotations[approval] ?? "";
  if (given === "") at.required("protected groups must have approval annotation");
  else if (!given.startsWith("unapproved") && !/^[a-z][\w+.-]*:\/\/[^/]/i.test(given))
    at.invalid(given, "protected groups must have approval annotation with either a URL or a reason");
}

function validateNames(check: Checker, names: CustomResourceDefinitionNames): void {
  const { categories = [], kind = "", listKind, plural, shortNames = [], singular } = names;
  check.at("plural").requiredName(plural, checkDns1035Label);
  check.at("singular").optionalName(singular, checkDns1035Label);
  check.at("kind").requiredName(kind, checkKind);
  check.at("listKind").optionalName(listKind, checkKind);
  if (kind !== "" && kind === listKind)
    check.at("listKind").invalid(listKind, "kind and listKind may not be the same");
  for (const [field, values] of [
    ["shortNames", shortNames],
    ["categories", categories],
  ] as const)
    for (const [index, value] of values.entries())
      check.at(field).index(index).name(value, checkDns1035Label);
}

/** As a kind is spelled: a label, but for its case. */
export function checkKind(kind: string): string | undefined {
  const why = checkDns1035Label(kind.toLowerCase());
  return why === undefined ? undefined : `may have mixed case, but should otherwise match: ${why}`;
}

function validateVersion(check: Checker, version: CustomResourceDefinitionVersion): void {
  const { additionalPrinterColumns = [], deprecated, deprecationWarning, schema, subresources } = version;
  check.at("name").name(version.name ?? "", checkDns1035Label);
  const warning = check.at("deprecationWarning");
  if (deprecationWarning !== undefined)
    if (deprecated !== true) warning.invalid(deprecationWarning, "can only be set for deprecated versions");
    else if (deprecationWarning === "") warning.invalid("", "must not be an empty string");
    else if (deprecationWarning.length > 256)
      warning.invalid(deprecationWarning, "must be <= 256 characters long");
    else if (/\p{C}/u.test(deprecationWarning))
      warning.invalid(deprecationWarning, "must only contain printable UTF-8 characters");
  const root = schema?.openAPIV3Schema;
  const at = check.at("schema.openAPIV3Schema");
  if (root === undefined) at.required();
  else validateRootSchema(at, root, subresources?.status !== undefined);
  validateSubresources(check.at("subresources"), subresources);
  for (const [index, column] of additionalPrinterColumns.entries())
    validateColumn(check.at("additionalPrinterColumns").index(index), column);
  validateSelectable(check.at("selectableFields"), version, root);
}

function validateSubresources(check: Checker, { scale }: CustomResourceSubresources = {}): void {
  if (scale === undefined) return;
  for (const [field, below] of [
    ["specReplicasPath", ".spec."],
    ["statusReplicasPath", ".status."],
  ] as const) {
    const path = scale[field] ?? "";
    const at = check.at("scale").at(field);
    if (path === "") at.required();
    else if (!path.startsWith(below))
      at.invalid(path, `should be a json path under ${below.replace(/\.$/, "")}`);
  }
  const selector = scale.labelSelectorPath ?? "";
  if (selector !== "" && !/^\.(spec|status)\./.test(selector))
    check
      .at("scale.labelSelectorPath")
      .invalid(selector, "should be a json path under either .spec or .status");
}

const columnTypes = ["boolean", "date", "integer", "number", "string"];
const columnFormats = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];

function validateColumn(check: Checker, column: CustomResourceColumnDefinition): void {
  if (!column.name) check.at("name").required();
  check.at("type").requiredOneOf(column.type, columnTypes);
  check.at("format").oneOf(column.format || undefined, columnFormats);
  if (!column.jsonPath) check.at("jsonPath").required();
  else if (!column.jsonPath.startsWith("."))
    check.at("jsonPath").invalid(column.jsonPath, "must be a simple json path starting with .");
}

const mostSelectable = 8;

function validateSelectable(
  check: Checker,
  { selectableFields = [] }: CustomResourceDefinitionVersion,
  root: JSONSchemaProps | undefined,
): void {
  const known = new Set<string>();
  for (const [index, { jsonPath }] of selectableFields.entries()) {
    const at = check.index(index).at("jsonPath");
    if (!jsonPath) {
      at.required();
      continue;
    }
    const found = jsonPath.includes("[") || root === undefined ? undefined : fieldAt(root, jsonPath);
    if (found === undefined) at.invalid(jsonPath, "is an invalid path: does not refer to a valid field");
    else if (/^\.metadata\b/.test(jsonPath)) at.invalid(jsonPath, "must not point to fields in metadata");
    else if (found !== "open" && !["boolean", "integer", "string"].includes(found.type ?? ""))
      at.invalid(jsonPath, "must point to a field of type string, boolean or integer");
    if (known.has(jsonPath)) at.duplicate(jsonPath);
    known.add(jsonPath);
  }
  check.atMost([...known], mostSelectable);
}

function validateConversion(check: Checker, { strategy, webhook }: CustomResourceConversion): void {
  check.at("strategy").requiredOneOf(strategy, ["None", "Webhook"]);
  if (strategy !== "Webhook") {
    if (webhook !== undefined)
      check.at("webhook").forbidden("should not be set when strategy is not set to Webhook");
    return;
  }
  const at = check.at("webhook");
  if (webhook?.clientConfig === undefined)
    at.at("clientConfig").required("required when strategy is set to Webhook");
  else validateWebhookClient(at.at("clientConfig"), webhook.clientConfig);
  validateReviewVersions(at.at("conversionReviewVersions"), webhook?.conversionReviewVersions);
}
