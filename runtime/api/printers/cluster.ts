import type { ConfigMap, Event, Node, Secret } from "../../../stdlib/kubernetes/generated/core-v1.js";
import type { KubeObject } from "../../../stdlib/schema/objects.js";
import type { Printer } from "./table.js";
import { ageColumn, ageOf, column, nameColumn, nameOf, since } from "./text.js";

const rolePrefix = "node-role.kubernetes.io/";

export const nodePrinter: Printer = {
  columns: [
    nameColumn,
    column("Status", "Whether the node is ready, and takes pods."),
    column("Roles", "Roles of the node."),
    ageColumn,
    column("Version", "Version of its agent."),
    column("Internal-IP^", "Address inside the cluster."),
    column("External-IP^", "Address from outside."),
    column("OS-Image^", "Operating system."),
    column("Kernel-Version^", "Kernel."),
    column("Container-Runtime^", "What runs its containers."),
  ],
  cells(object, now) {
    const { spec, status } = object as KubeObject & Node;
    const ready = status?.conditions?.find(({ type }) => type === "Ready")?.status;
    const condition = ready === undefined ? "Unknown" : ready === "True" ? "Ready" : "NotReady";
    const roles = Object.keys(object.metadata.labels ?? {})
      .filter((label) => label.startsWith(rolePrefix))
      .map((label) => label.slice(rolePrefix.length));
    const address = (wanted: string) =>
      status?.addresses?.find(({ type }) => type === wanted)?.address || "<none>";
    const info = status?.nodeInfo;
    return [
      nameOf(object),
      spec?.unschedulable ? `${condition},SchedulingDisabled` : condition,
      roles.sort().join(",") || "<none>",
      ageOf(object, now),
      info?.kubeletVersion ?? "",
      address("InternalIP"),
      address("ExternalIP"),
      info?.osImage || "<unknown>",
      info?.kernelVersion || "<unknown>",
      info?.containerRuntimeVersion || "<unknown>",
    ];
  },
};

export const namespacePrinter: Printer = {
  columns: [nameColumn, column("Status", "Whether it takes new objects."), ageColumn],
  cells(object, now) {
    const { status } = object as KubeObject & { status?: { phase?: string } };
    return [nameOf(object), status?.phase ?? "", ageOf(object, now)];
  },
};

export const configMapPrinter: Printer = {
  columns: [nameColumn, column("Data", "How many entries it has."), ageColumn],
  cells(object, now) {
    const { data, binaryData } = object as KubeObject & ConfigMap;
    const entries = Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length;
    return [nameOf(object), String(entries), ageOf(object, now)];
  },
};

export const secretPrinter: Printer = {
  columns: [
    nameColumn,
    column("Type", "What its entries are for."),
    column("Data", "How many entries it has."),
    ageColumn,
  ],
  cells(object, now) {
    const { type, data } = object as KubeObject & Secret;
    return [nameOf(object), type ?? "", String(Object.keys(data ?? {}).length), ageOf(object, now)];
  },
};

export const leasePrinter: Printer = {
  columns: [nameColumn, column("Holder", "Who holds it."), ageColumn],
  cells(object, now) {
    const { spec } = object as KubeObject & { spec?: { holderIdentity?: string } };
    return [nameOf(object), spec?.holderIdentity ?? "", ageOf(object, now)];
  },
};

/** Of the core group, and of events.k8s.io, which names its fields anew. */
export const eventPrinter: Printer = {
  columns: [
    column("Last Seen", "Time since it happened last."),
    column("Type", "Normal or Warning."),
    column("Reason", "Why, as one word."),
    column("Object", "What it is about."),
    column("Subobject^", "Which part of that."),
    column("Source^", "Who says so."),
    column("Message", "What happened."),
    column("First Seen^", "Time since it happened first."),
    column("Count^", "How often it happened."),
    { ...column("Name^", "Unique within a namespace."), format: "name" },
  ],
  cells(object, now) {
    const event = coreEvent(object);
    const { involvedObject: about, source } = event;
    const first = event.firstTimestamp ?? event.eventTime;
    const last = event.series?.lastObservedTime ?? event.lastTimestamp ?? first;
    const reporter = source?.component || event.reportingComponent || "";
    const host = source?.host || event.reportingInstance || "";
    return [
      since(last, now),
      event.type ?? "",
      event.reason ?? "",
      `${(about?.kind ?? "").toLowerCase()}/${about?.name ?? ""}`,
      about?.fieldPath ?? "",
      host === "" ? reporter : `${reporter}, ${host}`,
      (event.message ?? "").trim(),
      since(first, now),
      String(event.series?.count || event.count || 1),
      nameOf(object),
    ];
  },
};

function coreEvent(object: KubeObject): Event {
  if (object.apiVersion === "v1") return object as KubeObject & Event;
  const { regarding, note, reportingController, ...rest } = object as unknown as {
    readonly regarding?: Event["involvedObject"];
    readonly note?: string;
    readonly reportingController?: string;
  } & Event;
  return {
    ...rest,
    ...(regarding === undefined ? {} : { involvedObject: regarding }),
    ...(note === undefined ? {} : { message: note }),
    ...(reportingController === undefined ? {} : { reportingComponent: reportingController }),
  };
}
