/** The vocabulary of types. Shallow on purpose: type-check time is part of the benches. */

declare const portNames: unique symbol;
declare const keyNames: unique symbol;
declare const brand: unique symbol;

type Unit<S extends string> = `${number}${S}`;

/** Cores: `"250m"`, `"0.5"`, `2`. */
export type Cpu = Unit<"m"> | `${number}` | number;
/** Bytes: `"64Mi"`, `"1G"`. */
export type Memory = Unit<"Ki" | "Mi" | "Gi" | "Ti" | "k" | "M" | "G" | "T">;
/** `"5s"`, `"1m"`, `"2h"`. */
export type Duration = Unit<"s" | "m" | "h">;
export type Percentage = `${number}%`;
/** TCP unless it says otherwise: `8080`, `"53/UDP"`. */
export type Port = number | `${number}/${"TCP" | "UDP" | "SCTP"}`;
export type AbsolutePath = `/${string}`;
/** An image by name, with the tag or digest that says which. */
export type ImageName = `${string}:${string}`;

/** An image whose exposed ports are known by name. */
export interface Image<out P extends string = never> {
  readonly [portNames]?: P;
  readonly [brand]?: "image";
}

/** What a Service can send to: its containers open ports `P`. */
export interface Workload<out P extends string = never> {
  readonly [portNames]?: P;
  readonly [brand]?: "workload";
}

export interface Service<out P extends string = never> {
  readonly [portNames]?: P;
  readonly [brand]?: "service";
  /** `host:port` of the port that reaches the container port of this name. */
  address(port: P): TextReference;
  /** The host alone. */
  readonly host: TextReference;
  /** The port that reaches the container port of this name, for an Ingress to send to. */
  port(port: P): Backend;
}

/** A port of a Service. */
export interface Backend {
  readonly [brand]: "backend";
}

/** A resource that others do not refer to. */
export interface Resource {
  readonly [brand]?: "resource";
}

export interface ConfigMap<out K extends string = never> {
  readonly [keyNames]?: K;
  readonly [brand]?: "configMap";
  /** One key as an environment variable. */
  key<N extends K>(key: N): TextReference;
  /** All keys as files, or those named: file path to key. */
  files(items?: { readonly [path: string]: K }): Volume;
}

export interface Secret<out K extends string = never> {
  readonly [keyNames]?: K;
  readonly [brand]?: "secret";
  key<N extends K>(key: N): SecretRef;
  files(items?: { readonly [path: string]: K }): Volume;
}

/** Text that is known when the pod starts. It fits an environment variable, nothing that must be known now. */
export interface TextReference {
  readonly [brand]: "text";
}

/** A secret is not a string: no template literal, label or file takes it. */
export type SecretRef = symbol & { readonly [brand]: "secret" };

export interface Volume {
  readonly [brand]: "volume";
}

/** Contents of a file beside the stack, read at compile. */
export interface FileContents {
  readonly [brand]: "file";
}

export interface ImageBase {
  readonly [brand]: "base";
}

export interface SecretProvider {
  readonly [brand]: "provider";
}

/** Facts of a pod that are known before its containers start. */
export type PodField =
  | "metadata.name"
  | "metadata.namespace"
  | "metadata.uid"
  | `metadata.labels['${string}']`
  | `metadata.annotations['${string}']`
  | "spec.nodeName"
  | "spec.serviceAccountName"
  | "status.podIP"
  | "status.podIPs"
  | "status.hostIP"
  | "status.hostIPs";

/** Facts that make a file: those of an environment variable, and whole maps. */
export type PodFileField =
  | "metadata.name"
  | "metadata.namespace"
  | "metadata.uid"
  | "metadata.labels"
  | "metadata.annotations"
  | `metadata.labels['${string}']`
  | `metadata.annotations['${string}']`;

interface ProbeTiming {
  /** Between checks. Default `"10s"`. */
  readonly every?: Duration;
  /** How long one check may take. Default `"1s"`. */
  readonly timeout?: Duration;
  /** Before the first check. Default none. */
  readonly after?: Duration;
  /** Failures in a row that count. Default 3. */
  readonly failures?: number;
  /** Successes in a row after a failure that count. Default 1; a liveness probe has only 1. */
  readonly successes?: number;
}

/** Exactly one of `http`, `tcp`, `exec`. */
export type Probe<P extends string> = ProbeTiming &
  (
    | { readonly http: AbsolutePath; readonly port: P; readonly tcp?: never; readonly exec?: never }
    | { readonly tcp: P; readonly http?: never; readonly port?: never; readonly exec?: never }
    | { readonly exec: readonly string[]; readonly http?: never; readonly port?: never; readonly tcp?: never }
  );
