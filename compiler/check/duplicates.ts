import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { Span } from "../diagnostics/span.js";
import type { Built } from "../lower/built.js";
import type { Lowered } from "../lower/lower.js";
import type { Model, Resource } from "../model/authored.js";

/** Something that nothing else in the stack may be, and where it was made. */
interface Identified {
  readonly key: string;
  readonly span: Span | undefined;
  readonly title: string;
}

/**
 * Two objects of one kind, namespace and name, however they are made, and two images of one name: an image is in no
 * namespace.
 */
export function checkDuplicates(model: Model, lowered: Lowered, reporter: Reporter): void {
  const seen = new Map<string, Span | undefined>();
  const { byResource, secretObjects } = lowered;
  const secrets = new Map(secretObjects.map((secret) => [secret.resource, [secret]]));
  const objectsOf = ({ index }: Resource) => secrets.get(index) ?? byResource.get(index) ?? [];
  for (const { key, span, title } of model.resources.flatMap((one) => identitiesOf(one, objectsOf(one)))) {
    if (!seen.has(key)) {
      seen.set(key, span);
      continue;
    }
    const first = seen.get(key);
    const related = first === undefined ? [] : [{ span: first, note: "made first here" }];
    reporter.report("name-duplicate", span, { resource: title }, related);
  }
}

function identitiesOf(
  { call, construct, included, name, title }: Resource,
  objects: readonly Built[],
): readonly Identified[] {
  if (construct === "image") return included ? [{ key: `image ${name}`, span: call, title }] : [];
  return objects
    .filter(({ object }) => (object.metadata.name ?? "") !== "") // which is a mistake of its own
    .map((one) => ({ key: keyOf(one.object), span: one.origins.find(""), title: one.title }));
}

/** Versions of a group are views of the same objects. */
function keyOf({ apiVersion, kind, metadata: { name, namespace = "" } }: KubeObject): string {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  return `${group}/${kind}/${namespace}/${name}`;
}
