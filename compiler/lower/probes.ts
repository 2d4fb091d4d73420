import type { LifecycleHandler, Probe } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { Authored } from "../model/authored.js";
import type { PodParts } from "./container.js";
import { type LowerContext, type PortSpec, portTarget, secondsOf, textMapOf, textsOf } from "./context.js";

const timings = { after: "initialDelaySeconds", timeout: "timeoutSeconds", every: "periodSeconds" } as const;
const counts = { successes: "successThreshold", failures: "failureThreshold" } as const;

/** @param name - as the author wrote it, for messages; `field` is what it becomes. */
export function lowerProbe(
  context: LowerContext,
  parts: PodParts,
  path: string,
  spec: Authored | undefined,
  ports: ReadonlyMap<string, PortSpec>,
): Probe | undefined {
  if (spec === undefined) return undefined;
  parts.origins.set(path, spec);
  const handler = handlerOf(context, parts, path, spec, ["http", "tcp", "grpc", "exec"], ports);
  const probe: Probe = { ...handler } as Probe;
  for (const [name, field] of Object.entries(timings)) {
    const seconds = secondsOf(parts.origins.take(spec, name, `${path}.${field}`));
    if (seconds !== undefined) probe[field] = seconds;
  }
  for (const [name, field] of Object.entries(counts)) {
    const count = parts.origins.take(spec, name, `${path}.${field}`)?.number;
    if (count !== undefined) probe[field] = count;
  }
  return probe;
}

export function lowerHook(
  context: LowerContext,
  parts: PodParts,
  path: string,
  spec: Authored | undefined,
  ports: ReadonlyMap<string, PortSpec>,
): LifecycleHandler | undefined {
  if (spec === undefined) return undefined;
  parts.origins.set(path, spec);
  return handlerOf(context, parts, path, spec, ["http", "exec", "sleep"], ports) as LifecycleHandler;
}

/** The one thing that is done; anything else than one is reported. */
function handlerOf(
  context: LowerContext,
  parts: PodParts,
  path: string,
  spec: Authored,
  kinds: readonly string[],
  ports: ReadonlyMap<string, PortSpec>,
): object {
  const given = kinds.filter((kind) => spec.get(kind) !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    context.reporter.report("choose-one", spec.span, { resource: parts.title, of: kinds, given });
    return {};
  }
  const take = (member: string, to: string) => parts.origins.take(spec, member, `${path}.${to}`);
  const portMeant = (named: Authored | undefined): string => {
    const name = named?.text ?? "";
    if (named === undefined)
      context.reporter.report("field-missing", spec.span, { resource: parts.title, path: "port" });
    else if (named.text !== undefined && !ports.has(name))
      context.reporter.report("port-name-unknown", named.span, {
        workload: parts.title,
        ...(parts.container === undefined ? {} : { container: parts.container }),
        port: name,
        known: [...ports.keys()].sort(),
      });
    return name;
  };
  switch (kind) {
    case "http": {
      const written = take("headers", "httpGet.httpHeaders");
      for (const [name, text] of written?.entries() ?? [])
        parts.origins.set(`${path}.httpGet.httpHeaders[${name}]`, text);
      const headers = Object.entries(textMapOf(written) ?? {});
      return {
        httpGet: {
          path: take(kind, "httpGet.path")?.text ?? "/",
          port: portTarget(portMeant(take("port", "httpGet.port"))),
          scheme: take("scheme", "httpGet.scheme")?.text ?? "HTTP",
          ...(headers.length === 0
            ? {}
            : { httpHeaders: headers.map(([name, text]) => ({ name, value: text })) }),
        },
      };
    }
    case "tcp":
      return { tcpSocket: { port: portTarget(portMeant(take(kind, "tcpSocket.port"))) } };
    case "grpc":
      return { grpc: { port: ports.get(portMeant(take(kind, "grpc.port")))?.port ?? 0, service: "" } }; // takes no names
    case "sleep":
      return { sleep: { seconds: secondsOf(take(kind, "sleep")) ?? 0 } };
    default:
      return { exec: { command: textsOf(take(kind, "exec.command")) ?? [] } };
  }
}
