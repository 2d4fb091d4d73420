import { isRecord } from "./objects.js";
import { readYaml } from "./read-yaml.js";

/** Whether a YAML text is a Compose file: it has services, and nothing that a Kubernetes object has. */
export function isComposeText(text: string): boolean {
  if (!/^["']?services["']?\s*:|^\s*\{/m.test(text)) return false; // the most are decided without reading them
  const [first] = readYaml(text).documents;
  return (
    isRecord(first?.data) && Object.hasOwn(first.data, "services") && !Object.hasOwn(first.data, "apiVersion")
  );
}
