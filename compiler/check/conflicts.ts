import type { AcceptableCode } from "../../stdlib/constructs/accept.js";
import type { HorizontalPodAutoscaler } from "../../stdlib/kubernetes/generated/autoscaling-v2.js";
import type { Service } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { Ingress } from "../../stdlib/kubernetes/generated/networking-v1.js";
import { objectKey } from "../../stdlib/schema/bundle.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { Built } from "../lower/built.js";

type IsAccepted = (built: Built, code: AcceptableCode) => boolean;

/** What one object alone can have, and the field that says so. */
interface Claim {
  readonly key: string;
  readonly what: string;
  readonly path: string;
}

/** What two objects of the stack want, and only one can have: known without a server. */
export function checkConflicts(built: readonly Built[], isAccepted: IsAccepted, reporter: Reporter): void {
  checkTaken(built, reporter);
  checkAutoscalers(built, isAccepted, reporter);
  checkRoutes(built, isAccepted, reporter);
}

/** What the API server gives to one object. */
function checkTaken(built: readonly Built[], reporter: Reporter): void {
  forEachSecond(built, claimsOf, ({ claim: { path, what }, of }, first) =>
    reporter.report(
      "already-taken",
      of.origins.find(path),
      { resource: of.title, what, other: first.of.title },
      relatedTo(first.of, first.claim.path, "taken here"),
    ),
  );
}

function claimsOf({ exact, object }: Built): readonly Claim[] {
  if (object.kind === "PriorityClass" && object["globalDefault"] === true)
    return [{ key: "default", what: "the place of the default priority class", path: "globalDefault" }];
  if (object.kind !== "Service" || object.apiVersion !== "v1") return [];
  const { clusterIP = "", clusterIPs = [], healthCheckNodePort, ports = [] } = specOf<Service>(object);
  // The API server keeps one list of node ports, whatever their protocols.
  const nodePorts = ports.map(({ name, nodePort, port, protocol = "TCP" }) => {
    const item = exact === true && name !== undefined ? name : `${port},${protocol}`;
    return { number: nodePort, path: `spec.ports[${item}].nodePort` };
  });
  const addresses = [...new Set([clusterIP, ...clusterIPs])].filter((one) => one !== "" && one !== "None");
  return [
    ...[...nodePorts, { number: healthCheckNodePort, path: "spec.healthCheckNodePort" }].flatMap(
      ({ number = 0, path }) =>
        number === 0 ? [] : [{ key: `${number}`, what: `node port ${number}`, path }],
    ),
    ...addresses.map((address) => ({
      ...{ key: address.toLowerCase(), what: `address ${address}` },
      path: address === clusterIP ? "spec.clusterIP" : "spec.clusterIPs",
    })),
  ];
}

function checkAutoscalers(built: readonly Built[], isAccepted: IsAccepted, reporter: Reporter): void {
  const scalers = built.filter(({ object }) => object.kind === "HorizontalPodAutoscaler");
  const claim = ({ object }: Built): readonly Claim[] => [
    { key: targetOf(object), what: "", path: "spec.scaleTargetRef" },
  ];
  forEachSecond(scalers, claim, ({ claim: { path }, of }, first) => {
    if (isAccepted(of, "autoscaler-twice")) return;
    const data = { resource: of.title, what: first.of.title };
    reporter.report("autoscaler-twice", of.origins.find(path), data, relatedTo(first.of, path, "the other"));
  });
  const byKey = new Map(built.map((one) => [scaledKey(one.object, one.object), one]));
  const firsts = new Map(scalers.toReversed().map((scaler) => [targetOf(scaler.object), scaler]));
  for (const scaler of firsts.values()) {
    const workload = byKey.get(targetOf(scaler.object));
    const { replicas } = (workload?.object["spec"] ?? {}) as { readonly replicas?: number };
    if (workload === undefined || replicas === undefined || isAccepted(workload, "replicas-set")) continue;
    const what = `${replicas} replicas, whose number ${scaler.title} decides`;
    const related = relatedTo(scaler, "", "decides it");
    reporter.report(
      "replicas-set",
      workload.origins.find("spec.replicas"),
      { resource: workload.title, what },
      related,
    );
  }
}

function targetOf(object: Built["object"]): string {
  const { kind = "", name = "" } = specOf<HorizontalPodAutoscaler>(object).scaleTargetRef ?? {};
  return scaledKey({ kind, metadata: { name } }, object);
}

function scaledKey(
  { kind, metadata: { name = "" } }: { readonly kind: string; readonly metadata: { readonly name?: string } },
  { metadata: { namespace = "default" } }: Built["object"],
): string {
  return `${kind}/${namespace}/${name}`;
}

/** One request, two answers: which of them it gets depends on the controller. */
function checkRoutes(built: readonly Built[], isAccepted: IsAccepted, reporter: Reporter): void {
  const isRoute = ({ object }: Built) => object.kind === "Ingress" && !isCanary(object);
  forEachSecond(built.filter(isRoute), routesOf, ({ claim: { path, what }, of }, first) => {
    if (isAccepted(of, "route-twice")) return;
    const data = { resource: of.title, what: `${what} is a route of ${first.of.title} too` };
    const related = relatedTo(first.of, first.claim.path, "the other");
    reporter.report("route-twice", of.origins.find(path), data, related);
  });
}

/** Ingress-nginx takes a second route of the same for a share of the requests. */
function isCanary({ metadata }: Built["object"]): boolean {
  return metadata.annotations?.["nginx.ingress.kubernetes.io/canary"] === "true";
}

function routesOf({ object }: Built): readonly Claim[] {
  const { ingressClassName, rules = [] } = specOf<Ingress>(object);
  const className = ingressClassName ?? object.metadata.annotations?.["kubernetes.io/ingress.class"] ?? "";
  return rules.flatMap(({ host = "", http }, index) =>
    (http?.paths ?? []).map(({ path = "/", pathType }, position) => ({
      key: [className, host, path, pathType].join(" "),
      what: `"${host}${path}"`,
      path: `spec.rules[${index}].http.paths[${position}]`,
    })),
  );
}

interface Claimed {
  readonly of: Built;
  readonly claim: Claim;
}

/** Calls for each claim that another object made before. */
function forEachSecond(
  built: readonly Built[],
  claims: (of: Built) => readonly Claim[],
  report: (second: Claimed, first: Claimed) => void,
): void {
  const known = new Map<string, Claimed>();
  for (const of of built)
    for (const claim of claims(of)) {
      const first = known.get(claim.key);
      if (first === undefined) known.set(claim.key, { of, claim });
      // Two objects of one name are a mistake of their own.
      else if (objectKey(first.of.object) !== objectKey(of.object)) report(...inOrder(first, { of, claim }));
    }
}

/** The one that stands behind the other is the second; objects come in the order of their exports' names. */
function inOrder(one: Claimed, other: Claimed): [second: Claimed, first: Claimed] {
  const [a, b] = [one, other].map(({ claim, of }) => of.origins.find(claim.path));
  const isBefore =
    a === undefined ||
    b === undefined ||
    a.file !== b.file ||
    a.start.line < b.start.line ||
    (a.start.line === b.start.line && a.start.column <= b.start.column);
  return isBefore ? [other, one] : [one, other];
}

function relatedTo({ origins }: Built, path: string, note: string) {
  const span = origins.find(path);
  return span === undefined ? [] : [{ span, note }];
}

function specOf<T extends { spec?: unknown }>(object: Built["object"]): Partial<NonNullable<T["spec"]>> {
  return (object["spec"] ?? {}) as Partial<NonNullable<T["spec"]>>;
}
