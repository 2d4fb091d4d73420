import type { HorizontalPodAutoscalerSpec } from "../../stdlib/kubernetes/generated/autoscaling-v2.js";
import type { ConfigMap } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { ImageBuild, SecretDeclaration } from "../../stdlib/schema/bundle.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { Unsettled } from "../diagnostics/unsettled.js";
import type { Resource } from "../model/authored.js";
import { lowerServiceAccount } from "./access.js";
import { type Built, Origins } from "./built.js";
import { lowerNamespace, lowerNode, lowerPriorityClass } from "./cluster.js";
import { type LoweredSecret, lowerConfigMap, lowerSecret } from "./config.js";
import { type LowerContext, type LowerInput, namespaceOf, type PortSpec } from "./context.js";
import { lowerExact, lowerManifest } from "./exact.js";
import { LoweredImages } from "./images.js";
import { lowerCronJob, lowerJob } from "./jobs.js";
import { lowerNetworkPolicy } from "./network-policy.js";
import { type LoweredWorkload, lowerPodObject } from "./pod.js";
import { refuseReserved } from "./reserved.js";
import { lowerExternalService, lowerService } from "./service.js";
import { lowerAutoscaler, lowerDisruptionBudget, lowerIngress } from "./traffic.js";
import { lowerClaim } from "./volumes.js";
import { lowerDaemonSet, lowerDeployment, lowerStatefulSet } from "./workload.js";
import { exactPorts, kindOf } from "./workload-of.js";

export interface Lowered {
  readonly built: readonly Built[];
  readonly secrets: readonly SecretDeclaration[];
  /** What the secrets will be, without their values. */
  readonly secretObjects: readonly Built[];
  readonly images: readonly ImageBuild[];
  /** Objects by the index of the resource they were made of. */
  readonly byResource: ReadonlyMap<number, readonly Built[]>;
}

/** An object that an earlier compile made of the same resource. */
export type KeptObject = Pick<Built, "exact" | "object" | "written">;

/**
 * Lowers the stack's included resources. Pure: equal models and inputs give byte-equal results. Mistakes are reported
 * and the rest is lowered all the same, so that one run shows them all.
 */
export class Lowering {
  readonly #context: LowerContext;
  readonly #images: LoweredImages;
  readonly #unsettled: Unsettled;
  readonly #configs = new Map<Resource, Built>();
  readonly #workloads = new Map<Resource, LoweredWorkload>();
  readonly #secrets: LoweredSecret[] = [];

  constructor(input: LowerInput, unsettled = new Unsettled(input.reporter)) {
    const fileText: LowerInput["fileText"] = (path, at) => {
      unsettled.fileRead();
      return input.fileText(path, at);
    };
    this.#context = { ...input, fileText, ...relations(input) };
    this.#images = new LoweredImages(this.#context);
    this.#unsettled = unsettled;
  }

  /** @param keptOf - objects of a resource that need not be made again. */
  all(keptOf: (resource: Resource) => readonly KeptObject[] | undefined = () => undefined): Lowered {
    const byResource = new Map<number, readonly Built[]>();
    for (const resource of this.#context.model.resources.filter(({ included }) => included)) {
      const kept = keptOf(resource);
      const later = (index: number) => () => this.#lower(resource)[index]?.origins ?? new Origins();
      const { index: of, title } = resource;
      const built =
        kept?.map((object, index): Built => {
          return { ...object, resource: of, title, origins: new Origins(later(index)) };
        }) ?? this.#lower(resource);
      byResource.set(resource.index, built);
    }
    return {
      built: [...byResource.values()].flat(),
      secrets: this.#secrets.map(({ declaration }) => declaration).sort(byNameAndNamespace),
      secretObjects: this.#secrets.map(({ built }) => built),
      images: this.#images.builds,
      byResource,
    };
  }

  /** What others make of a resource without its referring to them, as text; for an image, what it is built from. */
  besides(index: number): string {
    const { headless, model, scaled } = this.#context;
    const resource = model.resources[index];
    const service = headless.get(index);
    const build =
      resource?.construct !== "image"
        ? undefined
        : this.#unsettled.during(resource.index, () => this.#images.build(resource));
    const said = service === undefined ? undefined : [service.name, namespaceOf(this.#context, service)];
    return JSON.stringify([scaled.has(index), said, service?.spec.value, build]);
  }

  #lower(resource: Resource): readonly Built[] {
    return this.#unsettled.during(resource.index, () => {
      refuseReserved(this.#context, resource);
      return this.#objectsOf(resource);
    });
  }

  #objectsOf(resource: Resource): readonly Built[] {
    const context = this.#context;
    switch (resource.construct) {
      case "image":
        this.#images.build(resource);
        return [];
      case "configMap":
        return [this.#configOf(resource)];
      case "secret":
        this.#secrets.push(lowerSecret(context, resource));
        return [];
      case "service":
        return [lowerService(context, resource, this.#portsOf)];
      case "externalService":
        return [lowerExternalService(context, resource)];
      case "serviceAccount":
        return lowerServiceAccount(context, resource);
      case "networkPolicy":
        if (resource.spec.get("of")?.text === "all") this.#unsettled.add(resource.index); // may name ports of any workload
        return [lowerNetworkPolicy(context, resource, this.#portsOf)];
      case "claim":
        return [lowerClaim(context, resource)];
      case "namespace":
        return [lowerNamespace(context, resource)];
      case "priorityClass":
        return [lowerPriorityClass(context, resource)];
      case "node":
        return [lowerNode(context, resource)];
      case "statefulSet": {
        const workload = this.#workloadOf(resource);
        return [workload, ...(workload.beside ?? [])];
      }
      case "manifests":
        this.#unsettled.fileRead();
        return (context.manifests?.get(resource.index) ?? []).map((one) =>
          lowerManifest(context, resource, one),
        );
      case "ingress":
        return [lowerIngress(context, resource)];
      case "disruptionBudget":
        return [lowerDisruptionBudget(context, resource)];
      case "autoscaler":
        return [lowerAutoscaler(context, resource)];
      default:
        return [isWorkload(resource) ? this.#workloadOf(resource) : lowerExact(context, resource)];
    }
  }

  #configOf(resource: Resource): Built {
    const known = this.#configs.get(resource);
    if (known !== undefined) return known;
    const config = this.#unsettled.during(resource.index, () => lowerConfigMap(this.#context, resource));
    this.#configs.set(resource, config);
    return config;
  }

  readonly #configData = (resource: Resource) => (this.#configOf(resource).object as ConfigMap).data ?? {};

  #workloadOf(resource: Resource): LoweredWorkload {
    const known = this.#workloads.get(resource);
    if (known !== undefined) return known;
    const lowerIt = workloadConstructs[resource.construct as keyof typeof workloadConstructs];
    const workload = this.#unsettled.during(resource.index, () =>
      lowerIt(this.#context, resource, this.#images, this.#configData),
    );
    this.#workloads.set(resource, workload);
    return workload;
  }

  readonly #portsOf = (workload: Resource): ReadonlyMap<string, PortSpec> =>
    workload.construct === "l1" ? exactPorts(workload) : this.#workloadOf(workload).ports;
}

function byNameAndNamespace(a: SecretDeclaration, b: SecretDeclaration): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.namespace < b.namespace ? -1 : 1;
}

/** What resources say of each other, found once: a stack may have thousands. */
function relations(input: LowerInput): Pick<LowerContext, "scaled" | "headless"> {
  const { manifests, model } = input;
  const included = model.resources.filter((resource) => resource.included);
  const headless = new Map<number, Resource>();
  const written = included.filter(
    ({ construct, spec }) => construct === "l1" && spec.get("kind")?.text === autoscalerKind,
  );
  const read = [...(manifests?.values() ?? [])].flat().filter(({ object }) => object.kind === autoscalerKind);
  const autoscalers = [
    ...written.map(({ spec }) => spec.data as KubeObject),
    ...read.map(({ object }) => object),
  ];
  const targets = new Set(autoscalers.map((object) => scaledBy(object, input.namespace)));
  const isTarget = (resource: Resource) =>
    targets.has(`${kindOf(resource)} ${namespaceOf(input, resource)}/${resource.name}`);
  const scaled = new Set(targets.size === 0 ? [] : included.filter(isTarget).map(({ index }) => index));
  for (const resource of included) {
    const { construct, spec } = resource;
    const of = spec.get(construct === "autoscaler" ? "of" : "to")?.resource;
    if (of === undefined) continue;
    if (construct === "autoscaler") scaled.add(of);
    if (construct === "service" && spec.get("type")?.text === "Headless") headless.set(of, resource);
  }
  return { scaled, headless };
}

const autoscalerKind = "HorizontalPodAutoscaler";

/** The workload whose pods an exact autoscaler counts; of an object that nobody has judged yet. */
function scaledBy({ metadata, spec }: Partial<KubeObject>, namespace: string): string {
  const { kind, name } = (spec as Partial<HorizontalPodAutoscalerSpec> | null)?.scaleTargetRef ?? {};
  return `${kind} ${metadata?.namespace ?? namespace}/${name}`;
}

/** Constructs whose object makes pods. */
const workloadConstructs = {
  cronJob: lowerCronJob,
  daemonSet: lowerDaemonSet,
  deployment: lowerDeployment,
  job: lowerJob,
  pod: lowerPodObject,
  statefulSet: lowerStatefulSet,
} as const;

function isWorkload({ construct }: Resource): boolean {
  return Object.hasOwn(workloadConstructs, construct);
}
