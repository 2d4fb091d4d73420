import type { Example } from "../../compiler/diagnostics/examples/example.js";
import { importExamples } from "../../compiler/diagnostics/examples/imports.js";
import { languageCommon } from "../mistakes/rows.js";

/** What examples are written into. */
const stack = `import { configMap, deployment, generated, input, node, secret, service } from "infra";
export const settings = configMap("stack-settings", { mode: "fast" });
export const password = secret("stack-login", { password: generated() });
export const api = deployment("stack-api", {
  replicas: input.number("replicas", { default: 2 }),
  containers: { a: { image: "shop:1", ports: { http: 80 } } },
});
export const front = service("front", { to: api, ports: { 80: "http" } });
export const worker = node("worker", { labels: { disk: "ssd" } });
`;

/** Files beside every example. */
export const beside: ReadonlyMap<string, string> = new Map([
  ["stack.ts", stack],
  ["definitions.yaml", importExamples["definition-invalid"].right],
]);

/**
 * One side of an example as files by name. Those after the first are headed in it by their name in a comment.
 *
 * @param entry - of a stack in TypeScript: its file.
 * @param resource - name of all that it calls by its first name, where it shares a stack with others.
 */
export function filesOf(
  example: Example,
  side: "wrong" | "right",
  { entry = "infra.ts", resource }: { readonly entry?: string; readonly resource?: string } = {},
): ReadonlyMap<string, string> {
  const file = example.file ?? entry;
  const [first = "", ...others] = example[side].split(/^(?=\/\/ [\w.]+$)/m);
  const texts = others.map((one) => [/^\/\/ (.*)/.exec(one)?.[1] ?? "", one.replace(/^.*\n/, "")] as const);
  const main = first.replace(`// ${file}\n`, "").trimEnd();
  if (file === "infra.infra") return new Map([...texts, [file, `${languageCommon}${main}\n`]]);
  if (file !== entry) return new Map([[file, `${main}\n`]]);
  const text = main.startsWith("infra compile ") ? "" : main;
  const [name = ""] = firstName.exec(text) ?? [];
  const named =
    resource === undefined || name === ""
      ? text
      : text.replace(new RegExp(`(?<=\\w\\(|name: )${name}`, "g"), `"${resource}"`);
  const isExpression = !/^(const|export|import|let) |;$|^$/.test(named);
  return new Map([...texts, [file, moduleOf(isExpression ? `export const m = ${named};` : named)]]);
}

const firstName = /(?<=\w\()"[\w-]+"|(?<=name: )"[\w-]+"/;

/** A program with imports of what it uses, and all that it is written into. */
function moduleOf(program: string): string {
  if (program.includes('from "infra"')) return `${program}\n`;
  const imports = Object.entries(known).flatMap(([from, names]) => {
    const isUsed = (name: string) => new RegExp(`(?<![\\w."/-])${name}\\b(?!: |")`).test(program);
    const used = names.split(" ").filter(isUsed);
    return used.length === 0 ? [] : [`import { ${used.join(", ")} } from "${from}";\n`];
  });
  return `${imports.join("")}${program}\nexport * from "./stack.js";\n`;
}

const known = {
  infra:
    "accept autoscaler claim configMap deployment disruptionBudget emptyDir file fromEnv hostPath image ingress input job manifests namespace pod policy scratch secret service serviceAccount text volume",
  "infra/kubernetes": "core rbac",
  "./stack.js": "api front password settings",
};
