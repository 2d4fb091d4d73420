import type { Service, ServicePort, ServiceSpec } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { Span } from "../diagnostics/span.js";
import type { Authored, Resource } from "../model/authored.js";
import { type Built, builtOf, type Origins } from "./built.js";
import { describedMetadata, metadataOf, originsOf } from "./config.js";
import { defined, unlessEmpty } from "./container.js";
import {
  checkNamespace,
  isPlain,
  type LowerContext,
  namespaceOf,
  type PortSpec,
  portNamed,
  portTarget,
  secondsOf,
  textsOf,
} from "./context.js";
import { patched } from "./patch.js";
import { podLabels, workloadOf } from "./workload-of.js";

/** The API server's, where no flag says otherwise. */
export const nodePortRange = { first: 30_000, last: 32_767 } as const;

/** The named ports of a workload, over all its containers. */
export type PortsOf = (workload: Resource) => ReadonlyMap<string, PortSpec>;

export function lowerService(context: LowerContext, resource: Resource, portsOf: PortsOf): Built {
  const origins = originsOf(resource);
  const { spec } = resource;
  const take = (member: string, to: string) => origins.take(spec, member, `spec.${to}`);
  const workload = workloadOf(context, resource, "to");
  if (workload !== undefined) checkNamespace(context, resource, workload, spec.get("to")?.span);
  const nodePorts = take("nodePorts", "type");
  const type = take("type", "type")?.text ?? (nodePorts === undefined ? "ClusterIP" : "NodePort");
  const sticky = secondsOf(take("sticky", "sessionAffinity"));
  take("sticky", "sessionAffinityConfig.clientIP.timeoutSeconds");
  const object: Service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: describedMetadata(context, resource),
    spec: defined({
      type: type === "Headless" ? ("ClusterIP" as const) : (type as NonNullable<ServiceSpec["type"]>),
      clusterIP: type === "Headless" ? "None" : undefined,
      selector: workload === undefined ? {} : podLabels(workload),
      ports: servicePorts(context, resource, workload, portsOf, origins),
      sessionAffinity: sticky === undefined ? undefined : ("ClientIP" as const),
      sessionAffinityConfig: sticky === undefined ? undefined : { clientIP: { timeoutSeconds: sticky } },
      externalTrafficPolicy:
        take("keepCaller", "externalTrafficPolicy")?.value === true ? ("Local" as const) : undefined,
      loadBalancerSourceRanges: textsOf(take("allowFrom", "loadBalancerSourceRanges")),
      publishNotReadyAddresses:
        take("unready", "publishNotReadyAddresses")?.value === true ? true : undefined,
    }),
  };
  return patched(context, resource, object, origins);
}

/** Stands for the ports of a workload that is none, which is reported: the Service itself is not wrong for it. */
const unknownTarget: PortSpec = { port: 1, protocol: "TCP" };

function servicePorts(
  context: LowerContext,
  resource: Resource,
  workload: Resource | undefined,
  portsOf: PortsOf,
  origins: Origins,
): ServicePort[] {
  const known = workload === undefined ? undefined : portsOf(workload);
  origins.set("spec.ports", resource.spec.get("ports"));
  const written = resource.spec.get("ports")?.entries() ?? [];
  const names = uniqueNames(
    written.map(([number, { text = "" }]) => ({ number, target: text, name: portNameOf(resource, text) })),
  );
  const ports = written.flatMap(([number, value]): ServicePort[] => {
    const name = value.text;
    const port = portNumber(context, number, value);
    if (port === undefined) return [];
    const target = known === undefined ? unknownTarget : known.get(name ?? "");
    if (name === undefined || target === undefined) {
      if (name !== undefined && workload !== undefined && known !== undefined)
        context.reporter.report(
          "port-name-unknown",
          value.span,
          { workload: workload.title, port: name, known: [...known.keys()].sort() },
          [...(workload.call === undefined ? [] : [{ span: workload.call, note: "the workload" }])],
        );
      return [];
    }
    const { protocol } = target;
    const at = `spec.ports[${number},${protocol}]`;
    origins.set(at, value);
    origins.setKey(`${at}.port`, value);
    origins.set(`${at}.name`, resource.spec.get("portNames")?.get(name) ?? value);
    const isFirst = written.find(([, { text }]) => text === name)?.[0] === number;
    const nodePort = isFirst ? nodePortOf(context, resource, name) : undefined;
    if (nodePort !== undefined) origins.set(`${at}.nodePort`, resource.spec.get("nodePorts")?.get(name));
    const targetPort = resource.spec.get("byNumber")?.value === true ? target.port : portTarget(name);
    return [defined({ name: names.get(number), protocol, port, targetPort, nodePort })];
  });
  if (ports.length < written.length) return ports; // a name that is wrong there may be the one that is missing here
  for (const [name, value] of resource.spec.get("nodePorts")?.entries() ?? []) {
    if (!written.some(([, { text }]) => text === name))
      context.reporter.report("port-name-unknown", value.keySpan, {
        workload: resource.title,
        port: name,
        known: ports.map((port) => String(port.targetPort ?? "")),
      });
  }
  return ports.sort((a, b) => a.port - b.port);
}

/**
 * Names of a Service's ports by their numbers. The first that leads to a container port has the name of that, others
 * their number behind it. Where there are several, each has a name: the API asks for it.
 */
export function uniqueNames(
  ports: readonly { readonly number: string; readonly target: string; readonly name: string | undefined }[],
): ReadonlyMap<string, string | undefined> {
  const names = new Map<string, string | undefined>();
  const used = new Set(ports.map(({ name }) => name));
  const firsts = new Map(ports.toReversed().map(({ number, target }) => [target, number]));
  for (const { name, number, target } of ports) {
    const isNumbered = name === undefined && ports.length > 1 && portNamed(target).name === undefined;
    let own = name;
    if (isNumbered || firsts.get(target) !== number)
      for (own = `${name ?? "port"}-${number}`; used.has(own); own += "-1");
    names.set(number, own);
  }
  return names;
}

/** What the Service calls the port that leads to a container port; undefined when it has no name. */
export function portNameOf(service: Resource, target: string): string | undefined {
  const given = service.spec.get("portNames")?.get(target)?.text;
  return given === undefined ? portNamed(target).name : given === "" ? undefined : given;
}

function nodePortOf(context: LowerContext, resource: Resource, name: string): number | undefined {
  const value = resource.spec.get("nodePorts")?.get(name);
  const port = value?.number;
  if (port === undefined || (port >= nodePortRange.first && port <= nodePortRange.last)) return port;
  context.reporter.report("port-number-invalid", value?.span, { given: String(port), of: "node" });
  return undefined;
}

/** The port of a Service that a key says. */
function portNumber(context: LowerContext, key: string, { keySpan }: Authored): number | undefined {
  const port = Number(key);
  if (/^\d+$/.test(key) && port >= 1 && port <= 65_535) return port;
  context.reporter.report("port-number-invalid", keySpan, { given: key, of: "service" });
  return undefined;
}

export function lowerExternalService(context: LowerContext, resource: Resource): Built {
  const origins = originsOf(resource);
  const { spec } = resource;
  origins.set("spec.ports", spec.get("ports"));
  const ports = (spec.get("ports")?.entries() ?? [])
    .flatMap(([number, value]) => {
      const port = portNumber(context, number, value);
      if (port === undefined) return [];
      const at = `spec.ports[${port},TCP]`;
      origins.set(at, value);
      origins.set(`${at}.name`, value);
      origins.setKey(`${at}.port`, value);
      return [{ name: value.text ?? "", port, protocol: "TCP" as const }];
    })
    .sort((a, b) => a.port - b.port);
  const object: Service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: describedMetadata(context, resource),
    spec: defined({
      type: "ExternalName" as const,
      externalName: origins.take(spec, "external", "spec.externalName")?.text ?? "",
      ports: unlessEmpty(ports),
    }),
  };
  return patched(context, resource, object, origins);
}

/** Name of the headless Service that a StatefulSet's pods have their host names from. */
export function headlessServiceOf(context: LowerContext, statefulSet: Resource): string {
  return context.headless.get(statefulSet.index)?.name ?? `${statefulSet.name}-pods`;
}

/** That Service, when the stack has none of its own. */
export function headlessService(
  context: LowerContext,
  statefulSet: Resource,
  ports: ReadonlyMap<string, PortSpec>,
): Built | undefined {
  if (context.headless.has(statefulSet.index) || isPlain(statefulSet)) return undefined;
  const origins = originsOf(statefulSet);
  const list = [...ports].map(([name, { port, protocol }]) => ({
    ...portNamed(name),
    protocol,
    port,
    targetPort: portTarget(name),
  }));
  const object: Service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      ...metadataOf(context, statefulSet),
      name: headlessServiceOf(context, statefulSet),
      namespace: namespaceOf(context, statefulSet),
    },
    spec: defined({
      type: "ClusterIP" as const,
      clusterIP: "None",
      publishNotReadyAddresses: true, // peers have to find each other before they can be ready
      selector: podLabels(statefulSet),
      ports: unlessEmpty(list.sort((a, b) => a.port - b.port)),
    }),
  };
  return builtOf(statefulSet, object, origins);
}

/** The Service's own port that leads to the container port of this name; or the one of this number. */
export function portNumberOf(
  context: LowerContext,
  service: Resource,
  name: string | number,
  at: Span,
): number | undefined {
  const ports = service.spec.get("ports")?.entries() ?? [];
  const found = ports.find(([number, value]) =>
    typeof name === "number" ? number === String(name) : value.text === name,
  );
  if (found === undefined) {
    context.reporter.report("port-name-unknown", at, {
      workload: service.title,
      port: String(name),
      known: ports.map(([number, value]) => (typeof name === "number" ? number : (value.text ?? ""))),
    });
  }
  return found === undefined ? undefined : Number(found[0]);
}
