import type { World } from "../../stdlib/base/clock.js";
import { deepEqual } from "../../stdlib/base/json.js";
import type { Service } from "../../stdlib/kubernetes/generated/core-v1.js";
import { describeConflicts, serverSideApply, trackUpdate } from "../../stdlib/schema/apply/apply.js";
import { applyDefaults } from "../../stdlib/schema/defaults/defaults.js";
import { typeTable } from "../../stdlib/schema/generated/table.js";
import type { FieldError, KubeObject } from "../../stdlib/schema/objects.js";
import { applyJsonPatch } from "../../stdlib/schema/patch/json-patch.js";
import { applyMergePatch } from "../../stdlib/schema/patch/merge-patch.js";
import { strategicMergePatch } from "../../stdlib/schema/patch/strategic-merge-patch.js";
import type { KindRow } from "../../stdlib/schema/table.js";
import { unenforcedFields } from "../../stdlib/schema/unenforced.js";
import { validateCreate, validateUpdate } from "../../stdlib/schema/validation/validate.js";
import type { DeleteOptions, PatchTarget } from "../client/client.js";
import { isApiError } from "../client/errors.js";
import { StoreConflict } from "../store/errors.js";
import type { Store } from "../store/store.js";
import { withoutWrites } from "./dry-run.js";
import { AllocationFailed, allocate, keepAllocated, type ServiceRanges } from "./service-addresses.js";
import {
  alreadyExists,
  applyConflict,
  badRequest,
  changedMeanwhile,
  conflict,
  forbidden,
  invalid,
  namespaceTerminating,
  notFound,
} from "./status-error.js";
import { decodeStored, isGone, keyOf, prefixOf, withoutBookkeeping } from "./stored.js";
import { prepareCreate, prepareDelete, prepareUpdate } from "./strategy.js";

export interface RegistryOptions {
  readonly store: Store;
  readonly world: World;
  readonly services: ServiceRanges;
}

/** Reads what a patch made as an object of its kind, or refuses it. */
export type Decode = (patched: unknown) => KubeObject;

/** Source: Kubernetes `plugin/pkg/admission/lifecycle`. */
const lastingNamespaces: ReadonlySet<string> = new Set(["default", "kube-system", "kube-public"]);
const attempts = 5;
const nameAlphabet = "bcdfghjklmnpqrstvwxz2456789";
/** A name has 63 characters at most; five of them are random. */
const longestBase = 58;

/**
 * Objects with the API's semantics over a revisioned store: every kind goes through here, and what differs between
 * kinds is in the schema table and in `strategy.ts`.
 *
 * Source: Kubernetes `apiserver/pkg/registry/generic/registry/store.go` and `registry/rest`.
 */
export class Registry {
  readonly #store: Store;
  readonly #world: World;
  readonly #services: ServiceRanges;
  /** Services on their way to the store: what they were given is taken already. */
  readonly #beingStored = new Set<KubeObject>();

  constructor(options: RegistryOptions) {
    this.#store = options.store;
    this.#world = options.world;
    this.#services = options.services;
  }

  /** @throws NotFound */
  get(row: KindRow, namespace: string, name: string): KubeObject {
    const object = this.find(row, namespace, name);
    if (object === undefined) throw notFound(row, name);
    return object;
  }

  find(row: KindRow, namespace: string, name: string): KubeObject | undefined {
    const stored = this.#store.get(keyOf(row, namespace, name));
    return stored === undefined ? undefined : decodeStored(stored.value, stored.revision);
  }

  /** All of a namespace, or of all with `""`. */
  list(row: KindRow, namespace: string): readonly KubeObject[] {
    return this.#store
      .list(prefixOf(row, namespace))
      .map(({ value, revision }) => decodeStored(value, revision));
  }

  get revision(): number {
    return this.#store.revision;
  }

  /** The same objects, but nothing that is written is kept: what `dryRun=All` asks. */
  dryRun(): Registry {
    return new Registry({
      store: withoutWrites(this.#store),
      world: this.#world,
      services: this.#services,
    });
  }

  async create(row: KindRow, given: KubeObject, manager: string): Promise<KubeObject> {
    if (given.metadata.resourceVersion)
      throw badRequest("resourceVersion should not be set on objects to be created");
    const generated = given.metadata.name ? undefined : given.metadata.generateName;
    for (let attempt = 0; ; attempt += 1) {
      const name = given.metadata.name || (generated === undefined ? "" : this.#generateName(generated));
      try {
        return await this.#createNamed(row, { ...given, metadata: { ...given.metadata, name } }, manager);
      } catch (error) {
        if (generated === undefined || attempt >= attempts || !isApiError(error, "AlreadyExists"))
          throw error;
      }
    }
  }

  async #createNamed(row: KindRow, given: KubeObject, manager: string, tracked = false): Promise<KubeObject> {
    const name = given.metadata.name ?? "";
    this.#requireNamespace(row, given);
    const prepared = prepareCreate(row, applyDefaults(row, given), { now: this.#now(), uid: this.#uid() });
    this.#refuse(row, name, [...validateCreate(row, prepared), ...unenforcedFields(prepared)]);
    // Tracked before addresses are handed out: the client did not set those, so it does not own them.
    const owned = tracked
      ? prepared
      : trackUpdate({
          table: typeTable,
          row,
          before: undefined,
          after: prepared,
          manager,
          time: this.#now(),
        });
    const object = this.#allocate(row, owned, undefined);
    return this.#write(row, object, 0, () => alreadyExists(row, name));
  }

  /** Replaces the object, or only its status. A `resourceVersion` in it must be the stored one. */
  async update(
    row: KindRow,
    given: KubeObject,
    manager: string,
    subresource?: "status",
  ): Promise<KubeObject> {
    const { namespace = "", name = "" } = given.metadata;
    return this.#retry(row, name, given.metadata.resourceVersion, () => {
      const before = this.get(row, namespace, name);
      if (
        given.metadata.resourceVersion &&
        given.metadata.resourceVersion !== before.metadata.resourceVersion
      )
        throw conflict(row, name, changedMeanwhile);
      return this.#replace(row, before, given, manager, subresource);
    });
  }

  /**
   * JSON, merge and strategic patches, and server-side apply, which creates what is not there.
   *
   * `decode` is for patches from outside: what comes of them has not been checked against the schema.
   */
  async patch(
    row: KindRow,
    target: PatchTarget,
    manager: string,
    decode: Decode = (patched) => patched as KubeObject,
  ): Promise<KubeObject> {
    const { namespace, name, type, body } = target;
    if (target.subresource === "scale") return this.#patchScale(row, target, manager);
    return this.#retry(row, name, undefined, () => {
      if (type === "apply") return this.#apply(row, target, manager);
      const before = this.get(row, namespace, name);
      const after = decode(
        type === "json"
          ? applyJsonPatch(before, body)
          : type === "merge"
            ? applyMergePatch(before, body)
            : strategicMergePatch(typeTable, row.type, before, body),
      );
      if (after.metadata.uid !== before.metadata.uid)
        throw conflict(row, name, `the UID in the precondition does not match: ${after.metadata.uid}`);
      if (after.metadata.resourceVersion !== before.metadata.resourceVersion)
        throw conflict(row, name, changedMeanwhile);
      return this.#replace(row, before, after, manager, target.subresource);
    });
  }

  async #apply(row: KindRow, target: PatchTarget, manager: string): Promise<KubeObject> {
    const applied = target.body as KubeObject;
    const live = this.find(row, target.namespace, target.name);
    const intent = {
      ...applied,
      metadata: {
        ...applied.metadata,
        name: target.name,
        ...(row.namespaced ? { namespace: target.namespace } : {}),
      },
    };
    const { object, conflicts } = serverSideApply({
      table: typeTable,
      row,
      live,
      applied: intent,
      manager: target.fieldManager ?? manager,
      force: target.force === true,
      time: this.#now(),
      ...(target.subresource === undefined ? {} : { subresource: target.subresource }),
    });
    if (conflicts.length > 0 && target.force !== true) {
      const { message, causes } = describeConflicts(conflicts);
      throw applyConflict(message, causes);
    }
    if (live === undefined) return this.#createApplied(row, object, manager);
    return this.#replace(
      row,
      live,
      object,
      manager,
      target.subresource === "status" ? "status" : undefined,
      true,
    );
  }

  /** Somebody may have made the object meanwhile: then it is applied to that one. */
  async #createApplied(row: KindRow, object: KubeObject, manager: string): Promise<KubeObject> {
    try {
      return await this.#createNamed(row, object, manager, true);
    } catch (error) {
      if (!isApiError(error, "AlreadyExists")) throw error;
      throw new StoreConflict({ key: object.metadata.name ?? "", expected: 0, actual: this.#store.revision });
    }
  }

  /** `spec.replicas` alone, as the Scale subresource has it. */
  #patchScale(row: KindRow, target: PatchTarget, manager: string): Promise<KubeObject> {
    const replicas = (target.body as { spec?: { replicas?: number } }).spec?.replicas;
    if (replicas === undefined) throw badRequest("a Scale patch must set spec.replicas");
    return this.patch(
      row,
      { namespace: target.namespace, name: target.name, type: "merge", body: { spec: { replicas } } },
      manager,
    );
  }

  async #replace(
    row: KindRow,
    before: KubeObject,
    given: KubeObject,
    manager: string,
    subresource?: string,
    tracked = false,
  ): Promise<KubeObject> {
    const name = before.metadata.name ?? "";
    const prepared = this.#keepAllocated(
      row,
      prepareUpdate(row, applyDefaults(row, given), before, subresource),
      before,
    );
    if (subresource !== "status")
      this.#refuse(row, name, [...validateUpdate(row, prepared, before), ...unenforcedFields(prepared)]);
    const owned = tracked
      ? prepared
      : trackUpdate({
          table: typeTable,
          row,
          before,
          after: prepared,
          manager,
          time: this.#now(),
          ...(subresource === undefined ? {} : { subresource }),
        });
    const object = this.#allocate(row, owned, before);
    if (deepEqual(withoutBookkeeping(object), withoutBookkeeping(before))) return before; // nothing to store, no event
    const revision = Number(before.metadata.resourceVersion);
    if (isGone(object)) {
      await this.#remove(row, before, revision);
      return object;
    }
    return this.#write(row, object, revision, () => conflict(row, name, changedMeanwhile));
  }

  /** Removes at once, or marks for deletion where a grace period or finalizers hold the object. */
  async delete(
    row: KindRow,
    namespace: string,
    name: string,
    options: DeleteOptions = {},
  ): Promise<KubeObject> {
    return this.#retry(row, name, undefined, async () => {
      const before = this.get(row, namespace, name);
      if (row.type === "core.v1.Namespace" && lastingNamespaces.has(name))
        throw forbidden(row, name, "this namespace may not be deleted");
      const { uid, resourceVersion } = options.preconditions ?? {};
      if (uid !== undefined && uid !== before.metadata.uid)
        throw conflict(
          row,
          name,
          `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before.metadata.uid}`,
        );
      if (resourceVersion !== undefined && resourceVersion !== before.metadata.resourceVersion)
        throw conflict(row, name, changedMeanwhile);
      const marked = prepareDelete(row, before, options, this.#world.clock.now());
      const revision = Number(before.metadata.resourceVersion);
      if (marked === undefined) {
        await this.#remove(row, before, revision);
        return before;
      }
      return deepEqual(marked, before)
        ? before
        : this.#write(row, marked, revision, () => conflict(row, name, changedMeanwhile));
    });
  }

  /** `pods/binding` and `namespaces/finalize`. */
  async createSubresource(
    row: KindRow,
    namespace: string,
    name: string,
    subresource: string,
    body: KubeObject,
  ): Promise<void> {
    await this.#retry(row, name, undefined, async () => {
      const before = this.get(row, namespace, name);
      const spec = before["spec"] as { nodeName?: string; finalizers?: string[] } | undefined;
      if (row.kind === "Pod" && subresource === "binding") {
        const node = (body["target"] as { name?: string } | undefined)?.name ?? "";
        if (spec?.nodeName)
          throw conflict(row, name, `pod ${name} is already assigned to node "${spec.nodeName}"`);
        const time = this.#now();
        const status = before["status"] as { conditions?: { type: string }[] } | undefined;
        const conditions = [
          ...(status?.conditions ?? []).filter(({ type }) => type !== "PodScheduled"),
          { type: "PodScheduled", status: "True", lastTransitionTime: time },
        ];
        const bound = { ...before, spec: { ...spec, nodeName: node }, status: { ...status, conditions } };
        return this.#write(row, bound, Number(before.metadata.resourceVersion), () =>
          conflict(row, name, changedMeanwhile),
        );
      }
      if (row.kind === "Namespace" && subresource === "finalize") {
        const finalizers = (body["spec"] as { finalizers?: string[] } | undefined)?.finalizers ?? [];
        const object = { ...before, spec: { ...spec, finalizers } };
        if (!isGone(object))
          return this.#write(row, object, Number(before.metadata.resourceVersion), () =>
            conflict(row, name, changedMeanwhile),
          );
        await this.#remove(row, before, Number(before.metadata.resourceVersion));
        return object;
      }
      throw notFound(row, `${name}/${subresource}`);
    });
  }

  /** A conflict of writers is tried again, unless the caller named the version it means. */
  async #retry<T>(
    row: KindRow,
    name: string,
    resourceVersion: string | undefined,
    attempt: () => Promise<T> | T,
  ): Promise<T> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof StoreConflict)) throw error;
        if (resourceVersion || tried >= attempts) throw conflict(row, name, changedMeanwhile);
      }
    }
  }

  async #write(
    row: KindRow,
    object: KubeObject,
    expect: number,
    onConflict: () => Error,
  ): Promise<KubeObject> {
    const { namespace = "", name = "" } = object.metadata;
    const value = JSON.stringify({ ...object, metadata: { ...object.metadata, resourceVersion: undefined } });
    if (isService(row)) this.#beingStored.add(object);
    try {
      const revision = await this.#store.commit([{ key: keyOf(row, namespace, name), value, expect }]);
      return decodeStored(value, revision);
    } catch (error) {
      if (error instanceof StoreConflict && expect === 0) throw onConflict();
      throw error;
    } finally {
      this.#beingStored.delete(object);
    }
  }

  async #remove(row: KindRow, object: KubeObject, expect: number): Promise<void> {
    await this.#store.commit([
      {
        key: keyOf(row, object.metadata.namespace ?? "", object.metadata.name ?? ""),
        value: undefined,
        expect,
      },
    ]);
  }

  #keepAllocated(row: KindRow, object: KubeObject, before: KubeObject): KubeObject {
    if (!isService(row)) return object;
    return keepAllocated(object as unknown as Service, before as unknown as Service) as KubeObject;
  }

  #allocate(row: KindRow, object: KubeObject, before: KubeObject | undefined): KubeObject {
    if (!isService(row)) return object;
    const others = [...this.list(row, ""), ...this.#beingStored].filter(
      ({ metadata }) => metadata.uid !== object.metadata.uid,
    );
    try {
      return allocate(
        object as unknown as Service,
        others as unknown as Service[],
        this.#services,
        before as unknown as Service | undefined,
      );
    } catch (error) {
      if (!(error instanceof AllocationFailed)) throw error;
      throw invalid(row, object.metadata.name ?? "", [error.error]);
    }
  }

  #requireNamespace(row: KindRow, object: KubeObject): void {
    if (!row.namespaced) return;
    const { namespace = "", name = "" } = object.metadata;
    const found = this.#store.get(`core/namespaces//${namespace}`);
    if (found === undefined) throw notFound({ ...row, group: "", resource: "namespaces" }, namespace);
    if (decodeStored(found.value, found.revision).metadata.deletionTimestamp !== undefined) {
      throw namespaceTerminating(row, name, namespace);
    }
  }

  #refuse(row: KindRow, name: string, errors: readonly FieldError[]): void {
    if (errors.length > 0) throw invalid(row, name, errors);
  }

  #generateName(base: string): string {
    const suffix = Array.from(
      { length: 5 },
      () => nameAlphabet[this.#world.random.uint32() % nameAlphabet.length],
    ).join("");
    return `${base.slice(0, longestBase)}${suffix}`;
  }

  /** RFC 9562 version 4. */
  #uid(): string {
    const bytes = Buffer.from(this.#world.random.bytes(16));
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  #now(): string {
    return new Date(this.#world.clock.now()).toISOString().replace(/\.\d+Z$/, "Z");
  }
}

function isService(row: KindRow): boolean {
  return row.type === "core.v1.Service";
}
