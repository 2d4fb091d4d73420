import { InfraError } from "../../stdlib/base/errors.js";
import type { BuildGraph } from "../../stdlib/schema/bundle.js";
import type { BuildEvent } from "../images/image-store.js";

/**
 * What the daemon serves beside the Kubernetes API, for our own command line only: the instance itself, and builds,
 * which Kubernetes has no words for. Same listeners, same authentication.
 */
export const routes = {
  /** GET: {@link DaemonInfo}. Answers once the daemon is ready, so it is the readiness check too. */
  info: "/infra/v1/info",
  /** POST {@link BuildRequest}: {@link BuildMessage}s, one JSON object a line, until `end` or `failed`. */
  builds: "/infra/v1/builds",
  /** POST: 202, then the daemon ends; pods keep running. */
  shutdown: "/infra/v1/shutdown",
} as const;

export interface DaemonInfo {
  readonly formatVersion: 1;
  /** Version of infra the daemon was built from. */
  readonly version: string;
  readonly pid: number;
  readonly slot: number;
  readonly root: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** `https://127.0.0.1:6443`. */
  readonly server: string;
  /** `up` started it: `down` ends it once no stack is left. */
  readonly startedByUp: boolean;
  readonly podRange: string;
  readonly serviceRange: string;
}

export interface BuildRequest {
  readonly graph: BuildGraph;
  /** Absolute folder that `copy` sources are relative to. */
  readonly sourceRoot: string;
}

/** A line of a build's answer. The status is 200 before anything is built, so failure is a line too. */
export type BuildMessage =
  | { readonly type: "event"; readonly event: BuildEvent }
  | { readonly type: "failed"; readonly code: string; readonly message: string; readonly hint?: string }
  | { readonly type: "end" };

/** The other side sent something that is not of these routes. */
export class RouteMismatch extends InfraError {
  readonly code = "route-mismatch";
}

/** @throws {RouteMismatch} when the body is not a {@link BuildRequest}. The graph's inside is the image store's to judge. */
export function parseBuildRequest(text: string): BuildRequest {
  const body = parseObject(text, "build request");
  const { graph, sourceRoot } = body;
  if (typeof sourceRoot !== "string" || !sourceRoot.startsWith("/"))
    throw new RouteMismatch("Cannot build: sourceRoot is not an absolute path");
  if (!isObject(graph) || graph["formatVersion"] !== 1 || !Array.isArray(graph["images"]))
    throw new RouteMismatch("Cannot build: graph is not a build graph of format 1", {
      hint: "Run infra compile again, with the version of infra that the daemon has",
    });
  return { graph: graph as unknown as BuildGraph, sourceRoot };
}

export function formatBuildMessage(message: BuildMessage): string {
  return `${JSON.stringify(message)}\n`;
}

/** @throws {RouteMismatch} when the line is not a {@link BuildMessage}. */
export function parseBuildMessage(line: string): BuildMessage {
  const message = parseObject(line, "build message");
  const { type } = message;
  if (type === "end" || (type === "event" && isObject(message["event"])))
    return message as unknown as BuildMessage;
  if (type === "failed" && typeof message["message"] === "string") return message as unknown as BuildMessage;
  throw new RouteMismatch(`Cannot read the daemon's answer: a build message of type "${String(type)}"`);
}

/** The error as a line; causes are joined, since only the message crosses. */
export function failedMessage(error: unknown): BuildMessage {
  const parts: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) parts.push(at.message);
  const hint = error instanceof InfraError ? error.hint : undefined;
  return {
    type: "failed",
    code: error instanceof InfraError ? error.code : "internal",
    message: parts.length === 0 ? String(error) : parts.join(": "),
    ...(hint === undefined ? {} : { hint }),
  };
}

function parseObject(text: string, what: string): { readonly [name: string]: unknown } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new RouteMismatch(`Cannot read the ${what}: it is not JSON`, { cause });
  }
  if (!isObject(value)) throw new RouteMismatch(`Cannot read the ${what}: it is not an object`);
  return value;
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
