import { emptyFieldSet } from "../../stdlib/schema/apply/field-set.js";
import { fieldsOf } from "../../stdlib/schema/apply/typed-value.js";
import { type BuildGraph, objectKey } from "../../stdlib/schema/bundle.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { differences } from "./compare.js";
import type { FieldChange, PlanSchema } from "./plan.js";

export interface BundleSide {
  readonly objects: readonly KubeObject[];
  readonly build: BuildGraph;
}

export interface BundleDifference {
  /** Sorted by object key; equal objects are left out. */
  readonly objects: readonly {
    readonly object: string;
    readonly action: "added" | "removed" | "changed";
    readonly changes: readonly FieldChange[];
  }[];
  readonly images: readonly ImageDifference[];
}

export interface ImageDifference {
  readonly name: string;
  readonly action: "added" | "removed" | "changed";
  /** Sources that were added, removed or have other bytes, sorted. */
  readonly files: readonly string[];
  /** Steps (layers) that differ. */
  readonly layers: number;
}

/** What `b` has that `a` has not, and the other way round; for `infra diff A B`. */
export function compareBundles(schema: PlanSchema, a: BundleSide, b: BundleSide): BundleDifference {
  const objects = pairs(a.objects, b.objects, objectKey).flatMap(
    ([object, before, after]): BundleDifference["objects"] => {
      if (before === undefined) return [{ object, action: "added" as const, changes: [] }];
      if (after === undefined) return [{ object, action: "removed" as const, changes: [] }];
      const type = schema.typeOf(after);
      const changes = differences(schema.table, type, {
        live: before,
        desired: after,
        defaulted: after,
        owned: type === undefined ? emptyFieldSet : fieldsOf(schema.table, type, before),
      }).map(
        ({ path, before: was, after: now }): FieldChange =>
          after.kind === "Secret" && /^(data|stringData)\b/.test(path)
            ? { path, sensitive: true }
            : {
                path,
                ...(was === undefined ? {} : { before: was }),
                ...(now === undefined ? {} : { after: now }),
              },
      );
      return changes.length === 0 ? [] : [{ object, action: "changed" as const, changes }];
    },
  );

  return { objects, images: compareImages(a.build, b.build) };
}

/** Images that are built anew, with the reason. */
export function compareImages(a: BuildGraph, b: BuildGraph): readonly ImageDifference[] {
  return pairs(a.images, b.images, (image) => image.name).flatMap(
    ([name, before, after]): readonly ImageDifference[] => {
      if (before?.key === after?.key) return [];
      const action = before === undefined ? "added" : after === undefined ? "removed" : "changed";
      const [was, now] = [filesOf(before), filesOf(after)];
      const files = [...new Set([...was.keys(), ...now.keys()])].filter(
        (file) => was.get(file) !== now.get(file),
      );
      const steps = Math.max(before?.steps.length ?? 0, after?.steps.length ?? 0);
      const layers = Array.from({ length: steps }, (_, index) => index).filter(
        (index) => stepText(before, index) !== stepText(after, index),
      ).length;
      return [{ name, action, files: files.sort(), layers }];
    },
  );
}

type Image = BuildGraph["images"][number];

function filesOf(image: Image | undefined): Map<string, string> {
  const files = new Map<string, string>();
  for (const step of image?.steps ?? [])
    if (step.kind === "copy")
      for (const file of step.files)
        if (file.type === "file") files.set(file.source, `${file.sha256} ${file.mode}`);
  return files;
}

/** A step without its place: moving a line changes no layer. */
function stepText(image: Image | undefined, index: number): string {
  const step = image?.steps[index];
  return step === undefined ? "" : JSON.stringify({ ...step, place: undefined });
}

function pairs<T>(
  a: readonly T[],
  b: readonly T[],
  keyOf: (item: T) => string,
): [string, T | undefined, T | undefined][] {
  const [left, right] = [a, b].map((items) => new Map(items.map((item) => [keyOf(item), item]))) as [
    Map<string, T>,
    Map<string, T>,
  ];
  return [...new Set([...left.keys(), ...right.keys()])]
    .sort()
    .map((key) => [key, left.get(key), right.get(key)]);
}
