import type { NetworkPolicy as L1NetworkPolicy } from "../kubernetes/generated/networking-v1.js";
import { make } from "./guest.js";
import type { AddressRange, Described, Namespace, Patch, Port, Resource, Workload } from "./types.js";

export interface NetworkPolicySpec<P extends string, Q extends string = never> extends Described {
  /** Whose connections are decided on: those of a workload, or of every pod of the namespace. */
  readonly of: Workload<P> | "all";
  /** Who may call it; all others may not. `[]` is nobody. @default not decided here */
  readonly from?: readonly (Peer | CallerPorts<P>)[];
  /** Ports that those of `from` may call who have none of their own, by name or number. @default all */
  readonly ports?: readonly (NoInfer<P> | Port)[];
  /** Whom it may call; all others it may not. `[]` is nobody. @default not decided here */
  readonly to?: readonly (Peer | CalledPorts<Q>)[];
  /** With `to`: whether it may ask for names, port 53 of anyone. @default true */
  readonly dns?: boolean;
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1NetworkPolicy>;
}

/** A workload of the same namespace, all pods of a namespace, a range of addresses, or anyone. */
export type Peer = Workload<string> | Namespace | PeerPods | AddressRange | "anywhere";

/** Who may call some ports. */
export interface CallerPorts<P extends string> {
  /** Who calls. */
  readonly of: Peer;
  /** Ports of what is called, by name or number. */
  readonly ports: readonly (NoInfer<P> | Port)[];
}

/** Who may be called at some ports. */
export interface CalledPorts<Q extends string> {
  /** Who is called. */
  readonly of: Workload<Q> | Namespace | PeerPods | AddressRange | "anywhere";
  /** Ports of it: by name where it is a workload, by number always. */
  readonly ports: readonly (NoInfer<Q> | Port)[];
}

/** Pods by label, of one namespace or of those with labels. */
export interface PeerPods {
  /** Labels of the pods; `{}` is all. */
  readonly pods: { readonly [label: string]: string };
  /** @default the policy's own */
  readonly namespace?: Namespace | { readonly [label: string]: string };
}

/** Who may call whom. A pod that no policy decides on takes every connection; what several allow is allowed. */
export function networkPolicy<P extends string, Q extends string = never>(
  name: string,
  spec: NetworkPolicySpec<P, Q>,
): Resource {
  return make("networkPolicy", name, spec, () => ({}));
}
