import {
  configMapPrinter,
  eventPrinter,
  leasePrinter,
  namespacePrinter,
  nodePrinter,
  secretPrinter,
} from "./cluster.js";
import { endpointSlicePrinter, servicePrinter } from "./network.js";
import { podPrinter } from "./pods.js";
import type { Printer } from "./table.js";
import { ageColumn, ageOf, nameColumn, nameOf } from "./text.js";
import { deploymentPrinter, replicaSetPrinter } from "./workloads.js";

/** For kinds that have no columns of their own. */
export const plainPrinter: Printer = {
  columns: [nameColumn, ageColumn],
  cells: (object, now) => [nameOf(object), ageOf(object, now)],
};

/** By `<resource>`, or `<resource>.<group>` outside the core group. */
export const printers: { readonly [resource: string]: Printer } = {
  configmaps: configMapPrinter,
  "deployments.apps": deploymentPrinter,
  "endpointslices.discovery.k8s.io": endpointSlicePrinter,
  events: eventPrinter,
  "events.events.k8s.io": eventPrinter,
  "leases.coordination.k8s.io": leasePrinter,
  namespaces: namespacePrinter,
  nodes: nodePrinter,
  pods: podPrinter,
  "replicasets.apps": replicaSetPrinter,
  secrets: secretPrinter,
  services: servicePrinter,
};
