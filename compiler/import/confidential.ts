import { isConfidential } from "../confidential.js";
import { type ComposeNode, isListNode, isMapNode } from "./compose-tree.js";
import { variableAt } from "./dockerfile-words.js";

/**
 * Variables of the outside that a project itself treats as confidential, whatever they are called: those that its
 * `secrets:` come from, those that a confidential variable is made of alone, passwords within an address, and those
 * that a service takes as a file instead, `NAME_FILE: /run/secrets/…`.
 */
export function confidentialVariables(root: ComposeNode): ReadonlySet<string> {
  const found = new Set<string>();
  for (const secret of membersOf(root, "secrets")) {
    const environment = isMapNode(secret) ? secret.value.get("environment")?.value : undefined;
    if (typeof environment === "string") found.add(environment);
  }
  for (const service of membersOf(root, "services")) {
    const environment = isMapNode(service) ? service.value.get("environment") : undefined;
    for (const [name, text] of entriesOf(environment)) {
      if (name.endsWith("_FILE") && text.startsWith("/run/secrets/"))
        found.add(name.slice(0, -"_FILE".length));
      const whole = text.startsWith("$") ? variableAt(text, 0) : undefined;
      if (whole?.end === text.length && isConfidential(name)) found.add(whole.name);
      for (const { index, 0: before } of text.matchAll(/[a-z]:\/\/[^\s/@]{0,200}:(?=\$[{A-Za-z_])/gi)) {
        const use = variableAt(text, index + before.length);
        if (use !== undefined && text[use.end] === "@") found.add(use.name);
      }
    }
  }
  return found;
}

function membersOf(root: ComposeNode, name: string): readonly ComposeNode[] {
  const map = isMapNode(root) ? root.value.get(name) : undefined;
  return isMapNode(map) ? [...map.value.values()] : [];
}

function entriesOf(node: ComposeNode | undefined): readonly (readonly [name: string, text: string])[] {
  if (isMapNode(node)) return [...node.value].map(([name, { value }]) => [name, String(value)]);
  if (!isListNode(node)) return [];
  return node.value.map(({ value }) => {
    const [, name = "", text = ""] = /^([^=]*)=?([\s\S]*)$/.exec(String(value)) ?? [];
    return [name, text];
  });
}
