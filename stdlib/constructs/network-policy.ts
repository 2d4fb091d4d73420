import type { NetworkPolicy as L1NetworkPolicy } from "../kubernetes/generated/networking-v1.js";
import { make } from "./guest.js";
import type { AddressRange, Described, Namespace, Patch, Resource, Workload } from "./types.js";

export interface NetworkPolicySpec<P extends string> extends Described {
  /** Whose connections are decided on: those of a workload, or of every pod of the namespace. */
  readonly of: Workload<P> | "all";
  /** Who may call it; all others may not. `[]` is nobody. @default not decided here */
  readonly from?: readonly Peer[];
  /** Ports they may call, by name. @default all */
  readonly ports?: readonly NoInfer<P>[];
  /** Whom it may call; all others it may not. `[]` is nobody. @default not decided here */
  readonly to?: readonly Peer[];
  /** With `to`: whether it may ask for names, port 53 of anyone. @default true */
  readonly dns?: boolean;
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1NetworkPolicy>;
}

/** A workload of the same namespace, all pods of a namespace, a range of addresses, or anyone. */
export type Peer = Workload<string> | Namespace | PeerPods | AddressRange | "anywhere";

/** Pods by label, of one namespace or of those with labels. */
export interface PeerPods {
  /** Labels of the pods; `{}` is all. */
  readonly pods: { readonly [label: string]: string };
  /** @default the policy's own */
  readonly namespace?: Namespace | { readonly [label: string]: string };
}

/** Who may call whom. A pod that no policy decides on takes every connection; what several allow is allowed. */
export function networkPolicy<P extends string>(name: string, spec: NetworkPolicySpec<P>): Resource {
  return make("networkPolicy", name, spec, () => ({}));
}
