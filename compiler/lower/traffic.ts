import type {
  HorizontalPodAutoscaler,
  HPAScalingRules,
} from "../../stdlib/kubernetes/generated/autoscaling-v2.js";
import type {
  HTTPIngressPath,
  Ingress,
  IngressRule,
} from "../../stdlib/kubernetes/generated/networking-v1.js";
import type { PodDisruptionBudget } from "../../stdlib/kubernetes/generated/policy-v1.js";
import type { Authored, Resource } from "../model/authored.js";
import type { Built, Origins } from "./built.js";
import { describedMetadata, originsOf } from "./config.js";
import { defined } from "./container.js";
import { amountOf, checkNamespace, type LowerContext, nameOf, referenceSpan, secondsOf } from "./context.js";
import { patched } from "./patch.js";
import { portNameOf, portNumberOf } from "./service.js";
import { apiVersionOf, kindOf, podLabels, workloadOf } from "./workload-of.js";

export function lowerIngress(context: LowerContext, resource: Resource): Built {
  const { spec } = resource;
  const origins = originsOf(resource);
  const className = nameOf(context, origins.take(spec, "class", "spec.ingressClassName"));
  const tls = origins.take(spec, "tls", "spec.tls")?.entries() ?? [];
  const routes = origins.take(spec, "routes", "spec.rules")?.entries() ?? [];
  const otherwise = origins.take(spec, "default", "spec.defaultBackend");
  const defaultBackend = otherwise === undefined ? undefined : lowerBackend(context, resource, otherwise);
  if (otherwise === undefined && spec.get("routes") === undefined)
    context.reporter.report("field-missing", spec.span, { resource: resource.title, path: "routes" });
  const object: Ingress = {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: describedMetadata(context, resource),
    spec: {
      ...(className === undefined ? {} : { ingressClassName: className }),
      ...(tls.length === 0
        ? {}
        : {
            tls: tls.map(([host, secret], index) => {
              origins.set(`spec.tls[${index}]`, secret);
              origins.setKey(`spec.tls[${index}].hosts`, secret);
              return { hosts: [host], secretName: nameOf(context, secret) ?? "" };
            }),
          }),
      ...(defaultBackend === undefined ? {} : { defaultBackend }),
      ...(routes.length === 0 && defaultBackend !== undefined
        ? {}
        : { rules: routes.map((route, index) => lowerRule(context, resource, origins, route, index)) }),
    },
  };
  return patched(context, resource, object, origins);
}

function lowerRule(
  context: LowerContext,
  resource: Resource,
  origins: Origins,
  [host, paths]: readonly [string, Authored],
  index: number,
): IngressRule {
  const at = `spec.rules[${index}]`;
  origins.set(at, paths);
  origins.setKey(`${at}.host`, paths);
  const lowered = paths.entries().flatMap(([path, to]) => {
    const found = lowerPath(context, resource, path, to);
    return found === undefined ? [] : [{ path: found, to }];
  });
  for (const [position, { to }] of lowered.entries())
    origins.setKey(`${at}.http.paths[${position}].path`, to);
  return { ...(host === "*" ? {} : { host }), http: { paths: lowered.map(({ path }) => path) } };
}

const pathTypes = { prefix: "Prefix", exact: "Exact", controller: "ImplementationSpecific" } as const;

function lowerPath(
  context: LowerContext,
  resource: Resource,
  path: string,
  written: Authored,
): HTTPIngressPath | undefined {
  const backend = lowerBackend(context, resource, written.get("to") ?? written);
  const match = (written.get("match")?.text ?? "prefix") as keyof typeof pathTypes;
  return backend === undefined ? undefined : { path, pathType: pathTypes[match] ?? "Prefix", backend };
}

function lowerBackend(
  context: LowerContext,
  resource: Resource,
  to: Authored,
): HTTPIngressPath["backend"] | undefined {
  const { reference } = to;
  const service = reference?.kind === "servicePort" ? context.model.resources[reference.of] : undefined;
  if (reference?.kind !== "servicePort" || service === undefined) return undefined;
  const at = referenceSpan(context, reference, to);
  checkNamespace(context, resource, service, at);
  const number = portNumberOf(context, service, reference.port, at);
  if (number === undefined) return undefined;
  const name = typeof reference.port === "number" ? undefined : portNameOf(service, reference.port);
  return { service: { name: service.name, port: name === undefined ? { number } : { name } } };
}

export function lowerDisruptionBudget(context: LowerContext, resource: Resource): Built {
  const { spec } = resource;
  const origins = originsOf(resource);
  const workload = workloadOf(
    context,
    resource,
    "of",
    "Deployment",
    "StatefulSet",
    "ReplicaSet",
    "DaemonSet",
    "Pod",
  );
  if (workload !== undefined) checkNamespace(context, resource, workload, spec.get("of")?.span);
  const amount = (name: string, to: string) => amountOf(origins.take(spec, name, to));
  const [min, max] = [amount("min", "spec.minAvailable"), amount("max", "spec.maxUnavailable")];
  if ((min === undefined) === (max === undefined))
    context.reporter.report("choose-one", spec.span, {
      resource: resource.title,
      of: ["min", "max"],
      given: min === undefined ? [] : ["min", "max"],
    });
  const object: PodDisruptionBudget = {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: describedMetadata(context, resource),
    spec: {
      ...(min === undefined ? {} : { minAvailable: min }),
      ...(max === undefined ? {} : { maxUnavailable: max }),
      selector: { matchLabels: workload === undefined ? {} : podLabels(workload) },
    },
  };
  return patched(context, resource, object, origins);
}

export function lowerAutoscaler(context: LowerContext, resource: Resource): Built {
  const { spec } = resource;
  const origins = originsOf(resource);
  const workload = workloadOf(context, resource, "of", "Deployment", "StatefulSet", "ReplicaSet");
  if (workload !== undefined) checkNamespace(context, resource, workload, spec.get("of")?.span);
  const percent = (name: "cpu" | "memory") => {
    const value = /^(\d+)%$/.exec(origins.take(spec, name, "spec.metrics")?.text ?? "")?.[1];
    return value === undefined ? undefined : Number(value);
  };
  const asked = { cpu: percent("cpu"), memory: percent("memory") };
  const wanted = asked.cpu === undefined && asked.memory === undefined ? { cpu: 80 } : asked;
  const behavior = {
    scaleUp: lowerPace(context, resource, origins, "up", "spec.behavior.scaleUp"),
    scaleDown: lowerPace(context, resource, origins, "down", "spec.behavior.scaleDown"),
  };
  const object: HorizontalPodAutoscaler = {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: describedMetadata(context, resource),
    spec: {
      scaleTargetRef: {
        apiVersion: workload === undefined ? "apps/v1" : apiVersionOf(workload),
        kind: (workload === undefined ? undefined : kindOf(workload)) ?? "Deployment",
        name: workload?.name ?? resource.name, // what is wrong with "of" is said there
      },
      minReplicas: origins.take(spec, "min", "spec.minReplicas")?.number ?? 1,
      maxReplicas: origins.take(spec, "max", "spec.maxReplicas")?.number ?? 1,
      metrics: Object.entries(wanted).flatMap(([name, averageUtilization]) =>
        averageUtilization === undefined
          ? []
          : [{ type: "Resource", resource: { name, target: { type: "Utilization", averageUtilization } } }],
      ),
      ...(Object.values(behavior).every((rules) => rules === undefined)
        ? {}
        : { behavior: defined(behavior) }),
    },
  };
  return patched(context, resource, object, origins);
}

function lowerPace(
  context: LowerContext,
  resource: Resource,
  origins: Origins,
  name: "up" | "down",
  path: string,
): HPAScalingRules | undefined {
  const pace = origins.take(resource.spec, name, path);
  if (pace === undefined) return undefined;
  if (pace.text === "never") return { selectPolicy: "Disabled" };
  const after = secondsOf(origins.take(pace, "after", `${path}.stabilizationWindowSeconds`));
  const by = origins.take(pace, "by", `${path}.policies[0].value`);
  const every = origins.take(pace, "every", `${path}.policies[0].periodSeconds`);
  if (by === undefined && every !== undefined)
    context.reporter.report("field-missing", every.span, { resource: resource.title, path: `${name}.by` });
  const amount = amountOf(by);
  return {
    ...(after === undefined ? {} : { stabilizationWindowSeconds: after }),
    ...(amount === undefined
      ? {}
      : {
          policies: [
            {
              type: typeof amount === "number" ? "Pods" : "Percent",
              value: Number.parseInt(String(amount), 10),
              periodSeconds: secondsOf(every) ?? 15,
            },
          ],
        }),
  };
}
