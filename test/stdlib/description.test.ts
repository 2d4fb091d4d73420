import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import test from "ava";
import type { FieldDescription, TypeDescription } from "../../stdlib/constructs/description.js";
import { description } from "../../stdlib/constructs/generated/description.js";

const page = fileURLToPath(new URL("../../docs/constructs.md", import.meta.url));
const script = fileURLToPath(new URL("../../scripts/describe.mjs", import.meta.url));
const isUpdate = process.env["UPDATE_GOLDEN"] === "1";

test("the description is that of the declarations", (t) => {
  const { status, stderr } = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
  t.is(status, 0, `${stderr}node scripts/describe.mjs writes it anew`);
});

test("everything an author meets is described", (t) => {
  const bare: string[] = [];
  for (const [name, { fields }] of Object.entries(description.types))
    for (const [field, { doc, default: otherwise }] of Object.entries(fields))
      if (doc === "" && otherwise === undefined) bare.push(`${name}.${field}`);
  for (const [name, { doc }] of [
    ...Object.entries(description.constructs),
    ...Object.entries(description.functions),
    ...Object.entries(description.values),
  ])
    if (doc === "") bare.push(name);
  t.deepEqual(bare, []);
});

test("docs/constructs.md lists every construct with its fields and defaults", async (t) => {
  const text = pageText();
  if (isUpdate) await writeFile(page, text);
  t.is(await readFile(page, "utf8"), text, "UPDATE_GOLDEN=1 rewrites it");
});

/** As a declaration writes them: `first, ...others`. */
function namesOf(parameters: readonly { readonly name: string; readonly rest?: boolean }[]): string {
  return parameters.map(({ name, rest }) => `${rest === true ? "..." : ""}${name}`).join(", ");
}

function pageText(): string {
  const parts = [
    "# What stacks are written with",
    "Every construct of `infra` with its fields, their types and defaults. Written from the declarations of `stdlib/constructs`. A field without a default may be left out and then means nothing, unless it says *required*. `patch` reaches every other field of the Kubernetes object.",
    "## What nobody has to write",
    defaultsText,
    "## Constructs",
    ...Object.entries(description.constructs).map(([name, { doc, options, spec }]) =>
      section(`\`${name}(name, …)\``, doc, [spec, ...(options === undefined ? [] : [options])]),
    ),
    "## Parts",
    ...Object.keys(description.types)
      .filter((name) => !isSpec(name))
      .map((name) => section(`\`${name}\``, description.types[name]?.doc ?? "", [{ kind: "object", name }])),
    "## Functions",
    table(
      ["function", "what it gives"],
      Object.entries(description.functions).map(([name, { doc, parameters }]) => [
        `\`${name}(${namesOf(parameters)})\``,
        doc,
      ]),
    ),
    "## Values",
    ...Object.entries(description.values)
      .filter(([, { methods, properties }]) => Object.keys({ ...methods, ...properties }).length > 0)
      .map(([name, { doc, methods, properties }]) =>
        [
          `### \`${name}\``,
          doc,
          table(
            ["member", "what it gives"],
            [
              ...Object.entries(methods).map(([member, { doc: about, parameters }]) => [
                `\`.${member}(${namesOf(parameters)})\``,
                about,
              ]),
              ...Object.entries(properties).map(([member, { doc: about }]) => [`\`.${member}\``, about]),
            ],
          ),
        ].join("\n\n"),
      ),
    "## Forms of text",
    table(
      ["form", "examples"],
      Object.entries(description.forms).map(([name, doc]) => [`\`${name}\``, doc]),
    ),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** Defaults that are no field's own: what lowering adds. Each is a line of `compiler/lower`. */
const defaultsText = [
  "- Pods: seccomp profile `RuntimeDefault`, no service account token unless the account has permissions, no Service environment variables, 30 s to stop.",
  "- Containers: no privilege escalation. One that runs as another user than root drops all capabilities; if its image is the stack's own and no command ran while it was built, its root file system is read-only and `/tmp` is an empty directory.",
  "- Requests: 50m CPU and 64Mi memory where `resources` says nothing. Memory that is asked for is the limit too; the 64Mi nobody asked for are none. CPU has no limit.",
  "- Several pods of one workload are spread over nodes where possible.",
  "- Every object carries `app.kubernetes.io/name` and `infra.dev/stack`; selectors use the first. Labels and annotations of `infra.dev` are infra's to write: anybody else's are an error.",
  "- Pods whose environment comes from a ConfigMap or Secret are replaced when it changes; mounted files follow by themselves.",
].join("\n");

function isSpec(name: string): boolean {
  return Object.values(description.constructs).some(
    ({ options, spec }) =>
      (spec.kind === "object" && spec.name === name) || (options?.kind === "object" && options.name === name),
  );
}

function section(title: string, doc: string, types: readonly TypeDescription[]): string {
  const rows = types.flatMap((type) => {
    if (type.kind !== "object") return [["*any name*", typeText(type), "", ""]];
    return Object.entries(description.types[type.name]?.fields ?? {}).map(([name, field]) =>
      fieldRow(name, field),
    );
  });
  return [
    `### ${title}`,
    ...(doc === "" ? [] : [doc]),
    table(["field", "type", "default", "what it means"], rows),
  ].join("\n\n");
}

function fieldRow(name: string, { default: otherwise, doc, required, type }: FieldDescription): string[] {
  return [`\`${name}\``, typeText(type), required ? "*required*" : (otherwise ?? ""), doc];
}

function typeText(type: TypeDescription): string {
  switch (type.kind) {
    case "literal":
      return `\`${JSON.stringify(type.value)}\``;
    case "list":
      return `list of ${typeText(type.of)}`;
    case "map":
      return `map to ${typeText(type.of)}`;
    case "object":
    case "form":
    case "value":
      return type.name;
    case "patch":
      return `part of ${type.apiVersion === undefined ? "" : `${type.apiVersion} `}${type.object}`;
    case "union":
      return type.of.map(typeText).join(" or ");
    default:
      return type.kind;
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `| ${head.map(() => "---").join(" | ")} |`, ...rows.map(line)].join("\n");
}
