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
/** A share of a whole: `"25%"`. */
export type Percentage = `${number}%`;
/** TCP unless it says otherwise: `8080`, `"53/UDP"`. */
export type Port = number | `${number}/${"TCP" | "UDP" | "SCTP"}`;
/** A path from the root: `"/var/lib/app"`. */
export type AbsolutePath = `/${string}`;
/** A file or folder beside the stack: `"./src"`. */
export type RelativePath = `./${string}`;
/** An image by name, with the tag or digest that says which: `"registry.example/shop:3"`. */
export type ImageName = `${string}:${string}`;
/** A range of addresses: `"10.0.0.0/8"`. */
export type AddressRange = `${string}/${number}`;
/** Minute, hour, day of month, month, day of week; or `"@hourly"` and the like, or `"@every 90m"`. */
export type CronSchedule =
  | `${string} ${string} ${string} ${string} ${string}`
  | `@${"yearly" | "annually" | "monthly" | "weekly" | "daily" | "midnight" | "hourly"}`
  | `@every ${string}`;

/** What every resource with a description may have. */
export interface Described {
  /** Namespace it belongs to: one of the stack, or by name one that is there already. @default that of the command line */
  readonly in?: Namespace | string;
  /** Labels beside those the stack sets. */
  readonly labels?: { readonly [key: string]: string };
  /** Notes for people and tools. */
  readonly annotations?: { readonly [key: string]: string };
  /**
   * Whose defaults fill what is not said: `"kubernetes"` leaves out the labels, requests, limits and safe settings that
   * infra adds, for what ran before it was described here. @default infra's own
   */
  readonly defaults?: "kubernetes";
}

/** Every field optional, lists as a whole; `null` takes a field away. */
export type Patch<T> = T extends readonly (infer _)[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: Patch<T[K]> | null }
    : T;

/** An exact Kubernetes object, as `infra/kubernetes` makes it, where its name is all that is needed. */
export interface Exact<ApiVersion extends string, Kind extends string> {
  readonly apiVersion: ApiVersion;
  readonly kind: Kind;
  readonly metadata?: { readonly name?: string };
}

/** An exact object that makes pods. */
export type ExactWorkload =
  | Exact<"apps/v1", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet">
  | Exact<"batch/v1", "Job" | "CronJob">
  | Exact<"v1", "Pod">;

/** Objects of YAML files, as they are. */
export interface Manifests {
  readonly [brand]?: "manifests";
}

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

/** A stable name and address for pods. */
export interface Service<out P extends string = never> {
  readonly [portNames]?: P;
  readonly [brand]?: "service";
  /** `host:port` of the port that reaches the container port of this name. */
  address(port: P): TextReference;
  /** The host alone. */
  readonly host: TextReference;
  /** The port that reaches the container port of this name, for an Ingress to send to. */
  port(port: P): Backend;
  /** A port of the Service by its number, for an Ingress that is to say it so. */
  portNumber(port: number): Backend;
}

/** A port of a Service. */
export interface Backend {
  readonly [brand]: "backend";
}

/** Pods with names and places of their own, numbered from 0. */
export interface StatefulSet<out P extends string = never> extends Workload<P> {
  /** Host name of one of its pods: `db.host(0)`. */
  host(index: number): TextReference;
}

/** Where names are unique, and what rights and limits are given for. */
export interface Namespace {
  readonly [brand]: "namespace";
}

/** Who a pod is for the Kubernetes API. */
export interface ServiceAccount {
  readonly [brand]: "serviceAccount";
  /** A signed token as a file, renewed before it expires. */
  token(options?: TokenOptions): Volume;
}

export interface TokenOptions {
  /** Who is to accept it. @default the API server */
  readonly audience?: string;
  /** At least 10 minutes. @default "1h" */
  readonly expires?: Duration;
  /** Name of the file. @default "token" */
  readonly path?: string;
}

/** How much more important a pod is than others. */
export interface PriorityClass {
  readonly [brand]: "priorityClass";
}

/** A machine of the cluster. */
export interface ClusterNode {
  readonly [brand]: "node";
}

/** A resource that others do not refer to. */
export interface Resource {
  readonly [brand]?: "resource";
}

/** Settings by key. */
export interface ConfigMap<out K extends string = never> {
  readonly [keyNames]?: K;
  readonly [brand]?: "configMap";
  /** One key as an environment variable. */
  key<N extends K>(key: N): TextReference;
  /** All keys as files, or those named: file path to key. */
  files(items?: { readonly [path: string]: K }): Volume;
}

/** Confidential values by key. */
export interface Secret<out K extends string = never> {
  readonly [keyNames]?: K;
  readonly [brand]?: "secret";
  /** One key as an environment variable. */
  key<N extends K>(key: N): SecretRef;
  /** All keys as files, or those named: file path to key. */
  files(items?: { readonly [path: string]: K }): Volume;
}

/** Text that is known when the pod starts. It fits an environment variable, nothing that must be known now. */
export interface TextReference {
  readonly [brand]: "text";
}

/** A secret is not a string: no template literal, label or file takes it. */
export type SecretRef = symbol & { readonly [brand]: "secret" };

/** Files for a container: mounted where the container says. */
export interface Volume {
  readonly [brand]: "volume" | "claim";
}

/** Storage that outlives pods; mounted like any volume. */
export interface Claim extends Volume {
  readonly [brand]: "claim";
}

/** Contents of a file beside the stack, read at compile. */
export interface FileContents {
  readonly [brand]: "file";
}

/** What an image stands on. */
export interface ImageBase {
  readonly [brand]: "base";
}

/** Where the value of a secret comes from when the stack is brought up. */
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
