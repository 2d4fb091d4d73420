import { deepEqual } from "../../base/json.js";
import type { FieldError } from "../objects.js";

/** Collects field errors below one path; children share the list. */
export class Checker {
  readonly path: string;
  readonly #errors: FieldError[];

  constructor(path = "", errors: FieldError[] = []) {
    this.path = path;
    this.#errors = errors;
  }

  get errors(): readonly FieldError[] {
    return this.#errors;
  }

  at(name: string): Checker {
    return new Checker(this.path === "" ? name : `${this.path}.${name}`, this.#errors);
  }

  index(position: number | string): Checker {
    return new Checker(`${this.path}[${position}]`, this.#errors);
  }

  required(detail = ""): void {
    this.#add("FieldValueRequired", detail === "" ? "Required value" : `Required value: ${detail}`);
  }

  invalid(value: unknown, detail: string): void {
    this.#add("FieldValueInvalid", `Invalid value: ${show(value)}: ${detail}`);
  }

  unsupported(value: unknown, supported: readonly string[]): void {
    const list = supported.map((item) => JSON.stringify(item)).join(", ");
    this.#add("FieldValueNotSupported", `Unsupported value: ${show(value)}: supported values: ${list}`);
  }

  duplicate(value: unknown): void {
    this.#add("FieldValueDuplicate", `Duplicate value: ${show(value)}`);
  }

  /** For what is set once. */
  unchanged(value: unknown, old: unknown): void {
    if (!deepEqual(value, old)) this.invalid(value ?? null, "field is immutable");
  }

  forbidden(detail: string): void {
    this.#add("FieldValueForbidden", `Forbidden: ${detail}`);
  }

  notFound(value: unknown): void {
    this.#add("FieldValueNotFound", `Not found: ${show(value)}`);
  }

  /** Reports what a name rule says, if anything. */
  name(value: string, rule: (value: string) => string | undefined): void {
    const problem = rule(value);
    if (problem !== undefined) this.invalid(value, problem);
  }

  oneOf(value: string | undefined, supported: readonly string[]): void {
    if (value !== undefined && !supported.includes(value)) this.unsupported(value, supported);
  }

  /** For text that may be left out; an empty one counts as left out. */
  optionalName(value: string | undefined, rule: (value: string) => string | undefined): void {
    if (value) this.name(value, rule);
  }

  /** A name that has to be there. */
  requiredName(value: string | undefined, rule: (value: string) => string | undefined, detail = ""): void {
    if (!value) this.required(detail);
    else this.name(value, rule);
  }

  requiredOneOf(value: string | undefined, supported: readonly string[]): void {
    if (!value) this.required();
    else this.oneOf(value, supported);
  }

  /** Zero or more; absent is fine. */
  nonNegative(value: number | undefined): void {
    if (value !== undefined && value < 0) this.invalid(value, "must be greater than or equal to 0");
  }

  /** Bounds included; absent is fine. */
  between(value: number | undefined, low: number, high: number): void {
    if (value !== undefined && (value < low || value > high))
      this.invalid(value, `must be between ${low} and ${high}, inclusive`);
  }

  /** @returns whether there are few enough to look at each. */
  atMost(items: readonly unknown[], most: number): boolean {
    if (items.length <= most) return true;
    this.#add("FieldValueTooMany", `Too many: ${items.length}: must have at most ${most} items`);
    return false;
  }

  #add(type: FieldError["type"], message: string): void {
    this.#errors.push({ path: this.path, type, message });
  }
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}
