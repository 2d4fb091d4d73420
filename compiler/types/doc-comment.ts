import type { StructuralSchema } from "../../stdlib/schema/custom/definition.js";

const width = 110;

/** A doc comment of what a schema says of a value, indented; `""` when it says nothing. */
export function docComment(schema: StructuralSchema, indent: string): string {
  const described =
    typeof schema.description === "string" ? wrapped(schema.description, width - indent.length - 3) : [];
  const facts = factsOf(schema);
  const gap = described.length > 0 && facts.length > 0 ? [""] : [];
  const lines = [...described, ...gap, ...facts].map(harmless);
  const [only] = lines;
  if (only === undefined) return "";
  if (lines.length === 1 && indent.length + only.length + 7 <= width) return `${indent}/** ${only} */\n`;
  const body = lines.map((line) => `${indent} *${line === "" ? "" : ` ${line}`}\n`).join("");
  return `${indent}/**\n${body}${indent} */\n`;
}

/** What the editor shows besides: unit and form, bounds, what the server fills in. */
function factsOf(schema: StructuralSchema): readonly string[] {
  const sentences = [
    schema.format === undefined ? undefined : `Format: ${schema.format}.`,
    between(schema.minimum, schema.maximum, schema.exclusiveMinimum, schema.exclusiveMaximum),
    schema.multipleOf === undefined ? undefined : `A multiple of ${schema.multipleOf}.`,
    counted(schema.minLength, schema.maxLength, "characters"),
    counted(schema.minItems, schema.maxItems, "items"),
    counted(schema.minProperties, schema.maxProperties, "members"),
    alternatives("Exactly one of", schema.oneOf),
    alternatives("At least one of", schema.anyOf),
    schema["x-kubernetes-list-type"] === "set" ? "No item twice." : undefined,
    schema["x-kubernetes-list-type"] === "map"
      ? `No two items with the same ${(schema["x-kubernetes-list-map-keys"] ?? []).join(", ")}.`
      : undefined,
    (schema["x-kubernetes-validations"] ?? []).some(({ rule }) => rule === "self == oldSelf")
      ? "Cannot change once it is set."
      : undefined,
  ].filter((sentence) => sentence !== undefined);
  return [
    ...(sentences.length === 0 ? [] : wrapped(sentences.join(" "), width - 6)),
    ...(schema.pattern === undefined ? [] : [`Pattern: \`${schema.pattern}\``]),
    ...(schema.default === undefined ? [] : [`@default ${JSON.stringify(schema.default)}`]),
  ];
}

function between(
  least: number | undefined,
  most: number | undefined,
  above: boolean | undefined,
  below: boolean | undefined,
): string | undefined {
  const from = least === undefined ? undefined : `${above === true ? "more than" : "at least"} ${least}`;
  const to = most === undefined ? undefined : `${below === true ? "less than" : "at most"} ${most}`;
  const text = [from, to].filter((part) => part !== undefined).join(", ");
  return text === "" ? undefined : `${text[0]?.toUpperCase()}${text.slice(1)}.`;
}

function counted(least: number | undefined, most: number | undefined, what: string): string | undefined {
  const isOne = (most ?? least) === 1;
  return between(least, most, false, false)?.replace(/\.$/, ` ${isOne ? what.slice(0, -1) : what}.`);
}

function alternatives(what: string, parts: readonly StructuralSchema[] | undefined): string | undefined {
  const named = (parts ?? []).map(({ required = [] }) => required.join(" with "));
  return named.length === 0 || named.includes("") ? undefined : `${what} ${named.join(", ")}.`;
}

/** Paragraphs stay apart, lines of a list too; long ones are broken. */
function wrapped(text: string, most: number): readonly string[] {
  const clean = text
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, " ");
  const lines = clean
    .trim()
    .split("\n")
    .flatMap((line) => {
      const broken: string[] = [];
      let open = "";
      for (const word of line.split(" ").filter((part) => part !== "")) {
        if (open !== "" && open.length + word.length + 1 > most) {
          broken.push(open);
          open = word;
        } else open = open === "" ? word : `${open} ${word}`;
      }
      return [...broken, open];
    });
  // Tags and the comment's end would be read as such.
  return lines.map((line) => line.replace(/^@/, "\\@").replace(/\{@/g, "{\\@"));
}

function harmless(line: string): string {
  return line.replaceAll("*/", "*\\/").replace(/[\n\r\u2028\u2029]/g, " ");
}
