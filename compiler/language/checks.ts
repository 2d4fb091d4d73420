import type { Resolution } from "./names.js";
import type { Expression } from "./syntax.js";

/** What a value is used for that not every value can be. */
export type Use = "text" | "sum" | "number";

/** As TypeScript, by name: each gives its value back, or throws at the place of its call. */
export const checks: ReadonlyMap<string, string> = new Map([
  ["text", check("text", "typeof of === 'string' || typeof of === 'boolean'", "cannot stand in text")],
  ["sum", check("sum", "typeof of === 'string'", "cannot be added or compared", "typeof of === 'boolean'")],
  [
    "number",
    check("number", "false", "cannot be computed with", "typeof of === 'boolean' || typeof of === 'string'"),
  ],
  [
    "divisor",
    `<const T,>(value: T): T => { if ((value as unknown) !== 0) return $asnumber(value); ${thrown("divisor", "'a division by zero'")} }`,
  ],
  [
    "item",
    [
      "<T, K>(of: T, key: K): T extends readonly unknown[] ? K extends keyof T ? T[K] : T[number]",
      ": K extends keyof T ? T[K] : any => {",
      "const from: any = of; const at: any = key;",
      "if (from !== undefined && from !== null && Object.hasOwn(Object(from), at)) return from[at];",
      thrown(
        "item",
        "'there is no ' + (from === undefined || from === null ? 'item of nothing' : Array.isArray(from) ? 'item ' + at + ' in a list of ' + from.length : 'entry \"' + at + '\"')",
      ),
      "}",
    ].join(" "),
  ],
]);

/** Checks that others are written with. */
export const usedBy: ReadonlyMap<string, string> = new Map([["divisor", "number"]]);

function thrown(name: string, text: string): string {
  return `const wrong = new RangeError(${text}); (Error as any).captureStackTrace(wrong, $as${name}); throw wrong;`;
}

/** What has words of its own elsewhere passes: secrets, and references that say what they are. */
function check(name: string, sound: string, how: string, wrong = "false"): string {
  return [
    "<const T,>(value: T): T => {",
    `const of: any = value; if (${sound} || Number.isFinite(of)) return value;`,
    // Outside of a stack's own context nothing knows what an object is.
    `if (typeof of === 'object' && of !== null) try { (globalThis as any).__infra_refuse_as_text?.(of); } catch (wrong: any) { (Error as any).captureStackTrace(wrong, $as${name}); throw wrong; }`,
    "const what = of === undefined ? 'a value that is missing' : of === null ? 'null' : typeof of === 'number' ? 'what is no number'",
    ": Array.isArray(of) ? 'a list'",
    `: ${wrong} ? JSON.stringify(of)`,
    ": typeof of === 'object' && of.toString === Object.prototype.toString ? 'a map or a resource'",
    ": undefined;",
    "if (what === undefined) return value;",
    thrown(name, `what + ' ${how}'`),
    "}",
  ].join(" ");
}

const arithmetic: ReadonlySet<string> = new Set(["-", "*", "/", "%"]);
/** Definitions by way of others that are followed. */
const deepest = 5;

/** Whether it is not known before evaluation that a value can be used so. */
export function isOpen(value: Expression, use: Use, resolution: Resolution, depth = 0): boolean {
  if (depth > deepest) return true;
  const next = (one: Expression) => isOpen(one, use, resolution, depth + 1);
  switch (value.node) {
    case "text":
    case "unit":
      return use === "number";
    case "number":
      return false;
    case "boolean":
      return use !== "text";
    case "unary":
      return value.operator === "!" && use !== "text";
    case "binary":
      if (arithmetic.has(value.operator)) return false;
      if (value.operator === "+") return use === "number" && (next(value.left) || next(value.right));
      return use !== "text" || value.operator === "&&" || value.operator === "||";
    case "if":
      return next(value.then) || next(value.else);
    case "reference": {
      const target = resolution.targets.get(value);
      if (target?.kind !== "definition") return true;
      if (target.of.node === "let") return next(target.of.value);
      return target.of.node !== "param" || use === "number";
    }
    default:
      return true;
  }
}
