import type { Service, ServicePort } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { Span } from "../diagnostics/span.js";
import type { Resource } from "../model/authored.js";
import { type Built, Origins } from "./built.js";
import { describedMetadata } from "./config.js";
import { checkFields, type LowerContext, numberOf, type PortSpec, resourceOf } from "./context.js";
import { patched } from "./patch.js";

const fields = ["to", "ports", "nodePorts", "labels", "annotations", "patch"];
const nodePortRange = { first: 30_000, last: 32_767 } as const;

/** @param portsOf - the named ports of a workload, over all its containers. */
export function lowerService(
  context: LowerContext,
  resource: Resource,
  portsOf: (workload: Resource) => ReadonlyMap<string, PortSpec>,
): Built {
  const origins = new Origins();
  origins.set("", resource.call);
  checkFields(context, resource.title, resource.spec, "", fields);
  const workload = resourceOf(context, resource.spec.get("to"), "daemonSet", "deployment", "job", "pod");
  if (workload === undefined) {
    context.reporter.report("field-type", resource.spec.get("to")?.span ?? resource.call, {
      resource: resource.title,
      path: "to",
      expected: "a workload of this stack",
    });
  }
  const known = workload === undefined ? new Map<string, PortSpec>() : portsOf(workload);
  const nodePorts = resource.spec.get("nodePorts");
  origins.set("spec.ports", resource.spec.get("ports"));
  const ports: ServicePort[] = (resource.spec.get("ports")?.entries() ?? []).flatMap(([number, value]) => {
    const name = value.text ?? "";
    const target = known.get(name);
    if (target === undefined) {
      if (workload !== undefined) {
        context.reporter.report(
          "port-name-unknown",
          value.span,
          { workload: workload.title, port: name, known: [...known.keys()].sort() },
          [...(workload.call === undefined ? [] : [{ span: workload.call, note: "the workload" }])],
        );
      }
      return [];
    }
    origins.set(`spec.ports[${number},${target.protocol}]`, value);
    const nodePort = nodePortOf(context, resource, name);
    return [
      {
        name,
        protocol: target.protocol,
        port: Number(number),
        targetPort: name,
        ...(nodePort === undefined ? {} : { nodePort }),
      },
    ];
  });
  for (const [name, value] of nodePorts?.entries() ?? []) {
    if (!ports.some((port) => port.name === name)) {
      context.reporter.report("port-name-unknown", value.keySpan, {
        workload: resource.title,
        port: name,
        known: ports.map((port) => port.name ?? ""),
      });
    }
  }
  ports.sort((a, b) => a.port - b.port);
  if (nodePorts !== undefined) origins.set("spec.type", nodePorts);

  const object: Service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: describedMetadata(context, resource),
    spec: {
      type: nodePorts === undefined ? "ClusterIP" : "NodePort",
      selector: { "app.kubernetes.io/name": workload?.name ?? "" },
      ports,
    },
  };
  return patched(resource, object, origins);
}

function nodePortOf(context: LowerContext, resource: Resource, name: string): number | undefined {
  const value = resource.spec.get("nodePorts")?.get(name);
  const port = numberOf(context, resource.title, value, `nodePorts.${name}`);
  if (port !== undefined && (port < nodePortRange.first || port > nodePortRange.last)) {
    context.reporter.report("port-number-invalid", value?.span, { given: String(port) });
  }
  return port;
}

/** The Service's own port that leads to the container port of this name. */
export function portNumberOf(
  context: LowerContext,
  service: Resource,
  name: string,
  at: Span,
): number | undefined {
  const ports = service.spec.get("ports")?.entries() ?? [];
  const found = ports.find(([, value]) => value.text === name);
  if (found === undefined) {
    context.reporter.report("port-name-unknown", at, {
      workload: service.title,
      port: name,
      known: ports.map(([, value]) => value.text ?? ""),
    });
  }
  return found === undefined ? undefined : Number(found[0]);
}
