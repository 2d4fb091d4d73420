import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { Reporter } from "../diagnostics/reporter.js";
import { pointSpan, type Span } from "../diagnostics/span.js";
import type { Remarks } from "./exact.js";
import { isKubernetesObject, isRecord } from "./objects.js";
import { pathKey, readYaml, type YamlDocument } from "./read-yaml.js";

/** A text to import, and how messages call it. */
export interface ImportSource {
  readonly name: string;
  readonly text: string;
}

/** One object as it was written, with the comments on it. */
export interface FoundObject {
  readonly object: KubeObject;
  readonly place: Span;
  /** Where a member stands: its key, or the item of a list. For one that came by an alias, what is around it. */
  readonly placeOf: (path: readonly (string | number)[]) => Span;
  /** Comment lines above it. */
  readonly comment: readonly string[];
  readonly remarks: Remarks;
}

/** What kustomize reads in a folder of manifests; it need not say its apiVersion. */
const kustomization = /(^|\/)(kustomization\.ya?ml|Kustomization)$/;

/** A list within a list within …: kubectl writes one level, nobody writes more than a few. */
const deepestList = 8;

/** Every object of the sources, those of Lists too, in the order written. */
export function selectObjects(sources: readonly ImportSource[], reporter: Reporter): readonly FoundObject[] {
  const found: FoundObject[] = [];
  for (const { name: source, text } of sources) {
    if (kustomization.test(source)) {
      const data = { resource: `"${source}"`, why: "kustomize builds objects of it" };
      reporter.report("object-left-out", pointSpan(source, 1, 1), data);
      continue;
    }
    const file = readYaml(text);
    for (const { column, line, message } of file.problems)
      reporter.report("yaml-invalid", pointSpan(source, line, column), { why: message });
    for (const document of file.documents) {
      const placeOf = (at: readonly (string | number)[]): Span => {
        const { column, line } = document.places.get(pathKey(at)) ?? document.place;
        return pointSpan(source, line, column);
      };
      const refuse = (at: readonly (string | number)[], why: string) =>
        reporter.report("yaml-invalid", placeOf(at), { why });
      const visit = (value: unknown, at: readonly (string | number)[]): void => {
        if (value === null) return; // nothing between two separators
        if (!isKubernetesObject(value))
          refuse(at, "This is no Kubernetes object: apiVersion and kind say what one is");
        else if (isList(value)) {
          if (at.length > 2 * deepestList) refuse(at, "Lists in Lists, without end");
          else for (const [index, item] of value.items.entries()) visit(item, [...at, "items", index]);
        } else if (value.metadata !== undefined && !isRecord(value.metadata))
          refuse([...at, "metadata"], "metadata is no map");
        else
          found.push({
            object: { ...value, metadata: value.metadata ?? {} },
            place: placeOf(at),
            placeOf: (path) => placeOf([...at, ...path]),
            ...remarksOf(document, value, at),
          });
      };
      visit(document.data, []);
    }
  }
  return found;
}

/** `List`, `PodList` and the like: what the API answers when it is asked for several. */
function isList(value: KubeObject): value is KubeObject & { readonly items: readonly unknown[] } {
  return value.kind.endsWith("List") && Array.isArray((value as { items?: unknown }).items);
}

/** A comment above the first member is one above the object. */
function remarksOf(document: YamlDocument, object: KubeObject, at: readonly (string | number)[]) {
  const first = pathKey([...at, Object.keys(object)[0] ?? ""]);
  const kinds = ["apiVersion", "kind"].map((name) => pathKey([...at, name])).filter((key) => key !== first);
  const comment = [
    ...(at.length === 0 ? document.comment : []),
    ...[first, ...kinds].flatMap((key) => document.comments.get(key) ?? []),
  ];
  return { comment, remarks: { comments: document.comments, above: new Set([first, ...kinds]), at } };
}
