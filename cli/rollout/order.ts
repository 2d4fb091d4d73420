import { InfraError } from "../../stdlib/base/errors.js";
import { applyRank } from "../../stdlib/schema/apply-order.js";
import { objectKey } from "../../stdlib/schema/bundle.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";

/** Objects wait for each other in a circle. */
export class DependencyCycle extends InfraError {
  readonly code = "dependency-cycle";
}

/** Objects that may be applied at the same time. */
export interface Wave {
  /** By namespace, then name. */
  readonly objects: readonly KubeObject[];
  /** Keys of earlier objects that must be ready first; only `depends-on` asks for that. */
  readonly readyFirst: readonly string[];
}

/** Annotation: `group/[namespaces/ns/]kind/name`, comma-separated; the core group is empty. */
const dependsOn = "config.kubernetes.io/depends-on";

/**
 * The order to apply in: what others refer to first, then by kind; explicit dependencies also wait for readiness.
 * References to objects outside the list order nothing. Pure; equal input gives equal waves.
 *
 * @throws {DependencyCycle}
 */
export function applyOrder(objects: readonly KubeObject[]): readonly Wave[] {
  const keyed = new Map(objects.map((object) => [objectKey(object), object]));
  const byIdentity = new Map(objects.map((object) => [identity(object), objectKey(object)]));
  const known = (identities: readonly string[]) =>
    identities.flatMap((name) => byIdentity.get(name) ?? []).sort();
  const explicit = new Map([...keyed].map(([key, object]) => [key, known(dependencies(object))]));
  const before = new Map(
    [...keyed].map(([key, object]) => [
      key,
      [...(explicit.get(key) ?? []), ...known(references(object)).filter((other) => other !== key)],
    ]),
  );

  const waves: Wave[] = [];
  const left = new Map(keyed);
  while (left.size > 0) {
    const free = [...left].filter(([key]) => before.get(key)?.every((other) => !left.has(other)));
    if (free.length === 0)
      throw new DependencyCycle(`Objects wait for each other: ${[...left.keys()].sort().join(", ")}`, {
        hint: `Take one "${dependsOn}" annotation out`,
      });
    const rank = Math.min(...free.map(([, object]) => applyRank(object.kind)));
    const wave = free.filter(([, object]) => applyRank(object.kind) === rank);
    for (const [key] of wave) left.delete(key);
    waves.push({
      objects: wave.map(([, object]) => object).sort(byPlace),
      readyFirst: [...new Set(wave.flatMap(([key]) => explicit.get(key) ?? []))].sort(),
    });
  }
  return waves;
}

function byPlace(a: KubeObject, b: KubeObject): number {
  return (
    compare(a.metadata.namespace ?? "", b.metadata.namespace ?? "") ||
    compare(a.kind, b.kind) ||
    compare(a.metadata.name ?? "", b.metadata.name ?? "")
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `group/namespaces/ns/kind/name`, as the annotation writes it. */
function identity(object: KubeObject): string {
  const group = object.apiVersion.includes("/") ? (object.apiVersion.split("/")[0] ?? "") : "";
  const { namespace, name = "" } = object.metadata;
  return namespace === undefined
    ? `${group}/${object.kind}/${name}`
    : `${group}/namespaces/${namespace}/${object.kind}/${name}`;
}

function dependencies(object: KubeObject): readonly string[] {
  const text = object.metadata.annotations?.[dependsOn] ?? "";
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** Fields that name another object, and its kind. Source: v1 PodSpec and what is in it. */
const referring: { readonly [field: string]: readonly [kind: string, nameField: string] } = {
  configMap: ["ConfigMap", "name"],
  configMapRef: ["ConfigMap", "name"],
  configMapKeyRef: ["ConfigMap", "name"],
  secret: ["Secret", "secretName"],
  secretRef: ["Secret", "name"],
  secretKeyRef: ["Secret", "name"],
  persistentVolumeClaim: ["PersistentVolumeClaim", "claimName"],
};

function references(object: KubeObject): readonly string[] {
  const { namespace } = object.metadata;
  const found: string[] = namespace === undefined ? [] : [`/Namespace/${namespace}`];
  const add = (kind: string, name: unknown) => {
    if (typeof name === "string") found.push(`/namespaces/${namespace}/${kind}/${name}`);
  };
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) walk(item);
    else if (typeof value === "object" && value !== null) {
      for (const [field, member] of Object.entries(value)) {
        if (field === "serviceAccountName") add("ServiceAccount", member);
        const [kind, nameField] = referring[field] ?? [];
        if (kind !== undefined && nameField !== undefined && typeof member === "object" && member !== null)
          add(
            kind,
            (member as { [name: string]: unknown })[nameField] ?? (member as { name?: unknown }).name,
          );
        walk(member);
      }
    }
  };
  if (namespace !== undefined) walk(object["spec"]);
  return found;
}
