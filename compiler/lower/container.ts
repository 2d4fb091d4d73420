import type { Container, EnvVar, Probe, Volume } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { Authored, Resource } from "../model/authored.js";
import type { Origins } from "./built.js";
import { byName } from "./config.js";
import {
  checkFields,
  type LowerContext,
  numberOf,
  type PortSpec,
  portOf,
  referenceSpan,
  resourceOf,
  secondsOf,
  textOf,
  textsOf,
} from "./context.js";
import type { LoweredImages } from "./images.js";
import { portNumberOf } from "./service.js";
import { type PodVolumes, volumeOf } from "./volumes.js";

const fields = [
  "image",
  "command",
  "args",
  "workdir",
  "env",
  "mounts",
  "ports",
  "resources",
  "liveness",
  "readiness",
  "user",
  "readOnlyRoot",
];

/** What one pod's containers share while they are lowered. */
export interface PodParts {
  readonly title: string;
  /** `spec` or `spec.template.spec`. */
  readonly path: string;
  readonly origins: Origins;
  readonly images: LoweredImages;
  readonly volumes: PodVolumes;
  /** Ports by name over all containers: Services look here. */
  readonly ports: Map<string, PortSpec>;
  /** Secrets and ConfigMap keys read through environment, which only a restart renews. */
  readonly secretsRead: Set<string>;
  readonly keysRead: Map<Resource, Set<string>>;
}

/** One container, with the safe defaults the docs list. */
export function lowerContainer(
  context: LowerContext,
  parts: PodParts,
  name: string,
  spec: Authored,
): Container {
  const path = `${parts.path}.containers[${name}]`;
  const field = (member: string, to: string) => {
    const value = spec.get(member);
    if (value !== undefined) parts.origins.set(`${path}.${to}`, value);
    return value;
  };
  parts.origins.set(path, spec);
  checkFields(context, parts.title, spec, `containers.${name}`, fields);

  const image = field("image", "image");
  const built = resourceOf(context, image, "image");
  const reference =
    built === undefined
      ? textOf(context, parts.title, image, `containers.${name}.image`)
      : parts.images.reference(built);
  const ports = lowerPorts(context, parts, path, spec, built);
  const command = textsOf(context, parts.title, field("command", "command"), `containers.${name}.command`);
  const args = textsOf(context, parts.title, field("args", "args"), `containers.${name}.args`);
  const workingDir = textOf(
    context,
    parts.title,
    field("workdir", "workingDir"),
    `containers.${name}.workdir`,
  );
  const env = (field("env", "env")?.entries() ?? []).map(([variable, value]) =>
    lowerVariable(context, parts, path, variable, value),
  );
  const volumeMounts = (field("mounts", "volumeMounts")?.entries() ?? []).flatMap(([mountPath, value]) =>
    lowerMount(context, parts, path, mountPath, value),
  );
  const resources = lowerResources(context, parts, `${path}.resources`, field("resources", "resources"));
  const liveness = lowerProbe(context, parts, path, "livenessProbe", spec.get("liveness"), ports);
  const readiness = lowerProbe(context, parts, path, "readinessProbe", spec.get("readiness"), ports);
  const user =
    numberOf(context, parts.title, field("user", "securityContext.runAsUser"), `containers.${name}.user`) ??
    (built === undefined ? undefined : parts.images.userId(built));

  return {
    name,
    image: reference ?? "",
    imagePullPolicy: "IfNotPresent",
    ...(command === undefined ? {} : { command }),
    ...(args === undefined ? {} : { args }),
    ...(workingDir === undefined ? {} : { workingDir }),
    ...(ports.size === 0
      ? {}
      : {
          ports: [...ports].map(([port, at]) => ({
            name: port,
            containerPort: at.port,
            protocol: at.protocol,
          })),
        }),
    ...(env.length === 0 ? {} : { env }),
    ...(resources === undefined ? {} : { resources }),
    ...(volumeMounts.length === 0 ? {} : { volumeMounts }),
    ...(liveness === undefined ? {} : { livenessProbe: liveness }),
    ...(readiness === undefined ? {} : { readinessProbe: readiness }),
    securityContext: {
      allowPrivilegeEscalation: false,
      ...(spec.get("readOnlyRoot")?.value === true ? { readOnlyRootFilesystem: true } : {}),
      ...(user === undefined || user === 0 ? {} : { runAsNonRoot: true, runAsUser: user }),
    },
  };
}

function lowerPorts(
  context: LowerContext,
  parts: PodParts,
  path: string,
  spec: Authored,
  image: Resource | undefined,
): Map<string, PortSpec> {
  const ports = new Map<string, PortSpec>();
  const declared = [...(image?.spec.get("expose")?.entries() ?? []), ...(spec.get("ports")?.entries() ?? [])];
  for (const [port, value] of declared) {
    const at = portOf(context, value);
    if (at === undefined) continue;
    ports.set(port, at);
    parts.ports.set(port, at);
    parts.origins.set(`${path}.ports[${at.port},${at.protocol}]`, value);
  }
  return ports;
}

/** The graph's typed references, each to its Kubernetes source. */
function lowerVariable(
  context: LowerContext,
  parts: PodParts,
  path: string,
  name: string,
  value: Authored,
): EnvVar {
  parts.origins.set(`${path}.env[${name}]`, value);
  const reference = value.reference;
  if (reference === undefined) {
    const plain =
      typeof value.value === "string" || typeof value.value === "number" || typeof value.value === "boolean";
    if (!plain)
      context.reporter.report("field-type", value.span, {
        resource: parts.title,
        path: `env.${name}`,
        expected: "text or a reference",
      });
    return { name, value: plain ? String(value.value) : "" };
  }
  const target = "of" in reference ? context.model.resources[reference.of] : undefined;
  switch (reference.kind) {
    case "configKey":
    case "secretKey": {
      if (target === undefined) break;
      const known = target.spec.entries().map(([key]) => key);
      if (!known.includes(reference.key)) {
        context.reporter.report("config-key-unknown", referenceSpan(context, reference, value), {
          resource: target.title,
          key: reference.key,
          known,
        });
      }
      const source = { name: target.name, key: reference.key };
      if (reference.kind === "secretKey") {
        parts.secretsRead.add(target.name);
        return { name, valueFrom: { secretKeyRef: source } };
      }
      parts.keysRead.set(target, (parts.keysRead.get(target) ?? new Set()).add(reference.key));
      return { name, valueFrom: { configMapKeyRef: source } };
    }
    case "serviceHost":
      return { name, value: target?.name ?? "" };
    case "serviceAddress": {
      const port =
        target === undefined
          ? undefined
          : portNumberOf(context, target, reference.port, referenceSpan(context, reference, value));
      return { name, value: `${target?.name ?? ""}:${port ?? ""}` };
    }
    case "downward":
      return { name, valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: reference.field } } };
  }
  context.reporter.report("field-type", value.span, {
    resource: parts.title,
    path: `env.${name}`,
    expected: "text or a reference",
  });
  return { name, value: "" };
}

function lowerMount(
  context: LowerContext,
  parts: PodParts,
  path: string,
  mountPath: string,
  value: Authored,
) {
  const volume: Volume | undefined = volumeOf(context, parts, value);
  if (volume === undefined) {
    context.reporter.report("field-type", value.span, {
      resource: parts.title,
      path: `mounts.${mountPath}`,
      expected: "a volume",
    });
    return [];
  }
  parts.origins.set(`${path}.volumeMounts[${mountPath}]`, value);
  return [{ name: volume.name, mountPath, ...(volume.emptyDir === undefined ? { readOnly: true } : {}) }];
}

/** A memory request is the limit too, so that a leak ends its own container; CPU is shared by request alone. */
function lowerResources(
  context: LowerContext,
  parts: PodParts,
  path: string,
  spec: Authored | undefined,
): Container["resources"] {
  if (spec === undefined) return undefined;
  checkFields(context, parts.title, spec, "resources", ["cpu", "memory", "cpuLimit"]);
  const amount = (name: string, ...to: readonly string[]) => {
    const value = spec.get(name);
    for (const target of to) parts.origins.set(`${path}.${target}`, value);
    return value === undefined ? undefined : String(value.value);
  };
  const cpu = amount("cpu", "requests[cpu]");
  const memory = amount("memory", "requests[memory]", "limits[memory]");
  const cpuLimit = amount("cpuLimit", "limits[cpu]");
  const requests = { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) };
  const limits = {
    ...(cpuLimit === undefined ? {} : { cpu: cpuLimit }),
    ...(memory === undefined ? {} : { memory }),
  };
  return {
    ...(Object.keys(requests).length === 0 ? {} : { requests }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
}

const timings = { after: "initialDelaySeconds", timeout: "timeoutSeconds", every: "periodSeconds" } as const;
const counts = { successes: "successThreshold", failures: "failureThreshold" } as const;

function lowerProbe(
  context: LowerContext,
  parts: PodParts,
  path: string,
  kind: "livenessProbe" | "readinessProbe",
  spec: Authored | undefined,
  ports: ReadonlyMap<string, PortSpec>,
): Probe | undefined {
  if (spec === undefined) return undefined;
  parts.origins.set(`${path}.${kind}`, spec);
  checkFields(context, parts.title, spec, kind, [
    "http",
    "port",
    "tcp",
    "exec",
    ...Object.keys(timings),
    ...Object.keys(counts),
  ]);
  const probe: Probe = {};
  const portNamed = (value: Authored | undefined) => {
    const name = value?.text ?? "";
    if (!ports.has(name))
      context.reporter.report("port-name-unknown", value?.span ?? spec.span, {
        workload: parts.title,
        port: name,
        known: [...ports.keys()].sort(),
      });
    return name;
  };
  if (spec.get("http") !== undefined)
    probe.httpGet = {
      path: spec.get("http")?.text ?? "/",
      port: portNamed(spec.get("port")),
      scheme: "HTTP",
    };
  else if (spec.get("tcp") !== undefined) probe.tcpSocket = { port: portNamed(spec.get("tcp")) };
  else probe.exec = { command: textsOf(context, parts.title, spec.get("exec"), `${kind}.exec`) ?? [] };
  for (const [name, field] of Object.entries(timings)) {
    const seconds = secondsOf(context, parts.title, spec.get(name), `${kind}.${name}`);
    if (seconds !== undefined) probe[field] = seconds;
  }
  for (const [name, field] of Object.entries(counts)) {
    const count = numberOf(context, parts.title, spec.get(name), `${kind}.${name}`);
    if (count !== undefined) probe[field] = count;
  }
  return probe;
}

/** For stable output of maps whose order has no meaning. */
export function sortedEntries<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].sort(byName);
}
