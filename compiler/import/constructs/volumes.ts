import { hasForm } from "../../check/written.js";
import { fromData, type SourceObject, type SourceValue } from "../program.js";
import { at, type ConstructContext, hasOnly, listAt, refer, textAt, textMap } from "./context.js";
import { Members, objectOf, type Path } from "./members.js";

interface VolumeValue {
  readonly value: SourceValue;
  /** Infra mounts it for reading unless something else is said. */
  readonly isFiles: boolean;
  /** What infra calls it in the pod by itself; undefined where the value has its name. */
  readonly usualName: string | undefined;
}

/** How often each volume of a pod is mounted: what several mounts share has a variable. */
export function mountCounts(podSpec: unknown): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const container of [...listAt(podSpec, "containers"), ...listAt(podSpec, "initContainers")])
    for (const mount of listAt(container, "volumeMounts")) {
      const name = textAt(mount, "name") ?? "";
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  return counts;
}

/** The volumes of one pod as values, each made once. */
export class PodVolumeValues {
  readonly #context: ConstructContext;
  readonly #values = new Map<string, VolumeValue>();

  constructor(context: ConstructContext, podSpec: unknown, claimTemplates: readonly unknown[]) {
    this.#context = context;
    const counts = mountCounts(podSpec);
    for (const volume of listAt(podSpec, "volumes")) {
      const name = textAt(volume, "name") ?? "";
      const made = volumeValue(context, volume);
      if (made === undefined) continue;
      const isShared = (counts.get(name) ?? 0) > 1 && isFresh(made.value);
      const value = isShared ? refer(context.share(name, made.value)) : made.value;
      this.#values.set(name, { ...made, value });
    }
    for (const template of claimTemplates) {
      const name = textAt(template, "metadata", "name") ?? "";
      const spec = claimMembers(context, template, []);
      if (spec === undefined) continue;
      const call = { call: ["claimPerPod"], arguments: [name, spec] };
      const value = (counts.get(name) ?? 0) > 1 ? refer(context.share(name, call)) : call;
      this.#values.set(name, { value, isFiles: false, usualName: undefined });
    }
  }

  /** Mount path to volume; undefined when a mount says what this cannot. */
  mounts(list: readonly unknown[], path: Path): SourceObject | undefined {
    const members = new Members(this.#context.comments);
    for (const [index, mount] of list.entries()) {
      const name = textAt(mount, "name") ?? "";
      const mountPath = textAt(mount, "mountPath") ?? "";
      const found = this.#values.get(name);
      if (found === undefined || !mountPath.startsWith("/")) return undefined;
      if (!hasOnly(mount, "name", "mountPath", "subPath", "readOnly")) return undefined;
      const readOnly = at(mount, ["readOnly"]) === true;
      const subPath = textAt(mount, "subPath");
      const isUsual = this.#context.style === "infra" ? found.isFiles : false;
      const own = objectOf({
        from: found.value,
        path: subPath,
        readOnly: readOnly === isUsual ? undefined : readOnly,
        name: found.usualName === undefined || found.usualName === name ? undefined : name,
      });
      members.set(mountPath, own.members.length === 1 ? found.value : own, [...path, index]);
    }
    return members.object;
  }
}

/** Each call makes another volume, so that a second mount must refer to the first one's value. */
function isFresh(value: SourceValue): boolean {
  return typeof value === "object" && value !== null && "call" in value;
}

/** The mode that files have anyway, which generators write out. */
const usualMode = 0o644;

function volumeValue(context: ConstructContext, given: unknown): VolumeValue | undefined {
  const volume = Object.fromEntries(
    Object.entries(given as object).map(([name, source]) => {
      if (at(source, ["defaultMode"]) !== usualMode) return [name, source];
      const { defaultMode: _, ...rest } = source as { readonly defaultMode: unknown };
      return [name, rest];
    }),
  );
  const kind = Object.keys(volume).find((name) => name !== "name");
  const source = kind === undefined ? {} : at(volume, [kind]);
  switch (kind) {
    case undefined:
    case "emptyDir": {
      const limit = at(source, ["sizeLimit"]);
      if (!hasOnly(source ?? {}, "medium", "sizeLimit") || (limit !== undefined && !isMemory(limit))) break;
      const options = objectOf({
        medium: textAt(source, "medium") || undefined,
        sizeLimit: textAt(source, "sizeLimit"),
      });
      return {
        value: { call: ["emptyDir"], arguments: options.members.length === 0 ? [] : [options] },
        isFiles: false,
        usualName: "scratch",
      };
    }
    case "hostPath": {
      const path = textAt(source, "path");
      const type = textAt(source, "type") || undefined;
      if (path === undefined || !path.startsWith("/")) break;
      const options = type === undefined ? [] : [objectOf({ type })];
      return {
        value: { call: ["hostPath"], arguments: [path, ...options] },
        isFiles: false,
        usualName: "host",
      };
    }
    case "configMap":
    case "secret": {
      const isConfig = kind === "configMap";
      const nameField = isConfig ? "name" : "secretName";
      const linked = context.find(isConfig ? "ConfigMap" : "Secret", textAt(source, nameField));
      const items = itemsValue(source);
      if (linked?.isConstruct !== true || !hasOnly(source, nameField, "items") || items === null) break;
      return {
        value: refer(linked.statement, { name: "files", arguments: items === undefined ? [] : [items] }),
        isFiles: true,
        usualName: `${isConfig ? "config" : "secret"}-${linked.object.metadata.name}`,
      };
    }
    case "persistentVolumeClaim": {
      const linked = context.find("PersistentVolumeClaim", textAt(source, "claimName"));
      if (linked?.isConstruct !== true || !hasOnly(source, "claimName")) break;
      return { value: refer(linked.statement), isFiles: false, usualName: linked.object.metadata.name };
    }
    case "downwardAPI": {
      const files = downwardFiles(source);
      if (files === undefined) break;
      return {
        value: { call: ["downward", "files"], arguments: [files] },
        isFiles: true,
        usualName: "downward",
      };
    }
  }
  const exact = Object.fromEntries(Object.entries(volume).filter(([name]) => name !== "name"));
  if (Object.keys(exact).length !== 1) return undefined;
  const isWritable = ["emptyDir", "persistentVolumeClaim", "hostPath", "ephemeral", "nfs"].includes(
    kind ?? "",
  );
  return {
    value: { call: ["volume"], arguments: [fromData(exact)] },
    isFiles: !isWritable,
    usualName: "volume",
  };
}

/** File path to key; null when an item has a mode of its own, undefined for all keys. */
function itemsValue(source: unknown): SourceObject | undefined | null {
  const items = at(source, ["items"]);
  if (items === undefined || items === null) return undefined;
  if (!Array.isArray(items) || !items.every((item) => hasOnly(item, "key", "path"))) return null;
  return objectOf(
    Object.fromEntries(items.map((item) => [textAt(item, "path") ?? "", textAt(item, "key") ?? ""])),
  );
}

function downwardFiles(source: unknown): SourceObject | undefined {
  const items = listAt(source, "items");
  if (!hasOnly(source, "items")) return undefined;
  const files: { [path: string]: string } = {};
  for (const item of items) {
    const field = textAt(item, "fieldRef", "fieldPath");
    if (field === undefined || !hasOnly(item, "path", "fieldRef")) return undefined;
    files[textAt(item, "path") ?? ""] = field;
  }
  return objectOf(files);
}

/** Bytes with their unit; others are written as Kubernetes has them. */
function isMemory(value: unknown): boolean {
  return typeof value === "string" && hasForm(value, "Memory");
}

/** What a claim asks for. @param path - of the claim in its object. */
export function claimMembers(
  context: ConstructContext,
  claim: unknown,
  path: Path,
): SourceObject | undefined {
  const size = at(claim, ["spec", "resources", "requests", "storage"]);
  const modes = listAt(claim, "spec", "accessModes");
  if (typeof size !== "string" || !isMemory(size) || modes.length !== 1) return undefined;
  const members = new Members(context.comments);
  const spec = [...path, "spec"];
  members.set("size", size, [...spec, "resources"]);
  if (modes[0] !== "ReadWriteOnce") members.set("access", fromData(modes[0]), [...spec, "accessModes"]);
  const className = textAt(claim, "spec", "storageClassName");
  const linked = context.find("StorageClass", className, "");
  members.set("class", linked === undefined ? className : refer(linked.statement), [
    ...spec,
    "storageClassName",
  ]);
  if (path.length > 0 || claim !== context.object) {
    const [labels, annotations] = ["labels", "annotations"].map((name) =>
      textMap(at(claim, ["metadata", name])),
    );
    members.set("labels", labels === undefined ? undefined : fromData(labels));
    members.set("annotations", annotations === undefined ? undefined : fromData(annotations));
  }
  return members.object;
}
