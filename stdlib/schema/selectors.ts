import { InfraError } from "../base/errors.js";

/** `LabelSelector` of meta/v1. */
export interface LabelSelector {
  matchLabels?: { [key: string]: string };
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** A selector that cannot be read; the API answers 400 with its message. */
export class SelectorError extends InfraError {
  readonly code = "selector-invalid";
}

export interface Requirement {
  readonly key: string;
  readonly operator: "in" | "notin" | "exists" | "!exists" | "gt" | "lt";
  readonly values: readonly string[];
}

type Labels = { readonly [key: string]: string } | undefined;

/**
 * Whether labels match a LabelSelector. A missing selector matches nothing, an empty one everything.
 *
 * Source: apimachinery, `LabelSelectorAsSelector`.
 */
export function matchesLabels(selector: LabelSelector | undefined, labels: Labels): boolean {
  return selector !== undefined && matchesAll(requirementsOf(selector), labels);
}

export function requirementsOf(selector: LabelSelector): Requirement[] {
  const exact = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: "in" as const,
    values: [value],
  }));
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values }) => ({
    key,
    operator: expressionOperator(operator),
    values: values ?? [],
  }));
  return [...exact, ...expressions];
}

const expressionOperators: { readonly [name: string]: Requirement["operator"] } = {
  In: "in",
  NotIn: "notin",
  Exists: "exists",
  DoesNotExist: "!exists",
};

/** Whether every operator is one: a selector with another one is refused, and selects nothing that can be told. */
export function isReadable({ matchExpressions = [] }: LabelSelector): boolean {
  return matchExpressions.every(({ operator }) => Object.hasOwn(expressionOperators, operator ?? ""));
}

function expressionOperator(name: string): Requirement["operator"] {
  const operator = expressionOperators[name];
  if (operator === undefined) throw new SelectorError(`"${name}" is not a valid label selector operator`);
  return operator;
}

export function matchesAll(requirements: readonly Requirement[], labels: Labels): boolean {
  return requirements.every((requirement) => matchesOne(requirement, labels?.[requirement.key]));
}

function matchesOne({ operator, values }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case "in":
      return value !== undefined && values.includes(value);
    case "notin":
      return value === undefined || !values.includes(value);
    case "exists":
      return value !== undefined;
    case "!exists":
      return value === undefined;
    case "gt":
      return value !== undefined && /^-?\d+$/.test(value) && BigInt(value) > BigInt(values[0] ?? "0");
    case "lt":
      return value !== undefined && /^-?\d+$/.test(value) && BigInt(value) < BigInt(values[0] ?? "0");
  }
}

/** The text form of a selector, as `labelSelector=` and `status.selector` have it. */
export function selectorText(selector: LabelSelector | undefined): string {
  return requirementsOf(selector ?? {})
    .map(({ key, operator, values }) => {
      if (operator === "exists") return key;
      if (operator === "!exists") return `!${key}`;
      return operator === "in" && values.length === 1
        ? `${key}=${values[0] ?? ""}`
        : `${key} ${operator} (${[...values].sort().join(",")})`;
    })
    .sort()
    .join(",");
}

/**
 * Parses the text form: `a=b, c!=d, e in (x,y), f notin (z), g, !h, i>3`.
 * @throws {SelectorError} naming what cannot be read.
 */
export function parseSelector(text: string): Requirement[] {
  return splitOutsideParentheses(text)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map(parseRequirement);
}

function splitOutsideParentheses(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === "(") depth += 1;
    else if (char === ")") depth -= 1;
    else if (char === "," && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  if (depth !== 0)
    throw new SelectorError(`unable to parse requirement: unbalanced parentheses in "${text}"`);
  return [...parts, text.slice(start)];
}

const keyPattern = "[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?";
const setPattern = new RegExp(`^(${keyPattern})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const comparisonPattern = new RegExp(`^(${keyPattern})\\s*(==|=|!=|>|<)\\s*([-A-Za-z0-9_.]*)$`);
const presencePattern = new RegExp(`^(!?)\\s*(${keyPattern})$`);

const comparisonOperators: { readonly [sign: string]: Requirement["operator"] } = {
  "=": "in",
  "==": "in",
  "!=": "notin",
  ">": "gt",
  "<": "lt",
};

function parseRequirement(part: string): Requirement {
  const set = setPattern.exec(part);
  if (set !== null) {
    const values = (set[3] ?? "").split(",").map((value) => value.trim());
    return { key: set[1]!, operator: set[2] as "in" | "notin", values };
  }
  const comparison = comparisonPattern.exec(part);
  if (comparison !== null) {
    const operator = comparisonOperators[comparison[2] ?? "="] ?? "in";
    const value = comparison[3] ?? "";
    if ((operator === "gt" || operator === "lt") && !/^-?\d+$/.test(value)) {
      throw new SelectorError(`for '>' and '<' the value must be an integer: "${part}"`);
    }
    return { key: comparison[1]!, operator, values: [value] };
  }
  const presence = presencePattern.exec(part);
  if (presence !== null)
    return { key: presence[2]!, operator: presence[1] === "!" ? "!exists" : "exists", values: [] };
  throw new SelectorError(`unable to parse requirement: "${part}"`);
}
