import type { ConfigMap } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { ImageBuild, SecretDeclaration } from "../../stdlib/schema/bundle.js";
import type { Model, Resource } from "../model/authored.js";
import { lowerServiceAccount } from "./access.js";
import type { Built } from "./built.js";
import { lowerNamespace, lowerNode, lowerPriorityClass } from "./cluster.js";
import { lowerConfigMap, lowerSecret } from "./config.js";
import type { LowerContext, LowerInput, PortSpec } from "./context.js";
import { lowerExact, lowerManifest } from "./exact.js";
import { LoweredImages } from "./images.js";
import { lowerCronJob, lowerJob } from "./jobs.js";
import { lowerNetworkPolicy } from "./network-policy.js";
import { type LoweredWorkload, lowerPodObject } from "./pod.js";
import { lowerExternalService, lowerService } from "./service.js";
import { lowerAutoscaler, lowerDisruptionBudget, lowerIngress } from "./traffic.js";
import { lowerClaim } from "./volumes.js";
import { lowerDaemonSet, lowerDeployment, lowerStatefulSet } from "./workload.js";
import { exactPorts } from "./workload-of.js";

export interface Lowered {
  readonly built: readonly Built[];
  readonly secrets: readonly SecretDeclaration[];
  readonly images: readonly ImageBuild[];
}

/**
 * Lowers the stack's included resources. Pure: equal models and inputs give byte-equal results. Mistakes are reported
 * and the rest is lowered all the same, so that one run shows them all.
 */
export function lower(input: LowerInput): Lowered {
  const context = { ...input, ...relations(input.model) };
  const images = new LoweredImages(context);
  const configs = new Map<Resource, Built>();
  const workloads = new Map<Resource, LoweredWorkload>();

  const configOf = (resource: Resource): Built => {
    const known = configs.get(resource) ?? lowerConfigMap(context, resource);
    configs.set(resource, known);
    return known;
  };
  const configData = (resource: Resource) => (configOf(resource).object as ConfigMap).data ?? {};
  const workloadOf = (resource: Resource): LoweredWorkload => {
    const lowerIt = workloadConstructs[resource.construct as keyof typeof workloadConstructs];
    const known = workloads.get(resource) ?? lowerIt(context, resource, images, configData);
    workloads.set(resource, known);
    return known;
  };
  const portsOf = (workload: Resource): ReadonlyMap<string, PortSpec> =>
    workload.construct === "l1" ? exactPorts(workload) : workloadOf(workload).ports;

  const built: Built[] = [];
  const secrets: SecretDeclaration[] = [];
  for (const resource of context.model.resources.filter(({ included }) => included)) {
    switch (resource.construct) {
      case "image":
        images.build(resource);
        break;
      case "configMap":
        built.push(configOf(resource));
        break;
      case "secret":
        secrets.push(lowerSecret(context, resource));
        break;
      case "service":
        built.push(lowerService(context, resource, portsOf));
        break;
      case "externalService":
        built.push(lowerExternalService(context, resource));
        break;
      case "serviceAccount":
        built.push(...lowerServiceAccount(context, resource));
        break;
      case "networkPolicy":
        built.push(lowerNetworkPolicy(context, resource, portsOf));
        break;
      case "claim":
        built.push(lowerClaim(context, resource));
        break;
      case "namespace":
        built.push(lowerNamespace(context, resource));
        break;
      case "priorityClass":
        built.push(lowerPriorityClass(context, resource));
        break;
      case "node":
        built.push(lowerNode(resource));
        break;
      case "statefulSet":
        built.push(workloadOf(resource), ...(workloadOf(resource).beside ?? []));
        break;
      case "manifests":
        for (const one of input.manifests?.get(resource.index) ?? []) built.push(lowerManifest(context, one));
        break;
      case "ingress":
        built.push(lowerIngress(context, resource));
        break;
      case "disruptionBudget":
        built.push(lowerDisruptionBudget(context, resource));
        break;
      case "autoscaler":
        built.push(lowerAutoscaler(context, resource));
        break;
      default:
        built.push(isWorkload(resource) ? workloadOf(resource) : lowerExact(context, resource));
    }
  }
  return { built, secrets: secrets.sort((a, b) => (a.name < b.name ? -1 : 1)), images: images.builds };
}

/** What resources say of each other, found once: a stack may have thousands. */
function relations(model: Model): Pick<LowerContext, "scaled" | "headless"> {
  const scaled = new Set<number>();
  const headless = new Map<number, Resource>();
  for (const resource of model.resources.filter(({ included }) => included)) {
    const { construct, spec } = resource;
    const of = spec.get(construct === "autoscaler" ? "of" : "to")?.resource;
    if (of === undefined) continue;
    if (construct === "autoscaler") scaled.add(of);
    if (construct === "service" && spec.get("type")?.text === "Headless") headless.set(of, resource);
  }
  return { scaled, headless };
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
