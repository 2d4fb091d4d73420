import type { TypeDescription } from "../../../stdlib/constructs/description.js";
import { isAlso } from "../../check/written.js";

/** The types that a value may be of, unions opened. */
export function alternatives(type: TypeDescription | undefined): readonly TypeDescription[] {
  if (type === undefined) return [];
  return type.kind === "union" ? type.of.flatMap(alternatives) : [type];
}

/** Whether a value of a known type is one of those that are expected; false where that cannot be said. */
export function suits(type: TypeDescription | undefined, expected: TypeDescription | undefined): boolean {
  if (type === undefined) return false;
  return alternatives(expected).some((one) => {
    if (type.kind === "value")
      return one.kind === "value" && (one.name === type.name || one.name === isAlso[type.name]);
    if (type.kind === "text") return one.kind === "text" || one.kind === "form" || one.kind === "literal";
    return one.kind === type.kind;
  });
}

const examples: { readonly [form: string]: string } = {
  AbsolutePath: '"/app"',
  AddressRange: "10.0.0.0/8",
  Cpu: "100m",
  CronSchedule: '"15 3 * * *"',
  Duration: "10s",
  ImageName: '"registry.example/shop:3"',
  Memory: "64Mi",
  Percentage: "80%",
  PodField: '"status.podIP"',
  PodFileField: '"metadata.labels"',
  Port: "8080",
  RelativePath: '"./src"',
};

/** How a value of a type may be written; undefined where only a name or a function gives one. */
export function example(type: TypeDescription): string | undefined {
  switch (type.kind) {
    case "text":
      return '""';
    case "number":
      return "1";
    case "boolean":
      return "true";
    case "literal":
      return JSON.stringify(type.value);
    case "form":
      return examples[type.name];
    case "list":
      return "[]";
    case "map":
    case "object":
    case "patch":
      return "{}";
    default:
      return undefined;
  }
}
