import type { JSONSchemaProps, ValidationRule } from "../../kubernetes/generated/apiextensions-v1.js";
import { checkDefault } from "../custom/check.js";
import { isRecord, type StructuralSchema } from "../custom/definition.js";
import { checkPattern } from "../custom/pattern.js";
import { decodeAs } from "../decode.js";
import type { Checker } from "./checker.js";
import { checkExpression } from "./expression.js";
import { own } from "./values.js";

const types = ["array", "boolean", "integer", "number", "object", "string"];
const metaFields = ["apiVersion", "kind", "metadata"];

/** Beside these a root that has a status of its own says nothing: the status' part of it would be lost. */
const rootFields = new Set(
  `description type format title maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems
  minItems uniqueItems multipleOf required items properties externalDocs example x-kubernetes-preserve-unknown-fields
  x-kubernetes-validations`.split(/\s+/),
);

/**
 * What makes the schema of a kind a structural one. Types of CEL expressions and their cost are left to the server.
 *
 * Source: apiextensions-apiserver `ValidateCustomResourceDefinitionOpenAPISchema`, `ValidateStructural`,
 * `ValidateDefaults`.
 */
export function validateRootSchema(check: Checker, schema: JSONSchemaProps, hasStatus: boolean): void {
  if (hasStatus) {
    const extra = Object.entries(schema).find(
      ([name, value]) => !rootFields.has(name) && value !== false && value !== "",
    );
    if (extra !== undefined)
      check
        .at(extra[0])
        .forbidden("is not allowed at the root of the schema if the status subresource is enabled");
  }
  if (schema.nullable === true) check.at("nullable").forbidden("nullable cannot be true at the root");
  if (schema.additionalProperties !== undefined)
    check.at("additionalProperties").forbidden("must not be used at the root");
  if (!schema.type) {
    if (!isFree(schema)) check.at("type").required("must not be empty at the root");
  } else if (schema.type !== "object") check.at("type").invalid(schema.type, "must be object at the root");
  validateMetadataSchema(check.at("properties").index("metadata"), own(schema.properties, "metadata"));
  validateSchema(check, schema, { isRoot: true });
}

/** Of metadata only names are a definition's to restrict. */
function validateMetadataSchema(check: Checker, schema: JSONSchemaProps | undefined): void {
  if (schema === undefined) return;
  const said = Object.entries(schema).filter(
    ([name, value]) => !["default", "example", "externalDocs", "type"].includes(name) && !isZero(value),
  );
  const isNames = ([name, value]: [string, unknown]) =>
    name === "properties" &&
    isRecord(value) &&
    Object.keys(value).every((member) => member === "name" || member === "generateName");
  if (!said.every(isNames))
    check.forbidden(
      "must not specify anything other than name and generateName, but metadata is implicitly specified",
    );
}

interface Place {
  readonly isRoot?: boolean;
  readonly isMetadata?: boolean;
  /** Why a default may not stand here. */
  readonly noDefault?: string;
}

function validateSchema(check: Checker, schema: JSONSchemaProps, place: Place): void {
  const { additionalProperties, items, properties = {}, type } = schema;
  const isEmbedded = schema["x-kubernetes-embedded-resource"] === true;
  const isEither = schema["x-kubernetes-int-or-string"] === true;
  if (isEmbedded && type !== "object")
    check.at("type").required("must be object if x-kubernetes-embedded-resource is true");
  else if (!type && place.isRoot !== true && !isFree(schema))
    check.at("type").required("must not be empty: a structural schema says the type of every field");
  if (isEmbedded && additionalProperties !== undefined)
    check.at("additionalProperties").forbidden("must not be used if x-kubernetes-embedded-resource is set");
  if (isEmbedded && !isOpen(schema) && Object.keys(properties).length === 0)
    check
      .at("properties")
      .required(
        "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields",
      );
  for (const field of ["x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"] as const)
    if (isEither && schema[field] === true)
      check.at(field).invalid(true, "must be false if x-kubernetes-int-or-string is true");
  if (type === "array" && items === undefined)
    check.at("items").required("must be specified: an array says what its items are");
  if (isEmbedded || place.isRoot === true)
    for (const name of metaFields) {
      const wanted = name === "metadata" ? "object" : "string";
      const found = own(properties, name);
      if (found !== undefined && found.type !== wanted)
        check.at("properties").index(name).at("type").invalid(found.type, `must be ${wanted}`);
    }
  validateCommon(check, schema, place);
  if (schema.default !== undefined && place.isMetadata !== true && place.noDefault === undefined)
    for (const why of checkDefault(schema as StructuralSchema, schema.default))
      check.at("default").invalid(schema.default, why);
  validateParts(check, schema, place.isRoot === true ? schema : undefined, place, {
    here: true,
    first: true,
  });

  for (const [name, member] of Object.entries(properties)) {
    const isMeta = (isEmbedded || place.isRoot === true) && metaFields.includes(name);
    validateSchema(check.at("properties").index(name), member, {
      ...(isMeta || place.isMetadata === true ? { isMetadata: true } : {}),
      ...reasonFor(place.noDefault, isMeta && place.isRoot === true, `in top-level ${name}`),
    });
  }
  if (isRecord(additionalProperties))
    validateUndecoded(check.at("additionalProperties"), additionalProperties, {
      ...(place.isMetadata === true ? { isMetadata: true } : {}),
      ...reasonFor(
        place.noDefault,
        place.isMetadata === true,
        "inside additionalProperties applying to object metadata",
      ),
    });
  if (isRecord(items)) {
    const { isRoot, ...inner } = place;
    validateUndecoded(check.at("items"), items, inner);
  }
}

function reasonFor(outer: string | undefined, isNew: boolean, why: string): Pick<Place, "noDefault"> {
  const reason = outer ?? (isNew ? why : undefined);
  return reason === undefined ? {} : { noDefault: reason };
}

/** Items and further properties may be more than a schema, so that the table has no type for them. */
function validateUndecoded(check: Checker, json: unknown, place: Place): void {
  const { problems, value } = decodeAs("apiextensions.v1.JSONSchemaProps", json);
  const mistyped = problems.filter(({ kind }) => kind === "type");
  for (const { message, path } of mistyped) check.at(path).invalid("", message);
  if (mistyped.length === 0) validateSchema(check, value as JSONSchemaProps, place);
}

/** What holds for every schema, also for one that only adds rules to another. */
function validateCommon(check: Checker, schema: JSONSchemaProps, place: Place): void {
  const { additionalProperties, items, properties = {}, type } = schema;
  if (type) check.at("type").oneOf(type, types);
  if (schema.default !== undefined && place.noDefault !== undefined)
    check.at("default").forbidden(`must not be set ${place.noDefault}`);
  for (const field of [
    "id",
    "additionalItems",
    "patternProperties",
    "definitions",
    "dependencies",
    "$ref",
  ] as const)
    if (!isZero(schema[field])) check.at(field).forbidden(`${field} is not supported in a structural schema`);
  if (Array.isArray(items)) check.at("items").forbidden("items must be a schema object and not an array");
  if (place.isMetadata === true && schema["x-kubernetes-embedded-resource"] === true)
    check.at("x-kubernetes-embedded-resource").forbidden("must not be used inside of resource meta");
  if (schema.uniqueItems === true)
    check
      .at("uniqueItems")
      .forbidden("uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
  const closes = additionalProperties !== undefined && additionalProperties !== true;
  if (closes && Object.keys(properties).length > 0)
    check.at("additionalProperties").forbidden("additionalProperties and properties are mutual exclusive");
  if (schema["x-kubernetes-preserve-unknown-fields"] === false)
    check.at("x-kubernetes-preserve-unknown-fields").invalid(false, "must be true or undefined");
  if (schema.pattern) check.at("pattern").name(schema.pattern, checkPattern);
  validateKindsOfLists(check, schema);
  for (const [index, rule] of (schema["x-kubernetes-validations"] ?? []).entries())
    validateExpressionRule(check.at("x-kubernetes-validations").index(index), rule, schema);
}

function validateKindsOfLists(check: Checker, schema: JSONSchemaProps): void {
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const listType = schema["x-kubernetes-list-type"];
  const mapType = schema["x-kubernetes-map-type"];
  const item = isRecord(schema.items) ? (schema.items as JSONSchemaProps) : undefined;
  if (mapType !== undefined && schema.type !== "object")
    check.at("type").invalid(schema.type ?? "", "must be object if x-kubernetes-map-type is specified");
  check.at("x-kubernetes-map-type").oneOf(mapType, ["atomic", "granular"]);
  check.at("x-kubernetes-list-type").oneOf(listType, ["atomic", "map", "set"]);
  if (listType !== undefined && schema.type !== "array")
    check.at("type").invalid(schema.type ?? "", "must be array if x-kubernetes-list-type is specified");
  else if (listType === "set" && item?.type === "array") {
    if ((item["x-kubernetes-list-type"] ?? "atomic") !== "atomic")
      check.at("items.x-kubernetes-list-type").invalid("", "must be atomic as item of a set");
  } else if (listType === "set" && item?.type === "object" && item["x-kubernetes-map-type"] !== "atomic")
    check.at("items.x-kubernetes-map-type").invalid("", "must be atomic as item of a set");
  if (item?.nullable === true && (listType === "set" || listType === "map"))
    check.at("items.nullable").forbidden(`cannot be nullable when x-kubernetes-list-type is ${listType}`);
  const at = check.at("x-kubernetes-list-map-keys");
  if (keys.length > 0 && listType !== "map")
    check.at("x-kubernetes-list-type").required("must be map if x-kubernetes-list-map-keys is non-empty");
  if (listType !== "map") return;
  if (keys.length === 0) at.required("must not be empty if x-kubernetes-list-type is map");
  if (item === undefined)
    return check.at("items").required("must have a schema if x-kubernetes-list-type is map");
  if (item.type !== "object")
    return check.at("items.type").invalid(item.type ?? "", "must be object if the list is a map");
  for (const [index, key] of keys.entries()) {
    const field = own(item.properties, key);
    const of = check.at("items.properties").index(key);
    if (keys.indexOf(key) !== index) at.invalid(keys, "must not contain duplicate entries");
    if (field === undefined) {
      at.invalid(keys, "entries must all be names of item properties");
      continue;
    }
    if (field.type === "array" || field.type === "object")
      of.at("type").invalid(
        field.type,
        "must be a scalar type if parent array's x-kubernetes-list-type is map",
      );
    if (field.default === undefined && item.required?.includes(key) !== true)
      of.at("default").required(
        "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property",
      );
    if (field.nullable === true)
      of.at("nullable").forbidden("this property is in x-kubernetes-list-map-keys, so it cannot be nullable");
  }
}

function validateExpressionRule(check: Checker, rule: ValidationRule, schema: JSONSchemaProps): void {
  const { fieldPath, message, messageExpression, reason } = rule;
  const text = (rule.rule ?? "").trim();
  const said = (message ?? "").trim();
  if (text === "") check.at("rule").required("rule is not specified");
  else if (message && said === "") check.at("message").invalid(message, "must be non-empty if specified");
  else if (/[\n\r]/.test(said)) check.at("message").invalid(message, "must not contain line breaks");
  else if (/[\n\r]/.test(text) && said === "")
    check.at("message").required("message must be specified if rule contains line breaks");
  if (text !== "") check.at("rule").name(text, checkExpression);
  if (messageExpression)
    if (messageExpression.trim() === "")
      check.at("messageExpression").required("messageExpression must be non-empty if specified");
    else check.at("messageExpression").name(messageExpression, checkExpression);
  check
    .at("reason")
    .oneOf(reason, ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"]);
  const at = check.at("fieldPath");
  if (fieldPath && fieldPath.trim() === "") at.invalid(fieldPath, "must be non-empty if specified");
  else if (fieldPath && /[\n\r]/.test(fieldPath)) at.invalid(fieldPath, "must not contain line breaks");
  else if (fieldPath && fieldAt(schema, fieldPath) === undefined)
    at.invalid(fieldPath, "must be a valid path");
}

/** What a path of names leads to: a schema, nothing, or what no schema is said of. */
export function fieldAt(schema: JSONSchemaProps, path: string): JSONSchemaProps | "open" | undefined {
  if (!/^(?:\.[^.[\]]+|\['(?:\\.|[^'\\])*'\])+$/.test(path)) return undefined;
  if (path.includes("\\")) return "open";
  let at = schema;
  for (const [, name, quoted] of path.matchAll(/\.([^.[\]]+)|\['([^']*)'\]/g)) {
    const { additionalProperties: more, properties = {} } = at;
    const hasNames = Object.keys(properties).length > 0;
    if (!hasNames && more === true) return "open";
    const next = hasNames ? own(properties, name ?? quoted ?? "") : more;
    if (!isRecord(next)) return undefined;
    at = next;
  }
  return at;
}

const numberOrText = JSON.stringify([{ type: "integer" }, { type: "string" }]);

function isNumberOrText(parts: readonly JSONSchemaProps[] | undefined): boolean {
  return parts?.length === 2 && JSON.stringify(parts) === numberOrText;
}

/**
 * Schemas that only add rules to the structural one. What they are about has to stand there too, as far as upstream
 * looks: below the root's own parts.
 */
function validateParts(
  check: Checker,
  schema: JSONSchemaProps,
  structural: JSONSchemaProps | undefined,
  place: Place,
  spells: { readonly here: boolean; readonly first: boolean },
): void {
  for (const field of ["allOf", "anyOf", "oneOf"] as const)
    for (const [index, part] of (schema[field] ?? []).entries()) {
      // `anyOf` of the two types, there or in the first of `allOf`, is how "a whole number or text" is spelled.
      if (field === "anyOf" && spells.here && isNumberOrText(schema.anyOf)) continue;
      const here = spells.first && field === "allOf" && index === 0;
      validatePart(check.at(field).index(index), part, structural, place, here);
    }
  if (schema.not !== undefined) validatePart(check.at("not"), schema.not, structural, place, false);
}

const structuralFields = [
  "type",
  "default",
  "title",
  "description",
  "nullable",
  "additionalProperties",
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-embedded-resource",
  "x-kubernetes-int-or-string",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-list-type",
  "x-kubernetes-map-type",
  "x-kubernetes-validations",
] as const;

function validatePart(
  check: Checker,
  part: JSONSchemaProps,
  structural: JSONSchemaProps | undefined,
  place: Place,
  here: boolean,
): void {
  validateCommon(check, part, place);
  for (const field of structuralFields)
    if (!isZero(part[field])) check.at(field).forbidden("must be empty to be structural");
  validateParts(check, part, structural, place, { here, first: false });
  for (const [name, member] of Object.entries(part.properties ?? {})) {
    const at = check.at("properties").index(name);
    const of = own(structural?.properties, name);
    if (name === "metadata") at.forbidden("must not be specified in a nested context");
    if (structural !== undefined && of === undefined) at.required(elsewhere);
    validatePart(at, member, of, place, false);
  }
  if (!isRecord(part.items)) return;
  const items = isRecord(structural?.items) ? (structural.items as JSONSchemaProps) : undefined;
  if (structural !== undefined && items === undefined) check.at("items").required(elsewhere);
  validatePart(check.at("items"), part.items as JSONSchemaProps, items, place, false);
}

const elsewhere = "what a rule is about has to be defined in the schema itself too";

/** What needs no type: anything may stand there. */
function isFree(schema: JSONSchemaProps): boolean {
  return schema["x-kubernetes-int-or-string"] === true || isOpen(schema);
}

function isOpen(schema: JSONSchemaProps): boolean {
  return schema["x-kubernetes-preserve-unknown-fields"] === true;
}

/** What Go cannot tell from a field that is not there. */
function isZero(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || value === false || value === "";
}
