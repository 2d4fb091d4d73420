import type { Service as L1Service } from "../kubernetes/generated/core-v1.js";
import { callPosition, type Made, make, reference } from "./guest.js";
import type { AddressRange, Described, Duration, ExactWorkload, Patch, Service, Workload } from "./types.js";

/** `P` are the ports of the workload, `Q` those of them that the Service reaches. */
export interface ServiceSpec<P extends string, Q extends P = P> extends Described {
  /** The workload whose ready pods answer. */
  readonly to: Workload<P> | ExactWorkload;
  /**
   * Port of the Service to the container port's name, by which the Service calls it too. Several may lead to one: all but
   * the first have their number behind that name.
   */
  readonly ports: { readonly [port: number]: Q };
  /**
   * Who reaches it: the cluster; everyone at a port of every node; everyone at an address of its own; or the cluster by
   * the pods' own addresses, without one of the Service. Default `"ClusterIP"`, and `"NodePort"` where node ports are given.
   */
  readonly type?: "ClusterIP" | "NodePort" | "LoadBalancer" | "Headless";
  /**
   * Ports of every node, 30000 to 32767, by container port name: reachable from outside. Of several ports that lead there
   * the first has it. @default chosen by the cluster
   */
  readonly nodePorts?: { readonly [K in NoInfer<Q>]?: number };
  /** Names of its own ports, by container port name; `""` is none. @default those of the container ports; of one without a name, where there are several, `port-` and its number */
  readonly portNames?: { readonly [K in NoInfer<Q>]?: string };
  /** Pods are called at the numbers of their ports instead of their names. @default false */
  readonly byNumber?: boolean;
  /** One caller's connections reach one pod, for this long after the last. @default each connection goes its own way */
  readonly sticky?: Duration;
  /** Connections from outside stay on the node they reach and keep the caller's address. @default false */
  readonly keepCaller?: boolean;
  /** Who reaches a load balancer. @default everyone */
  readonly allowFrom?: readonly AddressRange[];
  /** Lists pods that are not ready too. @default false */
  readonly unready?: boolean;
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1Service>;
}

export interface ExternalServiceSpec<Q extends string> extends Described {
  /** Name in the DNS that callers are led to. */
  readonly external: string;
  /** Port to a name for it, so that others can refer to it. */
  readonly ports?: { readonly [port: number]: Q };
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1Service>;
}

/** A stable name and address for the ready pods of a workload. */
export function service<P extends string, const Q extends P = P>(
  name: string,
  spec: ServiceSpec<P, Q>,
): Service<Q> {
  return make("service", name, spec, serviceValue) as unknown as Service<Q>;
}

/** A name in the cluster for what answers outside of it. */
export function externalService<const Q extends string = never>(
  name: string,
  spec: ExternalServiceSpec<Q>,
): Service<Q> {
  return make("externalService", name, spec, serviceValue) as unknown as Service<Q>;
}

function serviceValue(resource: Made): object {
  return {
    address: (port: string) =>
      reference({ kind: "serviceAddress", of: resource, port, call: callPosition() }),
    port: (port: string) => reference({ kind: "servicePort", of: resource, port, call: callPosition() }),
    portNumber: (port: number) =>
      reference({ kind: "servicePort", of: resource, port, call: callPosition() }),
    get host() {
      return reference({ kind: "serviceHost", of: resource, call: callPosition() });
    },
  };
}
