import type { Service } from "../../../stdlib/kubernetes/generated/core-v1.js";
import type { EndpointSlice } from "../../../stdlib/kubernetes/generated/discovery-v1.js";
import type { KubeObject } from "../../../stdlib/schema/objects.js";
import type { Printer } from "./table.js";
import { ageColumn, ageOf, column, labelsText, nameColumn, nameOf } from "./text.js";

export const servicePrinter: Printer = {
  columns: [
    nameColumn,
    column("Type", "How the service is exposed."),
    column("Cluster-IP", "Address inside the cluster."),
    column("External-IP", "Addresses from outside."),
    column("Port(s)", "Ports, with those of the node after a colon."),
    ageColumn,
    column("Selector^", "Labels of the pods behind it."),
  ],
  cells(object, now) {
    const service = object as KubeObject & Service;
    const { spec } = service;
    const type = spec?.type ?? "ClusterIP";
    const ports = (spec?.ports ?? []).map(
      ({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ""}/${protocol ?? "TCP"}`,
    );
    return [
      nameOf(object),
      type,
      spec?.clusterIP || "<none>",
      externalAddresses(service),
      ports.join(",") || "<none>",
      ageOf(object, now),
      labelsText(spec?.selector),
    ];
  },
};

/** Long lists are cut so that the table stays readable; the whole is in the object. */
const shownAddresses = 16;

function externalAddresses({ spec, status }: Service): string {
  const given = spec?.externalIPs ?? [];
  if (spec?.type === "ExternalName") return spec.externalName || "<none>";
  if (spec?.type !== "LoadBalancer") return given.join(",") || "<none>";
  const balanced = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || "");
  const shown = balanced.join(",");
  const cut = shown.length > shownAddresses ? `${shown.slice(0, shownAddresses - 3)}...` : shown;
  return [...(cut === "" ? [] : [cut]), ...given].join(",") || "<pending>";
}

export const endpointSlicePrinter: Printer = {
  columns: [
    nameColumn,
    column("AddressType", "Kind of the addresses."),
    column("Ports", "Ports of every endpoint."),
    column("Endpoints", "Addresses."),
    ageColumn,
  ],
  cells(object, now) {
    const { addressType, ports, endpoints } = object as KubeObject & EndpointSlice;
    const addresses = (endpoints ?? []).map((endpoint) => endpoint.addresses?.join(",") ?? "");
    return [
      nameOf(object),
      addressType ?? "",
      listText(
        (ports ?? []).map(({ name, port }) => (port === undefined ? name || "*" : String(port))),
        "<unset>",
      ),
      listText(addresses, "<unset>"),
      ageOf(object, now),
    ];
  },
};

/** The first three, and how many more. */
function listText(items: readonly string[], none: string): string {
  if (items.length === 0) return none;
  const shown = items.slice(0, 3).join(",");
  return items.length > 3 ? `${shown} + ${items.length - 3} more...` : shown;
}
