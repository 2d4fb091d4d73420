import { forms, hasForm } from "../../check/written.js";
import { fromData, type SourceMember, type SourceObject, type SourceValue } from "../program.js";
import {
  at,
  type ConstructContext,
  hasOnly,
  listAt,
  numberAt,
  portName,
  refer,
  textAt,
  textMap,
  texts,
} from "./context.js";
import { duration, Members, objectOf, type Path } from "./members.js";
import { targetName, workloadWith } from "./targets.js";
import type { PodVolumeValues } from "./volumes.js";

/** One container's fields in the construct's words. What has none of them is left to the patch. */
export function containerValue(
  context: ConstructContext,
  volumes: PodVolumeValues,
  container: unknown,
  path: Path,
): SourceObject {
  const members = new Members(context.comments);
  const set = (name: string, value: SourceValue | undefined, ...from: Path) =>
    members.set(name, value, [...path, ...from]);
  const image = textAt(container, "image") ?? "";
  set("image", image.includes(":") ? image : `${image}:latest`, "image"); // the patch takes an added tag away again
  set("command", texts(at(container, ["command"])), "command");
  set("args", texts(at(container, ["args"])), "args");
  const workdir = textAt(container, "workingDir");
  if (workdir?.startsWith("/") === true) set("workdir", workdir, "workingDir");
  set("ports", portsValue(context, container, [...path, "ports"]), "ports");
  set("env", environmentValue(context, container, [...path, "env"]), "env");
  set("envFrom", sourcesValue(context, container), "envFrom");
  const mounts = listAt(container, "volumeMounts");
  if (mounts.length > 0) set("mounts", volumes.mounts(mounts, [...path, "volumeMounts"]), "volumeMounts");
  set("resources", resourcesValue(context, container), "resources");
  for (const [name, field] of Object.entries({
    startup: "startupProbe",
    liveness: "livenessProbe",
    readiness: "readinessProbe",
  }))
    set(name, probeValue(container, field), field);
  set(
    "afterStart",
    handlerValue(container, at(container, ["lifecycle", "postStart"])),
    "lifecycle",
    "postStart",
  );
  set("beforeStop", handlerValue(container, at(container, ["lifecycle", "preStop"])), "lifecycle", "preStop");
  const pull = textAt(container, "imagePullPolicy");
  if (pull !== usualPull(context, image)) set("pull", pull, "imagePullPolicy");
  setSecurity(context, set, at(container, ["securityContext"]));
  for (const name of ["stdin", "tty"]) if (at(container, [name]) === true) set(name, true, name);
  return members.object;
}

/** What is done when nothing is said. */
function usualPull({ style }: ConstructContext, image: string): string {
  const tag = /:([^/:@]+)$/.exec(image)?.[1];
  const isMoving = tag === "latest" || (tag === undefined && !image.includes("@"));
  return style === "kubernetes" && isMoving ? "Always" : "IfNotPresent";
}

function portsValue(
  { comments }: ConstructContext,
  container: unknown,
  path: Path,
): SourceObject | undefined {
  const ports = listAt(container, "ports");
  if (ports.length === 0) return undefined;
  const members: SourceMember[] = [];
  for (const [index, port] of ports.entries()) {
    const number = numberAt(port, "containerPort") ?? 0;
    if (number < 1 || number > 65_535) return undefined;
    const protocol = textAt(port, "protocol") ?? "TCP";
    const name = portName(port);
    const comment = comments.take([...path, index]);
    members.push({
      name,
      ...(/^[0-9]+$/.test(name) ? { quoted: true } : {}),
      value: protocol === "TCP" ? number : `${number}/${protocol}`,
      ...(comment.length === 0 ? {} : { comment }),
    });
  }
  return { members };
}

/** Names to values; undefined when one of them has no word here, so that the patch has the whole list. */
function environmentValue(
  context: ConstructContext,
  container: unknown,
  path: Path,
): SourceObject | undefined {
  const list = listAt(container, "env");
  if (list.length === 0) return undefined;
  const members: SourceMember[] = [];
  const seen = new Set<string>();
  for (const [index, variable] of list.entries()) {
    const name = textAt(variable, "name") ?? "";
    const value = variableValue(context, name, variable);
    if (value === undefined || seen.has(name) || /^[0-9]+$/.test(name)) return undefined;
    seen.add(name);
    const comment = context.comments.take([...path, index]);
    members.push({ name, value, ...(comment.length === 0 ? {} : { comment }) });
  }
  return { members };
}

function variableValue(context: ConstructContext, name: string, variable: unknown): SourceValue | undefined {
  const from = at(variable, ["valueFrom"]);
  if (from === undefined || from === null) {
    const text = at(variable, ["value"]) ?? "";
    return typeof text === "string" ? (addressOf(context, name, text) ?? text) : undefined;
  }
  const field = textAt(from, "fieldRef", "fieldPath");
  if (field !== undefined && hasOnly(from, "fieldRef") && forms["PodField"]?.pattern.test(field) === true)
    return { call: ["downward"], arguments: [field] };
  for (const [kind, member] of [
    ["ConfigMap", "configMapKeyRef"],
    ["Secret", "secretKeyRef"],
  ] as const) {
    const source = at(from, [member]);
    const key = textAt(source, "key");
    if (source === undefined || key === undefined || !hasOnly(source, "name", "key")) continue;
    const linked = context.find(kind, textAt(source, "name"));
    if (linked?.isConstruct === true && keysOf(linked.object).includes(key))
      return refer(linked.statement, { name: "key", arguments: [key] });
  }
  return { call: ["variable"], arguments: [fromData(from)] };
}

/** Keys of a ConfigMap or Secret. */
export function keysOf(object: unknown): readonly string[] {
  return ["data", "stringData"].flatMap((name) =>
    Object.keys((at(object, [name]) as object | undefined) ?? {}),
  );
}

/** Variables whose name says that they hold an address, so that a Service's name alone is meant as one. */
const addressNames = /(HOST|ADDR|ADDRESS|SERVICE|SERVER|ENDPOINT|UPSTREAM|BACKEND|URL|URI)S?$|_(HOST|ADDR)_/i;

/** The host, or host and port, of a Service of the import. With its port a name is no coincidence. */
function addressOf(context: ConstructContext, name: string, text: string): SourceValue | undefined {
  const [, host = "", port] = /^([a-z][a-z0-9-]*)(?::([0-9]+))?$/.exec(text) ?? [];
  if (port === undefined && !addressNames.test(name)) return undefined;
  const linked = context.find("Service", host);
  if (linked?.isConstruct !== true || context.isReachedBy(linked)) return undefined;
  if (port === undefined) return refer(linked.statement, { name: "host" });
  const found = listAt(linked.object, "spec", "ports").find((one) => numberAt(one, "port") === Number(port));
  const workload = workloadWith(context, textMap(at(linked.object, ["spec", "selector"])));
  const target = found === undefined || workload === undefined ? undefined : targetName(workload, found);
  return target === undefined ? undefined : refer(linked.statement, { name: "address", arguments: [target] });
}

function sourcesValue(context: ConstructContext, container: unknown): SourceValue | undefined {
  const list = listAt(container, "envFrom");
  if (list.length === 0) return undefined;
  const values: SourceValue[] = [];
  for (const source of list) {
    const [kind, member] =
      at(source, ["secretRef"]) === undefined ? ["ConfigMap", "configMapRef"] : ["Secret", "secretRef"];
    const linked = context.find(kind ?? "", textAt(source, member ?? "", "name"));
    if (linked?.isConstruct !== true || !hasOnly(source, "prefix", member ?? "")) return undefined;
    if (!hasOnly(at(source, [member ?? ""]), "name")) return undefined;
    const prefix = textAt(source, "prefix");
    values.push(
      prefix === undefined ? refer(linked.statement) : objectOf({ prefix, from: refer(linked.statement) }),
    );
  }
  return values;
}

function resourcesValue({ style }: ConstructContext, container: unknown): SourceObject | undefined {
  const resources = at(container, ["resources"]);
  const [requests, limits] = ["requests", "limits"].map((name) => at(resources, [name]) ?? {});
  const names = ["cpu", "memory", "ephemeral-storage"];
  if (resources === undefined || !hasOnly(requests, ...names) || !hasOnly(limits, ...names)) return undefined;
  const quantity = (of: unknown, name: string): string | undefined => {
    const text = String(at(of, [name]) ?? "");
    return hasForm(text, name === "cpu" ? "Cpu" : "Memory") ? text : undefined; // others are the patch's
  };
  const memoryLimit = quantity(limits, "memory");
  // A limit alone is the request too, to Kubernetes as to infra.
  const memory = quantity(requests, "memory") ?? (style === "infra" ? memoryLimit : undefined);
  const members = objectOf({
    cpu: quantity(requests, "cpu"),
    cpuLimit: quantity(limits, "cpu"),
    memory,
    memoryLimit: style === "infra" && memoryLimit === memory ? undefined : memoryLimit,
    storage: quantity(requests, "ephemeral-storage"),
  });
  return members.members.length === 0 ? undefined : members;
}

const timings = { every: "periodSeconds", timeout: "timeoutSeconds", after: "initialDelaySeconds" } as const;
const counts = { failures: "failureThreshold", successes: "successThreshold" } as const;
/** What Kubernetes does when it is not said, and infra too. */
const usual: { readonly [name: string]: number } = {
  every: 10,
  timeout: 1,
  after: 0,
  failures: 3,
  successes: 1,
};

function probeValue(container: unknown, field: string): SourceObject | undefined {
  const probe = at(container, [field]);
  const handler = handlerValue(container, probe);
  if (handler === undefined) return undefined;
  const said = (name: string, member: string) => {
    const value = numberAt(probe, member);
    return value === undefined || value === usual[name] ? undefined : value;
  };
  const timing = Object.entries(timings).map(
    ([name, member]) => [name, duration(said(name, member))] as const,
  );
  const count = Object.entries(counts).map(([name, member]) => [name, said(name, member)] as const);
  return { members: [...handler.members, ...objectOf(Object.fromEntries([...timing, ...count])).members] };
}

/** What a probe or hook does; undefined where it means a port that the container does not open. */
function handlerValue(container: unknown, handler: unknown): SourceObject | undefined {
  const port = (value: unknown): string | undefined => {
    const ports = listAt(container, "ports");
    const found = ports.find(
      (one) =>
        textAt(one, "name") === value ||
        (textAt(one, "name") === undefined && numberAt(one, "containerPort") === value),
    );
    return found === undefined ? undefined : portName(found);
  };
  const http = at(handler, ["httpGet"]);
  if (http !== undefined) {
    const name = port(at(http, ["port"]));
    const path = textAt(http, "path") ?? "/";
    if (
      name === undefined ||
      !path.startsWith("/") ||
      !hasOnly(http, "path", "port", "scheme", "httpHeaders")
    )
      return undefined;
    const scheme = textAt(http, "scheme");
    const headers = listAt(http, "httpHeaders").map((one) => [
      textAt(one, "name") ?? "",
      textAt(one, "value") ?? "",
    ]);
    return objectOf({
      http: path,
      port: name,
      scheme: scheme === "HTTP" ? undefined : scheme,
      headers: headers.length === 0 ? undefined : fromData(Object.fromEntries(headers)),
    });
  }
  const tcp = at(handler, ["tcpSocket"]);
  if (tcp !== undefined) {
    const name = port(at(tcp, ["port"]));
    return name === undefined || !hasOnly(tcp, "port") ? undefined : objectOf({ tcp: name });
  }
  const grpc = at(handler, ["grpc"]);
  if (grpc !== undefined) {
    const number = numberAt(grpc, "port");
    const found = listAt(container, "ports").find((one) => numberAt(one, "containerPort") === number);
    return found === undefined ? undefined : objectOf({ grpc: portName(found) });
  }
  const sleep = duration(at(handler, ["sleep", "seconds"]));
  if (sleep !== undefined) return objectOf({ sleep });
  const command = texts(at(handler, ["exec", "command"]));
  return command === undefined ? undefined : objectOf({ exec: command });
}

function setSecurity(
  { style }: ConstructContext,
  set: (name: string, value: SourceValue | undefined, ...from: Path) => void,
  security: unknown,
): void {
  if (security === undefined || security === null) return;
  const from = (name: string, field: string, value: SourceValue | undefined) =>
    set(name, value, "securityContext", field);
  from("user", "runAsUser", numberAt(security, "runAsUser"));
  from("group", "runAsGroup", numberAt(security, "runAsGroup"));
  for (const [name, field] of [
    ["readOnlyRoot", "readOnlyRootFilesystem"],
    ["privileged", "privileged"],
  ] as const) {
    const said = at(security, [field]);
    if (said === true || (said === false && style === "kubernetes")) from(name, field, said);
  }
  const escalation = at(security, ["allowPrivilegeEscalation"]);
  const isUsual = style === "infra" ? escalation === false || at(security, ["privileged"]) === true : false;
  if (typeof escalation === "boolean" && !isUsual) from("escalation", "allowPrivilegeEscalation", escalation);
  const [add, drop] = ["add", "drop"].map((name) => texts(at(security, ["capabilities", name])));
  const isKnown = [...(add ?? []), ...(drop ?? [])].every((name) => /^[A-Z_]+$/.test(name));
  const isRoot = (numberAt(security, "runAsUser") ?? 0) === 0;
  const isUsualDrop = style === "infra" && !isRoot && drop?.join() === "ALL" && add === undefined;
  if ((add !== undefined || drop !== undefined) && isKnown && !isUsualDrop)
    from("capabilities", "capabilities", objectOf({ add, drop }));
}
