import { declarePolicy } from "./guest.js";

/** An object of the stack as Kubernetes gets it. */
export interface PolicyObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: { readonly [label: string]: string };
    readonly annotations?: { readonly [name: string]: string };
  };
  // biome-ignore lint/suspicious/noExplicitAny: what an object holds depends on its kind
  readonly [field: string]: any;
}

/** Says what is wrong with an object, and where: `spec.replicas`. The author's line is found by it. */
export type ReportFinding = (object: PolicyObject, message: string, path?: string) => void;

/** Judges all objects of a stack. */
export type Policy = (objects: readonly PolicyObject[], report: ReportFinding) => void;

/**
 * A rule of one's own: exported, or in a module that the stack imports. It is called with the objects that the stack
 * compiles to; whatever it reports is an error. Gives the rule back, so that a test can call it.
 */
export function policy(name: string, judge: Policy): Policy {
  declarePolicy(name, judge);
  return judge;
}
