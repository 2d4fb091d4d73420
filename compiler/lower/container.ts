import type { Container, SecurityContext } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { Authored, Resource } from "../model/authored.js";
import type { Origins } from "./built.js";
import {
  isPlain,
  type LowerContext,
  type PortSpec,
  portNamed,
  portOf,
  resourceOf,
  textsOf,
} from "./context.js";
import { lowerEnvironment, lowerSources } from "./environment.js";
import type { LoweredImages } from "./images.js";
import { mergePatch } from "./patch.js";
import { lowerHook, lowerProbe } from "./probes.js";
import { mountOf, type PodVolumes, writableFolder } from "./volumes.js";

/** What is asked for where the author asks for nothing: the scheduler must count something. */
const defaultRequests = { cpu: "50m", memory: "64Mi" } as const;

/** What one pod's containers share while they are lowered. */
export interface PodParts {
  readonly resource: Resource;
  readonly title: string;
  /** `spec` or `spec.template.spec`. */
  readonly path: string;
  readonly origins: Origins;
  readonly images: LoweredImages;
  readonly volumes: PodVolumes;
  /** The container that is lowered, where it is not the only one. */
  readonly container?: string;
  /** Ports by name over all containers: Services look here. */
  readonly ports: Map<string, PortSpec>;
  /** Secrets and ConfigMap keys read through environment, which only a restart renews. */
  readonly secretsRead: Set<string>;
  readonly keysRead: Map<Resource, Set<string>>;
}

/** One container, with the safe defaults the docs list. @param list - `containers` or `initContainers`. */
export function lowerContainer(
  context: LowerContext,
  parts: PodParts,
  list: "containers" | "initContainers",
  name: string,
  spec: Authored,
): Container {
  const path = `${parts.path}.${list}[${name}]`;
  const { origins } = parts;
  const take = (member: string, to: string) => origins.take(spec, member, `${path}.${to}`);
  origins.set(path, spec);

  const plain = isPlain(parts.resource);
  const image = take("image", "image");
  const built = resourceOf(context, image, "image");
  const ports = lowerPorts(context, parts, path, spec, built);
  const command = textsOf(take("command", "command"));
  const args = textsOf(take("args", "args"));
  const workingDir = take("workdir", "workingDir")?.text;
  const env = lowerEnvironment(context, parts, path, take("env", "env"));
  const envFrom = lowerSources(context, parts, path, take("envFrom", "envFrom"));
  const volumeMounts = (take("mounts", "volumeMounts")?.entries() ?? []).flatMap(([mountPath, value]) =>
    mountOf(context, parts, path, mountPath, value),
  );
  const securityContext = lowerSecurity(parts, path, spec, built);
  if (securityContext?.readOnlyRootFilesystem === true && spec.get("readOnlyRoot") === undefined)
    volumeMounts.push(...writableFolder(parts, "/tmp", volumeMounts));
  const lists = ["containers", "sidecars", "init"].map((list) => parts.resource.spec.get(list));
  const isAlone = lists.flatMap((list) => list?.entries() ?? []).length < 2;
  const asked: PodParts = isAlone ? parts : { ...parts, container: name };
  const lifecycle = {
    postStart: lowerHook(context, asked, `${path}.lifecycle.postStart`, spec.get("afterStart"), ports),
    preStop: lowerHook(context, asked, `${path}.lifecycle.preStop`, spec.get("beforeStop"), ports),
  };
  const probe = (member: string, field: string) =>
    lowerProbe(context, asked, `${path}.${field}`, spec.get(member), ports);

  const container: Container = defined({
    name,
    image: built === undefined ? (image?.text ?? "") : parts.images.reference(built),
    imagePullPolicy:
      (take("pull", "imagePullPolicy")?.text as "Always" | undefined) ?? (plain ? undefined : "IfNotPresent"),
    command,
    args,
    workingDir,
    ports:
      list === "initContainers" && spec.get("ports") === undefined ? undefined : unlessEmpty(portList(ports)),
    env: unlessEmpty(env),
    envFrom: unlessEmpty(envFrom),
    resources: lowerResources(parts, `${path}.resources`, take("resources", "resources")),
    volumeMounts: unlessEmpty(volumeMounts),
    livenessProbe: probe("liveness", "livenessProbe"),
    readinessProbe: probe("readiness", "readinessProbe"),
    startupProbe: probe("startup", "startupProbe"),
    lifecycle:
      lifecycle.postStart === undefined && lifecycle.preStop === undefined ? undefined : defined(lifecycle),
    stdin: take("stdin", "stdin")?.value === true ? true : undefined,
    tty: take("tty", "tty")?.value === true ? true : undefined,
    securityContext,
  });
  return mergePatch(container, spec.get("patch"), path, origins);
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

function portList(ports: ReadonlyMap<string, PortSpec>) {
  return [...ports].map(([name, { port, protocol }]) => ({
    ...portNamed(name),
    containerPort: port,
    protocol,
  }));
}

/**
 * A memory request is the limit too, so that a leak ends its own container; CPU is shared by request alone. Who asks
 * for nothing is counted with a little, and not limited.
 */
function lowerResources(parts: PodParts, path: string, spec: Authored | undefined): Container["resources"] {
  const plain = isPlain(parts.resource);
  if (spec === undefined) return plain ? undefined : { requests: { ...defaultRequests } };
  const amount = (name: string, ...to: readonly string[]) => {
    const value = spec.get(name);
    if (value !== undefined) for (const target of to) parts.origins.set(`${path}.${target}`, value);
    return value === undefined ? undefined : String(value.value);
  };
  const cpu = amount("cpu", "requests[cpu]");
  const memory = amount("memory", "requests[memory]", "limits[memory]");
  const storage = amount("storage", "requests[ephemeral-storage]", "limits[ephemeral-storage]");
  const cpuLimit = amount("cpuLimit", "limits[cpu]");
  const memoryLimit = amount("memoryLimit", "limits[memory]") ?? (plain ? undefined : memory);
  const requests = defined({ cpu, memory, "ephemeral-storage": storage });
  const limits = defined({
    cpu: cpuLimit,
    memory: memoryLimit,
    "ephemeral-storage": plain ? undefined : storage,
  });
  return defined({ requests: unlessBare(requests), limits: unlessBare(limits) });
}

/**
 * Nobody gains rights by default. Who does not run as root has none of root's single rights either, and cannot change
 * the image's files when the image is the stack's own and nothing was run while it was built: then all its files are
 * root's, and only a folder for temporary files has to be given back.
 */
function lowerSecurity(
  parts: PodParts,
  path: string,
  spec: Authored,
  built: Resource | undefined,
): SecurityContext | undefined {
  const take = (member: string, to: string) =>
    parts.origins.take(spec, member, `${path}.securityContext.${to}`);
  const user =
    take("user", "runAsUser")?.number ?? (built === undefined ? undefined : parts.images.userId(built));
  const group = take("group", "runAsGroup")?.number;
  const plain = isPlain(parts.resource);
  const isOther = user !== undefined && user !== 0 && !plain;
  const privileged = take("privileged", "privileged")?.value === true;
  const said = take("escalation", "allowPrivilegeEscalation")?.value;
  const escalation = plain ? (said as boolean | undefined) : said === true || privileged;
  const readOnly =
    take("readOnlyRoot", "readOnlyRootFilesystem")?.value ??
    (isOther && built !== undefined && !parts.images.isBuiltByCommands(built) ? true : undefined);
  const capabilities = take("capabilities", "capabilities");
  const add = textsOf(capabilities?.get("add"));
  const drop = textsOf(capabilities?.get("drop")) ?? (isOther && !privileged ? ["ALL"] : undefined);
  const context = defined({
    allowPrivilegeEscalation: escalation,
    capabilities: add === undefined && drop === undefined ? undefined : defined({ add, drop }),
    privileged: privileged || (plain && spec.get("privileged") !== undefined) ? privileged : undefined,
    readOnlyRootFilesystem: readOnly === true || (plain && readOnly === false) ? readOnly : undefined,
    runAsGroup: group,
    runAsNonRoot: isOther ? true : undefined,
    runAsUser: isOther || spec.get("user") !== undefined ? user : undefined,
  });
  return unlessBare(context);
}

/** Without members that are undefined. */
export function defined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

export function unlessEmpty<T>(list: readonly T[]): T[] | undefined {
  return list.length === 0 ? undefined : [...list];
}

export function unlessBare<T extends object>(object: T): T | undefined {
  return Object.keys(object).length === 0 ? undefined : object;
}
