import type { Service as L1Service } from "../kubernetes/generated/core-v1.js";
import { callPosition, make, reference } from "./guest.js";
import type { Service, Workload } from "./types.js";
import type { Patch } from "./workload.js";

/** `P` are the ports of the workload, `Q` those of them that the Service reaches. */
export interface ServiceSpec<P extends string, Q extends P = P> {
  readonly to: Workload<P>;
  /** Port of the Service to the container port's name. */
  readonly ports: { readonly [port: number]: Q };
  /** Ports of every node, 30000 to 32767, by container port name: reachable from outside. */
  readonly nodePorts?: { readonly [K in NoInfer<Q>]?: number };
  readonly labels?: { readonly [key: string]: string };
  readonly annotations?: { readonly [key: string]: string };
  readonly patch?: Patch<L1Service>;
}

/** A stable name and address for the ready pods of a workload. */
export function service<P extends string, const Q extends P = P>(
  name: string,
  spec: ServiceSpec<P, Q>,
): Service<Q> {
  return make("service", name, spec, (resource) => ({
    address: (port: string) =>
      reference({ kind: "serviceAddress", of: resource, port, call: callPosition() }),
    port: (port: string) => reference({ kind: "servicePort", of: resource, port, call: callPosition() }),
    get host() {
      return reference({ kind: "serviceHost", of: resource, call: callPosition() });
    },
  })) as unknown as Service<Q>;
}
