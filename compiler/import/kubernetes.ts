import {
  customKey,
  customKindsByKey,
  isDefinition,
  kindsOfDefinition,
} from "../../stdlib/schema/custom/definition.js";
import { isKept, kindRowOf } from "../../stdlib/schema/kinds.js";
import { checkBuiltIn } from "../check/objects.js";
import { reportUnknownKind } from "../check/unknown-kind.js";
import { Reporter } from "../diagnostics/reporter.js";
import { asWritten } from "../lower/exact.js";
import { cleaned, madeBy } from "./clean.js";
import { type Draft, Drafts, type ImportedFile } from "./drafts.js";
import { fold } from "./fold.js";
import { foldAlike } from "./fold-alike.js";
import { upperFirst, variableName } from "./names.js";
import { isSame } from "./objects.js";
import { notPresent, type PresentObjects } from "./present.js";
import type { SourceProgram } from "./program.js";
import { type FoundObject, type ImportSource, selectObjects } from "./select-objects.js";
import { settle } from "./settle.js";

export interface ImportOptions {
  /** Namespace of objects that name none. */
  readonly namespace: string;
  /** Of the stack that the program is added to. */
  readonly present?: PresentObjects | undefined;
}

/** How an object is written: by a construct that makes exactly it, by one with a patch, or field by field. */
export type Rendition = "construct" | "patched" | "exact";

export interface Imported {
  readonly program: SourceProgram;
  /** By path relative to the program. */
  readonly files: ReadonlyMap<string, ImportedFile>;
  /** `Deployment "web"` and how it is written. */
  readonly objects: readonly { readonly title: string; readonly as: Rendition }[];
}

/**
 * Kubernetes objects as a program that makes the same objects. Mistakes are reported; nothing should be written then.
 */
export function importKubernetes(
  sources: readonly ImportSource[],
  { namespace, present }: ImportOptions,
  reporter: Reporter,
): Imported {
  const meant = meantObjects(selectObjects(sources, reporter), namespace, reporter);
  const found = present === undefined ? meant : notPresent(meant, present, namespace, reporter);
  const drafts = new Drafts(found, variablesOf(found), namespace);
  const { files, program } = settle(drafts, namespace);
  for (const { found: one, isConstruct, object } of drafts.list)
    if (object.kind === "Secret" && !isConstruct)
      reporter.report("yaml-invalid", one.place, {
        why: `${titleOf(object)} has a key, a name or a type that secret() cannot say, and its values stay out of source`,
      });
  const companions = drafts.companions;
  return {
    program: fold(foldAlike(program)),
    files,
    objects: drafts.list.map((draft) => ({
      title: titleOf(draft.object),
      as: companions.has(draft) ? "construct" : renditionOf(draft),
    })),
  };
}

function renditionOf({ isConstruct, patch }: Draft): Rendition {
  if (!isConstruct) return "exact";
  return (patch?.size ?? 0) > 0 ? "patched" : "construct";
}

/** Each object once, as somebody may have written it. */
function meantObjects(
  found: readonly FoundObject[],
  namespace: string,
  reporter: Reporter,
): readonly FoundObject[] {
  const definitions = found.map(({ object }) => object).filter(isDefinition);
  const customKinds = customKindsByKey(definitions.flatMap(kindsOfDefinition));
  const unknown = new Reporter();
  const meant = new Map<string, FoundObject>();
  for (const one of found) {
    const resource = titleOf(one.object);
    const why = one.object.apiVersion.startsWith("kustomize.config.k8s.io/")
      ? "kustomize builds objects of it"
      : isKept(one.object)
        ? madeBy(one.object)
        : "it is a request, which a cluster answers and does not keep";
    if (why !== undefined) {
      reporter.report("object-left-out", one.place, { resource, why });
      continue;
    }
    const object = cleaned(one.object);
    const row = kindRowOf(object);
    const { name, namespace: own = row?.namespaced !== false ? namespace : "" } = object.metadata;
    if (row !== undefined) {
      const metadata = row.namespaced ? { ...object.metadata, namespace: own } : object.metadata;
      checkBuiltIn({ ...asWritten(one), object: { ...object, metadata } }, row, reporter);
    } else if (!customKinds.has(customKey(object)))
      reportUnknownKind(object, customKinds, (field) => one.placeOf([field]), unknown);
    const key =
      name === undefined ? `${meant.size}` : JSON.stringify([object.apiVersion, object.kind, own, name]);
    const first = meant.get(key);
    if (first === undefined) meant.set(key, { ...one, object });
    else if (!isSame(first.object, object, namespace))
      reporter.report("object-twice", one.place, { resource }, [
        { span: first.place, note: "the other one" },
      ]);
  }
  unknown.passTo(reporter, ({ severity }) => severity === "error"); // the compile warns of the others
  return [...meant.values()];
}

function titleOf({ kind, metadata }: FoundObject["object"]): string {
  return `${kind} "${metadata.name ?? ""}"`;
}

/** Kinds that a program speaks of most: they have their name for themselves, others of that name add their kind. */
const workloads = ["Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "Pod"];

/** A variable for each object: its name, and its kind where others have the same name. */
function variablesOf(found: readonly FoundObject[]): readonly string[] {
  const named = found.map(({ object: { kind, metadata } }) => {
    const name: unknown = metadata.name;
    return variableName(typeof name === "string" ? name : kind);
  });
  const owners = new Map<string, FoundObject>();
  for (const [index, one] of found.entries()) {
    const name = named[index] ?? "";
    const owner = owners.get(name);
    if (owner === undefined || rank(one) < rank(owner)) owners.set(name, one);
  }
  return found.map((one, index) => {
    const name = named[index] ?? "";
    if (owners.get(name) === one) return name;
    const { kind } = one.object;
    return name.toLowerCase().endsWith(kind.toLowerCase()) ? name : name + upperFirst(shortKind(kind));
  });
}

function rank({ object }: FoundObject): number {
  const at = workloads.indexOf(object.kind);
  return at < 0 ? workloads.length : at;
}

/** Kinds by the words that people have for them. */
function shortKind(kind: string): string {
  const words: { readonly [kind: string]: string } = {
    ConfigMap: "Config",
    HorizontalPodAutoscaler: "Autoscaler",
    PersistentVolumeClaim: "Claim",
    PodDisruptionBudget: "Budget",
    ServiceAccount: "Account",
  };
  return words[kind] ?? kind;
}
