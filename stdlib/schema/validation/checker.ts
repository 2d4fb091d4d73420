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

  #add(type: FieldError["type"], message: string): void {
    this.#errors.push({ path: this.path, type, message });
  }
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}
