import type { HorizontalPodAutoscaler } from "../../stdlib/kubernetes/generated/autoscaling-v2.js";
import type { HTTPIngressPath, Ingress } from "../../stdlib/kubernetes/generated/networking-v1.js";
import type { PodDisruptionBudget } from "../../stdlib/kubernetes/generated/policy-v1.js";
import type { Authored, Resource } from "../model/authored.js";
import { type Built, Origins } from "./built.js";
import { describedMetadata } from "./config.js";
import { checkFields, type LowerContext, numberOf, referenceSpan, resourceOf, textOf } from "./context.js";
import { patched } from "./patch.js";
import { portNumberOf } from "./service.js";

const described = ["labels", "annotations", "patch"];

export function lowerIngress(context: LowerContext, resource: Resource): Built {
  const { spec, title } = resource;
  checkFields(context, title, spec, "", [...described, "routes", "class", "tls"]);
  const origins = new Origins();
  origins.set("", resource.call);
  const className = textOf(context, title, origins.take(spec, "class", "spec.ingressClassName"), "class");
  const tls = origins.take(spec, "tls", "spec.tls")?.entries() ?? [];
  const routes = origins.take(spec, "routes", "spec.rules")?.entries() ?? [];
  const object: Ingress = {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: describedMetadata(context, resource),
    spec: {
      ...(className === undefined ? {} : { ingressClassName: className }),
      ...(tls.length === 0
        ? {}
        : {
            tls: tls.map(([host, secret]) => ({
              hosts: [host],
              secretName: textOf(context, title, secret, `tls.${host}`) ?? "",
            })),
          }),
      rules: routes.map(([host, paths], index) => {
        origins.set(`spec.rules[${index}]`, paths);
        return {
          ...(host === "*" ? {} : { host }),
          http: { paths: paths.entries().flatMap(([path, to]) => lowerPath(context, resource, path, to)) },
        };
      }),
    },
  };
  return patched(resource, object, origins);
}

function lowerPath(
  context: LowerContext,
  resource: Resource,
  path: string,
  to: Authored,
): readonly HTTPIngressPath[] {
  const { reference } = to;
  const service = reference?.kind === "servicePort" ? context.model.resources[reference.of] : undefined;
  if (reference?.kind !== "servicePort" || service === undefined) {
    context.reporter.report("field-type", to.span, {
      resource: resource.title,
      path: `routes.${path}`,
      expected: 'a port of a Service, front.port("http")',
    });
    return [];
  }
  const { port: name } = reference;
  if (portNumberOf(context, service, name, referenceSpan(context, reference, to)) === undefined) return [];
  return [{ path, pathType: "Prefix", backend: { service: { name: service.name, port: { name } } } }];
}

export function lowerDisruptionBudget(context: LowerContext, resource: Resource): Built {
  const { spec, title } = resource;
  checkFields(context, title, spec, "", [...described, "of", "min", "max"]);
  const origins = new Origins();
  origins.set("", resource.call);
  const workload = workloadOf(context, resource, "daemonSet", "deployment", "pod");
  const amount = (name: string, to: string) =>
    origins.take(spec, name, to)?.value as number | string | undefined;
  const [min, max] = [amount("min", "spec.minAvailable"), amount("max", "spec.maxUnavailable")];
  if ((min === undefined) === (max === undefined))
    context.reporter.report("field-type", spec.span, {
      resource: title,
      path: "min",
      expected: "one of min and max",
    });
  const object: PodDisruptionBudget = {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: describedMetadata(context, resource),
    spec: {
      ...(min === undefined ? {} : { minAvailable: min }),
      ...(max === undefined ? {} : { maxUnavailable: max }),
      selector: { matchLabels: { "app.kubernetes.io/name": workload?.name ?? "" } },
    },
  };
  return patched(resource, object, origins);
}

export function lowerAutoscaler(context: LowerContext, resource: Resource): Built {
  const { spec, title } = resource;
  checkFields(context, title, spec, "", [...described, "of", "min", "max", "cpu", "memory"]);
  const origins = new Origins();
  origins.set("", resource.call);
  const workload = workloadOf(context, resource, "deployment");
  const percent = (name: "cpu" | "memory") => {
    const text = textOf(context, title, origins.take(spec, name, "spec.metrics"), name);
    const value = /^(\d+)%$/.exec(text ?? "")?.[1];
    if (text !== undefined && value === undefined)
      context.reporter.report("field-type", spec.get(name)?.span, {
        resource: title,
        path: name,
        expected: 'a percentage such as "80%"',
      });
    return value === undefined ? undefined : Number(value);
  };
  const asked = { cpu: percent("cpu"), memory: percent("memory") };
  const wanted = asked.cpu === undefined && asked.memory === undefined ? { cpu: 80 } : asked;
  const object: HorizontalPodAutoscaler = {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: describedMetadata(context, resource),
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: workload?.name ?? "" },
      minReplicas: numberOf(context, title, origins.take(spec, "min", "spec.minReplicas"), "min") ?? 1,
      maxReplicas: numberOf(context, title, origins.take(spec, "max", "spec.maxReplicas"), "max") ?? 1,
      metrics: Object.entries(wanted).flatMap(([name, averageUtilization]) =>
        averageUtilization === undefined
          ? []
          : [{ type: "Resource", resource: { name, target: { type: "Utilization", averageUtilization } } }],
      ),
    },
  };
  return patched(resource, object, origins);
}

function workloadOf(
  context: LowerContext,
  { call, spec, title }: Resource,
  ...constructs: readonly string[]
): Resource | undefined {
  const found = resourceOf(context, spec.get("of"), ...constructs);
  if (found === undefined)
    context.reporter.report("field-type", spec.get("of")?.span ?? call, {
      resource: title,
      path: "of",
      expected: `a ${constructs.join(" or ")} of this stack`,
    });
  return found;
}
