import { printableJson } from "../../stdlib/base/printable.js";
import { emitYaml } from "../emit/yaml.js";
import { helmChart } from "./helm.js";
import { type ExportedBundle, fileNames, missingSecrets } from "./parts.js";

/** Formats that are one text. */
export const streams = ["yaml", "json", "list"] as const;
/** Formats that are a folder. */
export const folders = ["helm", "kustomize"] as const;

export type StreamFormat = (typeof streams)[number];
export type FolderFormat = (typeof folders)[number];

/** All objects as one text that `kubectl apply -f -` takes. */
export function exportStream({ objects, secrets }: ExportedBundle, format: StreamFormat): string {
  const list = { apiVersion: "v1", kind: "List", items: objects };
  if (format === "json") return `${printableJson(list)}\n`;
  if (format === "list") return emitYaml(list);
  const head = missingSecrets(secrets).map((line) => `# ${line}\n`);
  return [...head, ...objects.map((object) => `---\n${emitYaml(object)}`)].join("");
}

/** Files by path relative to a folder of their own. */
export function exportFolder(bundle: ExportedBundle, format: FolderFormat): ReadonlyMap<string, string> {
  return format === "helm" ? helmChart(bundle) : kustomization(bundle);
}

function kustomization({ objects, secrets }: ExportedBundle): ReadonlyMap<string, string> {
  const names = fileNames(objects);
  const head = missingSecrets(secrets).map((line) => `# ${line}\n`);
  return new Map([
    [
      "kustomization.yaml",
      head.join("") +
        emitYaml({
          apiVersion: "kustomize.config.k8s.io/v1beta1",
          kind: "Kustomization",
          resources: names.map((name) => `resources/${name}`),
        }),
    ],
    ...objects.map((object, index) => [`resources/${names[index]}`, emitYaml(object)] as const),
  ]);
}
