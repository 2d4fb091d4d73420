import type { Json } from "../base/json.js";
import type { SecretProvider } from "../schema/bundle.js";

/**
 * What the guest (the author's program with the stdlib) hands to the compiler: one JSON document, nothing else.
 *
 * Authored values keep their shape. Three reserved members mark what plain JSON cannot say; `@` cannot start a
 * Kubernetes field, label, key or path, so nothing an author writes collides:
 *  - `"@at": number` in an object: the literal it was written as (an index the instrumenter assigned), so that every
 *    property keeps its place through functions and spreads;
 *  - `{ "@ref": index }`: a resource of this graph;
 *  - `{ "@value": … }`: a typed reference, see {@link ValueReference}.
 */
export interface Graph {
  readonly formatVersion: 1;
  readonly resources: readonly ResourceNode[];
  readonly inputs: readonly InputNode[];
  /** Diagnostics the stdlib itself raises while the program runs (`call` is where the author called it). */
  readonly problems: readonly GuestProblem[];
  /** Findings that are taken for what they are. */
  readonly accepted: readonly AcceptedFinding[];
  /** Custom kinds that the program made objects of. */
  readonly kinds: readonly KindDeclaration[];
  /** How many policies of its own the program has. */
  readonly policies: number;
  /** Exports that are functions. */
  readonly functions: readonly string[];
}

/** One version of a custom kind, as modules of `infra types` carry it. */
export interface KindDeclaration {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** A structural schema as JSON text: the program has no use for it. */
  readonly schema: string;
}

export interface AcceptedFinding {
  readonly of: number;
  readonly code: string;
  readonly reason: string;
  readonly call: GuestPosition;
}

/** What a policy reported: the object by its place in the list it was given, -1 for what is none of it. */
export interface PolicyFinding {
  readonly policy: string;
  /** Where that was reported, of what is none of the list. */
  readonly call?: GuestPosition;
  readonly object: number;
  readonly path: string;
  readonly text: string;
  /** The policy gives a promise, at its call. */
  readonly isAsync?: true;
}

/**
 * A position in the bundle, `[line, column]`, both from 0; the front end maps it to the author's file. A line of −1: the
 * call whose last argument is the literal with the number that stands in place of a column.
 */
export type GuestPosition = readonly [line: number, column: number];

export interface ResourceNode {
  /** The constructor's name, `"deployment"`; `"l1"` for an object written as Kubernetes has it. */
  readonly construct: string;
  readonly name: string;
  readonly call: GuestPosition;
  /** Export path: `"api"`, `"stack.web"`, `"all[0]"`; absent when only referred to, or not at all. */
  readonly exported?: string;
  /** True when exported or referred to by something that belongs to the stack. */
  readonly included: boolean;
  /** The author's spec, with reserved members. */
  readonly spec: AuthoredValue;
  /** What the author says of the resource itself, where the spec is data (ConfigMap, Secret). */
  readonly options?: AuthoredValue;
}

export type AuthoredValue = null | boolean | number | string | readonly AuthoredValue[] | AuthoredObject;
export interface AuthoredObject {
  readonly [key: string]: AuthoredValue;
}

/** Under `"@value"`. `call` is where the reference was written. */
export type ValueReference =
  | { readonly kind: "configKey"; readonly of: number; readonly key: string; readonly call: GuestPosition }
  | {
      readonly kind: "configFiles";
      readonly of: number;
      readonly items?: { readonly [path: string]: string };
      readonly call: GuestPosition;
    }
  | { readonly kind: "secretKey"; readonly of: number; readonly key: string; readonly call: GuestPosition }
  | {
      readonly kind: "secretFiles";
      readonly of: number;
      readonly items?: { readonly [path: string]: string };
      readonly call: GuestPosition;
    }
  | {
      readonly kind: "serviceAddress";
      readonly of: number;
      readonly port: string;
      readonly call: GuestPosition;
    }
  | { readonly kind: "serviceHost"; readonly of: number; readonly call: GuestPosition }
  | {
      readonly kind: "servicePort";
      readonly of: number;
      readonly port: string | number;
      readonly call: GuestPosition;
    }
  | { readonly kind: "downward"; readonly field: string; readonly call: GuestPosition }
  | {
      readonly kind: "downwardFiles";
      readonly files: { readonly [path: string]: string };
      readonly call: GuestPosition;
    }
  | {
      readonly kind: "emptyDir";
      readonly medium?: "Memory";
      readonly sizeLimit?: string;
      readonly id: number;
      readonly call: GuestPosition;
    }
  | {
      readonly kind: "hostPath";
      readonly path: string;
      readonly type?: string;
      readonly call: GuestPosition;
    }
  /** `sources` are texts and typed references, to be put together when the pod starts. */
  | { readonly kind: "text"; readonly sources: AuthoredValue; readonly call: GuestPosition }
  /** `sources` are typed references, each `{ "@value": … }`. */
  | { readonly kind: "combined"; readonly sources: AuthoredValue; readonly call: GuestPosition }
  /** `source` is one volume source as Kubernetes has it. */
  | { readonly kind: "exactVolume"; readonly source: AuthoredValue; readonly call: GuestPosition }
  | {
      readonly kind: "claimPerPod";
      readonly name: string;
      readonly spec: AuthoredValue;
      readonly call: GuestPosition;
    }
  | {
      readonly kind: "token";
      readonly of: number;
      readonly audience?: string;
      readonly expires?: string;
      readonly path?: string;
      readonly call: GuestPosition;
    }
  | { readonly kind: "podHost"; readonly of: number; readonly index: number; readonly call: GuestPosition }
  | { readonly kind: "exactVariable"; readonly source: AuthoredValue; readonly call: GuestPosition }
  | { readonly kind: "file"; readonly path: string; readonly call: GuestPosition }
  | {
      readonly kind: "debian";
      readonly packages: readonly string[];
      readonly users: { readonly [name: string]: number };
      readonly call: GuestPosition;
    }
  | { readonly kind: "scratch"; readonly call: GuestPosition }
  /** `spec` is what the author said of it, where its values have rules. */
  | {
      readonly kind: "provider";
      readonly provider: SecretProvider;
      readonly spec?: AuthoredValue;
      readonly call: GuestPosition;
    };

export interface InputNode {
  readonly name: string;
  readonly type: "text" | "number" | "boolean" | "choice";
  readonly default?: Json;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
  readonly help?: string;
  /** Variable of the environment that is asked when nothing is given. */
  readonly env?: string;
  readonly call: GuestPosition;
}

export interface GuestProblem {
  /** A code of the compiler's diagnostics table. */
  readonly code: string;
  readonly call: GuestPosition;
  /** The nearest literal around what is wrong, and its property that leads there. */
  readonly member?: readonly [literal: number, name: string];
  readonly data: { readonly [key: string]: Json };
}

/**
 * Globals the front end gives the guest before the stdlib runs. All plain data in, plain data out.
 * `guest.ts` beside this file is the only reader.
 */
export interface GuestGlobals {
  /** Values from `--set`, by input name, as text. */
  readonly set: { readonly [name: string]: string };
  /** Variables of the environment that the program names. */
  readonly environment: { readonly [name: string]: string };
}

/** The instrumenter rewrites `{ a: 1 }` to `__infra_at(17, { a: 1 })`; guest.ts defines it (WeakMap) and returns the object. */
export type LiteralMarker = <T extends object>(literal: number, object: T, passed?: 1) => T;
