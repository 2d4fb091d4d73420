import type { Span } from "../diagnostics/span.js";
import type { Target } from "./names.js";
import type { Expression } from "./syntax.js";

/** An operand with a unit, as it was written, and how the computation can be written. */
export interface ComputedUnit {
  readonly span: Span;
  readonly value: string;
  readonly instead: string | undefined;
}

type Binary = Extract<Expression, { node: "binary" }>;
type Targets = ReadonlyMap<Expression, Target>;

const computing: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%", "<", "<=", ">", ">="]);
const arithmetic: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%"]);

/** Values with units are text to whoever evaluates them: `5m + 3` would be `5m3`, and `64Mi < 128Mi` false. */
export function computedUnit({ left, operator, right }: Binary, targets: Targets): ComputedUnit | undefined {
  if (!computing.has(operator)) return undefined;
  const units = [left, right].map((operand) => unitOf(operand, targets));
  const index = units.findIndex((unit) => unit !== undefined);
  const value = units[index];
  if (value === undefined) return undefined;
  const { span } = index === 0 ? left : right;
  return { span, value, instead: arithmetic.has(operator) ? written(left, operator, right) : undefined };
}

/** The text of a value with a unit, also by way of its name. */
function unitOf(expression: Expression, targets: Targets): string | undefined {
  if (expression.node === "unit") return expression.text;
  const target = expression.node === "reference" ? targets.get(expression) : undefined;
  if (target?.kind !== "definition") return undefined;
  const { of } = target;
  const value = of.node === "let" ? of.value : of.node === "param" ? of.default : undefined;
  return value?.node === "unit" ? value.text : undefined;
}

/** `"${5 + 3}m"` for `5m + 3`, where both sides are written out and agree in their unit. */
function written(left: Expression, operator: string, right: Expression): string | undefined {
  const sides = [left, right].map((side) => {
    if (side.node === "number") return { number: String(side.value), unit: "" };
    const [, number, unit] =
      /^(\d+(?:\.\d+)?)([A-Za-z%]+)$/.exec(side.node === "unit" ? side.text : "") ?? [];
    return number === undefined || unit === undefined ? undefined : { number, unit };
  });
  const [a, b] = sides;
  if (a === undefined || b === undefined) return undefined;
  const isSame = a.unit === "" || b.unit === "" || a.unit === b.unit;
  return isSame ? `"\${${a.number} ${operator} ${b.number}}${a.unit || b.unit}"` : undefined;
}
