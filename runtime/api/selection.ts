import type { KubeObject } from "../../stdlib/schema/objects.js";
import { matchesAll, parseSelector, SelectorError } from "../../stdlib/schema/selectors.js";
import type { ListQuery } from "../client/client.js";
import { badRequest } from "./status-error.js";

/** Which objects of a kind a list or watch selects. */
export type Selection = (object: KubeObject) => boolean;

interface Kind {
  readonly group: string;
  readonly resource: string;
}

/** Fields a kind can be selected by, beside name and namespace. Source: Kubernetes `pkg/apis/<group>/v1/conversion.go`. */
const fieldLabels: { readonly [resource: string]: readonly string[] } = {
  pods: [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.podIPs",
    "status.nominatedNodeName",
  ],
  nodes: ["spec.unschedulable"],
  events: [
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
  ],
  "events.events.k8s.io": [
    "regarding.kind",
    "regarding.namespace",
    "regarding.name",
    "regarding.uid",
    "regarding.apiVersion",
    "regarding.resourceVersion",
    "regarding.fieldPath",
    "reason",
    "reportingController",
    "type",
  ],
  secrets: ["type"],
  namespaces: ["status.phase"],
  services: ["spec.clusterIP", "spec.type"],
};

/** @throws BadRequest for a selector that cannot be read, or a field the kind cannot be selected by. */
export function selectionOf(kind: Kind, query: ListQuery): Selection {
  const labels = parseLabels(query.labelSelector ?? "");
  const fields = parseFields(kind, query.fieldSelector ?? "");
  const namespace = query.namespace ?? "";
  return (object) =>
    (namespace === "" || object.metadata.namespace === namespace) &&
    matchesAll(labels, object.metadata.labels) &&
    fields.every(({ path, value, equal }) => (fieldOf(object, path) === value) === equal);
}

function parseLabels(text: string) {
  if (text === "") return [];
  try {
    return parseSelector(text);
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    throw badRequest(error.message);
  }
}

interface FieldRequirement {
  readonly path: string;
  readonly value: string;
  readonly equal: boolean;
}

/** Terms are joined by commas; `\,`, `\=` and `\\` stand for themselves in values. */
function parseFields(kind: Kind, text: string): FieldRequirement[] {
  const terms = text.match(/(?:\\.|[^,\\])+/gs) ?? [];
  return terms.map((term) => {
    const match = /^([^!=]+)(==|=|!=)(.*)$/s.exec(term);
    if (match === null) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const path = match[1] ?? "";
    const known = fieldLabels[kind.group === "" ? kind.resource : `${kind.resource}.${kind.group}`] ?? [];
    if (path !== "metadata.name" && path !== "metadata.namespace" && !known.includes(path))
      throw badRequest(`field label not supported: ${path}`);
    return { path, value: (match[3] ?? "").replace(/\\(.)/gs, "$1"), equal: match[2] !== "!=" };
  });
}

/** Fields that are false unless set. */
const booleans = new Set(["spec.unschedulable", "spec.hostNetwork"]);

function fieldOf(object: KubeObject, path: string): string {
  if (path === "source") return textAt(object, "source.component");
  if (path === "reportingComponent") return textAt(object, "reportingComponent");
  if (path === "status.podIPs") return textAt(object, "status.podIP");
  return textAt(object, path) || (booleans.has(path) ? "false" : "");
}

function textAt(object: KubeObject, path: string): string {
  const value = path
    .split(".")
    .reduce<unknown>((at, name) => (at as { [key: string]: unknown } | undefined)?.[name], object);
  return value === undefined || value === null ? "" : String(value);
}
