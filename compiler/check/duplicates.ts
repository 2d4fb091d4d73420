import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { Span } from "../diagnostics/span.js";
import type { Built } from "../lower/built.js";
import type { Lowered } from "../lower/lower.js";
import type { Model, Resource } from "../model/authored.js";

/** Something that nothing else in the stack may be, and where it was made. */
interface Identified {
  readonly key: string;
  /** Looked up where it is told. */
  readonly place: () => Span | undefined;
  readonly title: string;
}

/**
 * Two objects of one kind, namespace and name, however they are made, and two images of one name: an image is in no
 * namespace.
 */
export function checkDuplicates(model: Model, lowered: Lowered, reporter: Reporter): void {
  const seen = new Map<string, Identified>();
  const { byResource, secretObjects } = lowered;
  const secrets = new Map(secretObjects.map((secret) => [secret.resource, [secret]]));
  const objectsOf = ({ index }: Resource) => secrets.get(index) ?? byResource.get(index) ?? [];
  for (const one of model.resources.flatMap((resource) => identitiesOf(resource, objectsOf(resource)))) {
    const before = seen.get(one.key);
    if (before === undefined) {
      seen.set(one.key, one);
      continue;
    }
    const first = before.place();
    const related = first === undefined ? [] : [{ span: first, note: "made first here" }];
    reporter.report("name-duplicate", one.place(), { resource: one.title }, related);
  }
}

function identitiesOf(resource: Resource, objects: readonly Built[]): readonly Identified[] {
  const { construct, included, name, title } = resource;
  if (construct === "image")
    return included ? [{ key: `image ${name}`, place: () => resource.call, title }] : [];
  return objects
    .filter(({ object }) => (object.metadata.name ?? "") !== "") // which is a mistake of its own
    .map((one) => ({ key: keyOf(one.object), place: () => one.origins.find(""), title: one.title }));
}

/** Versions of a group are views of the same objects. */
function keyOf({ apiVersion, kind, metadata: { name, namespace = "" } }: KubeObject): string {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  return `${group}/${kind}/${namespace}/${name}`;
}
