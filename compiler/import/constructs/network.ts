import { uniqueNames } from "../../lower/service.js";
import type { SourceMember, SourceObject, SourceValue } from "../program.js";
import {
  at,
  type Construct,
  type ConstructContext,
  hasOnly,
  listAt,
  numberAt,
  refer,
  textAt,
  textMap,
  texts,
} from "./context.js";
import { duration, Members, objectOf } from "./members.js";
import { targetName, workloadWith } from "./targets.js";
import { setDescribed } from "./workloads.js";

export const service: Construct = (context) => {
  const { comments, object } = context;
  if (textAt(object, "spec", "type") === "ExternalName") return externalService(context);
  const workload = workloadWith(context, textMap(at(object, ["spec", "selector"])));
  const list = listAt(object, "spec", "ports");
  const numbers = list.map((port) => numberAt(port, "port"));
  if (workload === undefined || new Set(numbers).size < numbers.length) return undefined;
  const ports: SourceMember[] = [];
  const nodePorts: SourceMember[] = [];
  const targets = list.map((port) => targetName(workload, port));
  for (const [index, port] of list.entries()) {
    const target = targets[index];
    if (target === undefined) return undefined;
    const comment = comments.take(["spec", "ports", index]);
    const about = comment.length === 0 ? {} : { comment };
    ports.push({ name: String(numberAt(port, "port")), value: target, ...about });
    const nodePort = numberAt(port, "nodePort");
    const isFirst = numbers.every(
      (number = 0, at) => targets[at] !== target || number >= (numbers[index] ?? 0),
    );
    if (nodePort !== undefined && isFirst)
      nodePorts.push({ name: target, value: nodePort, ...(/^[0-9]+$/.test(target) ? { quoted: true } : {}) });
  }
  const members = new Members(comments);
  members.set("to", refer(workload.statement), ["spec", "selector"]);
  members.set("ports", { members: ports }, ["spec", "ports"]);
  members.set("portNames", portNames(list, ports));
  if (list.length > 0 && list.every((port) => isByNumber(port))) {
    const isNamed = ports.some(({ value }) => typeof value === "string" && !/^[0-9]+$/.test(value));
    if (isNamed) members.set("byNumber", true);
  }
  const type =
    textAt(object, "spec", "clusterIP") === "None"
      ? "Headless"
      : (textAt(object, "spec", "type") ?? "ClusterIP");
  const isSaid = type !== "ClusterIP" && !(type === "NodePort" && nodePorts.length > 0);
  if (isSaid) members.set("type", type, ["spec", "type"]);
  if (nodePorts.length > 0) members.set("nodePorts", { members: nodePorts });
  const seconds = numberAt(object, "spec", "sessionAffinityConfig", "clientIP", "timeoutSeconds") ?? 10_800;
  if (textAt(object, "spec", "sessionAffinity") === "ClientIP")
    members.set("sticky", duration(seconds), ["spec", "sessionAffinity"]);
  if (textAt(object, "spec", "externalTrafficPolicy") === "Local")
    members.set("keepCaller", true, ["spec", "externalTrafficPolicy"]);
  members.set("allowFrom", texts(at(object, ["spec", "loadBalancerSourceRanges"])));
  if (at(object, ["spec", "publishNotReadyAddresses"]) === true)
    members.set("unready", true, ["spec", "publishNotReadyAddresses"]);
  setDescribed(context, members, textMap(object.metadata.labels));
  return { call: ["service"], arguments: [object.metadata.name ?? "", members.object] };
};

/** Container port name to what the Service calls it, where that is something else. Of several that lead there, the first. */
function portNames(list: readonly unknown[], ports: readonly SourceMember[]): SourceObject | undefined {
  const rows = ports
    .map(({ name: number, value }, index) => {
      const target = String(value);
      const isNumber = /^[0-9]+$/.test(target);
      return {
        number,
        target,
        isNumber,
        name: isNumber ? undefined : target,
        own: textAt(list[index], "name"),
      };
    })
    .sort((a, b) => Number(a.number) - Number(b.number));
  const usual = uniqueNames(rows);
  const members = rows
    .filter((row, index) => rows.findIndex(({ target }) => target === row.target) === index)
    .filter(({ number, own }) => own !== usual.get(number))
    .map(({ isNumber, own = "", target }) => ({
      ...{ name: target, value: own },
      ...(isNumber ? { quoted: true } : {}),
    }));
  return members.length === 0 ? undefined : { members };
}

function isByNumber(port: unknown): boolean {
  return typeof (at(port, ["targetPort"]) ?? numberAt(port, "port")) === "number";
}

const externalService: Construct = (context) => {
  const { comments, object } = context;
  const members = new Members(comments);
  members.set("external", textAt(object, "spec", "externalName"), ["spec", "externalName"]);
  const ports = listAt(object, "spec", "ports").map((port) => ({
    name: String(numberAt(port, "port")),
    value: textAt(port, "name") ?? "",
  }));
  if (ports.length > 0) members.set("ports", { members: ports }, ["spec", "ports"]);
  setDescribed(context, members, textMap(object.metadata.labels));
  return { call: ["externalService"], arguments: [object.metadata.name ?? "", members.object] };
};

const matches: { readonly [pathType: string]: string } = {
  Exact: "exact",
  ImplementationSpecific: "controller",
};

export const ingress: Construct = (context) => {
  const { comments, object } = context;
  const routes: SourceMember[] = [];
  for (const [index, rule] of listAt(object, "spec", "rules").entries()) {
    const host = textAt(rule, "host") ?? "*";
    const paths: SourceMember[] = [];
    for (const path of listAt(rule, "http", "paths")) {
      const backend = backendValue(context, at(path, ["backend"]));
      const name = textAt(path, "path") ?? "/";
      if (backend === undefined || !name.startsWith("/") || paths.some((one) => one.name === name))
        return undefined;
      const match = matches[textAt(path, "pathType") ?? ""];
      paths.push({ name, value: match === undefined ? backend : objectOf({ to: backend, match }) });
    }
    if (paths.length === 0 || routes.some((one) => one.name === host)) return undefined;
    const comment = comments.take(["spec", "rules", index]);
    routes.push({ name: host, value: { members: paths }, ...(comment.length === 0 ? {} : { comment }) });
  }
  const other = at(object, ["spec", "defaultBackend"]);
  const otherwise = other === undefined || other === null ? undefined : backendValue(context, other);
  if (routes.length === 0 && otherwise === undefined) return undefined;
  const members = new Members(comments);
  members.set("class", textAt(object, "spec", "ingressClassName"), ["spec", "ingressClassName"]);
  if (routes.length > 0) members.set("routes", { members: routes }, ["spec", "rules"]);
  members.set("default", otherwise, ["spec", "defaultBackend"]);
  members.set("tls", certificates(context), ["spec", "tls"]);
  setDescribed(context, members, textMap(object.metadata.labels));
  return { call: ["ingress"], arguments: [object.metadata.name ?? "", members.object] };
};

function backendValue(context: ConstructContext, backend: unknown): SourceValue | undefined {
  const linked = context.find("Service", textAt(backend, "service", "name"));
  if (linked?.isConstruct !== true || !hasOnly(backend, "service")) return undefined;
  const list = listAt(linked.object, "spec", "ports");
  const number = numberAt(backend, "service", "port", "number");
  if (number !== undefined) {
    const isThere = list.some((port) => numberAt(port, "port") === number);
    return isThere ? refer(linked.statement, { name: "portNumber", arguments: [number] }) : undefined;
  }
  const name = textAt(backend, "service", "port", "name");
  const found = list.find((port) => textAt(port, "name") === name);
  const workload = workloadWith(context, textMap(at(linked.object, ["spec", "selector"])));
  const target = found === undefined || workload === undefined ? undefined : targetName(workload, found);
  return target === undefined ? undefined : refer(linked.statement, { name: "port", arguments: [target] });
}

function certificates(context: ConstructContext): SourceObject | undefined {
  const list = listAt(context.object, "spec", "tls");
  const members: SourceMember[] = [];
  for (const one of list) {
    const [host, ...more] = texts(at(one, ["hosts"])) ?? [];
    const name = textAt(one, "secretName");
    if (host === undefined || more.length > 0 || name === undefined) return undefined;
    const linked = context.find("Secret", name);
    members.push({ name: host, value: linked?.isConstruct === true ? refer(linked.statement) : name });
  }
  return members.length === 0 ? undefined : { members };
}

export const disruptionBudget: Construct = (context) => {
  const { comments, object } = context;
  const workload = workloadWith(context, textMap(at(object, ["spec", "selector", "matchLabels"])));
  if (workload === undefined) return undefined;
  const members = new Members(comments);
  members.set("of", refer(workload.statement), ["spec", "selector"]);
  for (const [name, field] of Object.entries({ min: "minAvailable", max: "maxUnavailable" })) {
    const value = at(object, ["spec", field]);
    if (typeof value === "number" || typeof value === "string") members.set(name, value, ["spec", field]);
  }
  setDescribed(context, members, textMap(object.metadata.labels));
  return { call: ["disruptionBudget"], arguments: [object.metadata.name ?? "", members.object] };
};

/** What one policy says; several stay a patch. What Kubernetes fills in is not said. */
function paceOf(direction: "up" | "down", rules: unknown): SourceValue | undefined {
  if (textAt(rules, "selectPolicy") === "Disabled") return "never";
  const after = numberAt(rules, "stabilizationWindowSeconds");
  const policies = listAt(rules, "policies");
  const [policy] = policies.length === 1 ? policies : [];
  const value = numberAt(policy, "value");
  const every = numberAt(policy, "periodSeconds");
  const isPercent = textAt(policy, "type") === "Percent";
  const isSaid = value !== undefined && !(direction === "down" && isPercent && value === 100 && every === 15);
  const pace = objectOf({
    after: direction === "up" && after === 0 ? undefined : duration(after),
    by: isSaid ? (isPercent ? `${value}%` : value) : undefined,
    every: isSaid && every !== 15 ? duration(every) : undefined,
  });
  return pace.members.length === 0 ? undefined : pace;
}

export const autoscaler: Construct = (context) => {
  const { comments, object } = context;
  const target = at(object, ["spec", "scaleTargetRef"]);
  const workload = context.find(textAt(target, "kind") ?? "", textAt(target, "name"));
  if (workload === undefined) return undefined;
  const members = new Members(comments);
  members.set("of", refer(workload.statement), ["spec", "scaleTargetRef"]);
  const min = numberAt(object, "spec", "minReplicas");
  if (min !== 1) members.set("min", min, ["spec", "minReplicas"]);
  members.set("max", numberAt(object, "spec", "maxReplicas"), ["spec", "maxReplicas"]);
  for (const metric of listAt(object, "spec", "metrics")) {
    const name = textAt(metric, "resource", "name") ?? "";
    const percent = numberAt(metric, "resource", "target", "averageUtilization");
    if (["cpu", "memory"].includes(name) && percent !== undefined)
      members.set(name, `${percent}%`, ["spec", "metrics"]);
  }
  for (const [name, field] of [
    ["up", "scaleUp"],
    ["down", "scaleDown"],
  ] as const) {
    const path = ["spec", "behavior", field];
    members.set(name, paceOf(name, at(object, path)), path);
  }
  setDescribed(context, members, textMap(object.metadata.labels));
  return { call: ["autoscaler"], arguments: [object.metadata.name ?? "", members.object] };
};
