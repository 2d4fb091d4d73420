import { stableStringify } from "../../stdlib/base/json.js";
import {
  customKey,
  customKindsByKey,
  isDefinition,
  kindsOfDefinition,
} from "../../stdlib/schema/custom/definition.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { emitYaml } from "../emit/yaml.js";
import { type ExportedBundle, fileNames, missingSecrets } from "./parts.js";

/**
 * A chart of the bundle. Its values are what a chart's user has to choose and what stands in one place of an object:
 * how many pods, and where the images are that the stack builds. The namespace is the release's. Everything else is
 * decided: it is the stack that has inputs.
 */
export function helmChart({ images, objects, record, secrets }: ExportedBundle): ReadonlyMap<string, string> {
  const values = new Values(
    objects,
    record.namespace,
    new Map(images.map(({ name, reference }) => [reference, name])),
  );
  const names = fileNames(objects);
  const used = new Set(objects.map(customKey));
  // Helm asks the cluster for the kind of each template before it makes any of them. Definitions in crds/ come before
  // that, but are never upgraded: those that no object of the chart needs stay templates.
  const isNeeded = (object: KubeObject) =>
    isDefinition(object) &&
    [...customKindsByKey(kindsOfDefinition(object)).keys()].some((key) => used.has(key));
  const templates = objects.map((object, index) =>
    isNeeded(object)
      ? ([`crds/${names[index]}`, emitYaml(object)] as const)
      : ([`templates/${names[index]}`, values.template(object)] as const),
  );
  const notes = missingSecrets(secrets).map((line) => `${line}.\n`);
  return new Map([
    [
      "Chart.yaml",
      emitYaml({
        apiVersion: "v2",
        name: record.stack,
        description: `The stack "${record.stack}", written by infra ${record.versions.infra}`,
        type: "application",
        version: "0.1.0",
      }),
    ],
    ["values.yaml", values.file],
    ...(notes.length === 0 ? [] : [["templates/NOTES.txt", escapeActions(notes.join(""))] as const]),
    ...templates,
  ]);
}

/** Replaces what a chart's user chooses by actions, and remembers what it was. */
class Values {
  readonly #namespace: string;
  readonly #images: ReadonlyMap<string, string>;
  readonly #mark: string;
  readonly #actions: string[] = [];
  readonly #replicas: { [name: string]: number } = {};
  readonly #usedImages: { [name: string]: string } = {};

  constructor(objects: readonly KubeObject[], namespace: string, images: ReadonlyMap<string, string>) {
    this.#namespace = namespace;
    this.#images = images;
    this.#mark = unusedWord(stableStringify(objects));
  }

  template(object: KubeObject): string {
    const { kind, spec } = object as KubeObject & { spec?: { readonly replicas?: unknown } };
    const scaled: unknown =
      (kind === "Deployment" || kind === "StatefulSet") && typeof spec?.replicas === "number"
        ? {
            ...object,
            spec: { ...spec, replicas: this.#replicasOf(object, spec.replicas) },
          }
        : object;
    const marked = this.#walk(scaled, "");
    return escapeActions(emitYaml(marked)).replace(
      new RegExp(`${this.#mark}(\\d+)x`, "g"),
      (_, index: string) => this.#actions[Number(index)] ?? "",
    );
  }

  get file(): string {
    const values = {
      ...(Object.keys(this.#replicas).length === 0 ? {} : { replicas: this.#replicas }),
      ...(Object.keys(this.#usedImages).length === 0 ? {} : { images: this.#usedImages }),
    };
    const head = "# The namespace is the release's: helm install --namespace NAME\n";
    return Object.keys(values).length === 0 ? `${head}{}\n` : head + emitYaml(values);
  }

  /** A Deployment and a StatefulSet may share a name, and so may those of two namespaces. */
  #replicasOf({ kind, metadata: { name = "", namespace = "" } }: KubeObject, replicas: number): string {
    const names = [name, `${name}-${kind.toLowerCase()}`, `${namespace}/${kind.toLowerCase()}/${name}`];
    const key = names.find((one) => !Object.hasOwn(this.#replicas, one)) ?? "";
    this.#replicas[key] = replicas;
    return this.#action(`{{ index .Values.replicas ${JSON.stringify(key)} }}`);
  }

  #walk(value: unknown, field: string): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#walk(item, field));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([name, member]) => [name, this.#walk(member, name)]),
      );
    if (field === "namespace" && value === this.#namespace) return this.#action("{{ .Release.Namespace }}");
    const image = field === "image" && typeof value === "string" ? this.#images.get(value) : undefined;
    if (image === undefined) return value;
    this.#usedImages[image] = String(value);
    return this.#action(`{{ index .Values.images ${JSON.stringify(image)} | quote }}`);
  }

  /** A word that YAML writes without quotes; the action takes its place in the text. */
  #action(action: string): string {
    this.#actions.push(action);
    return `${this.#mark}${this.#actions.length - 1}x`;
  }
}

/** A word that is nowhere in the text, and that YAML writes without quotes. */
function unusedWord(text: string): string {
  for (let number = 0; ; number += 1) {
    const word = `infraPick${number}n`;
    if (!text.includes(word)) return word;
  }
}

/** What Helm would take for an action of its own, as an action that gives just it. */
function escapeActions(text: string): string {
  return text.replaceAll("{{", '{{ "{{" }}');
}
