import { statusError } from "../status-error.js";

/** The shape a client wants an answer in. All are JSON. */
export type Shape = "object" | "table" | "partial";

interface MediaRange {
  readonly type: string;
  readonly parameters: { readonly [name: string]: string };
  readonly weight: number;
}

/**
 * Ranges of an `Accept` header, the preferred first; equal weights stay in order.
 *
 * Source: RFC 9110, section 12.5.1.
 */
export function parseAccept(accept: string): readonly MediaRange[] {
  return accept
    .split(",")
    .map((part) => {
      const [type = "", ...rest] = part.split(";").map((text) => text.trim());
      const parameters: { [name: string]: string } = {};
      for (const pair of rest) {
        const at = pair.indexOf("=");
        if (at > 0) parameters[pair.slice(0, at).toLowerCase()] = pair.slice(at + 1);
      }
      const weight = Number(parameters["q"] ?? 1);
      return { type: type.toLowerCase(), parameters, weight: Number.isNaN(weight) ? 0 : weight };
    })
    .filter(({ type, weight }) => type !== "" && weight > 0)
    .sort((a, b) => b.weight - a.weight);
}

/** @throws NotAcceptable when the client wants nothing that we can write. */
export function shapeOf(accept: string | undefined): Shape {
  const ranges = parseAccept(accept || "*/*");
  for (const { type, parameters } of ranges) {
    if (type !== "application/json" && type !== "application/*" && type !== "*/*") continue;
    const { as, v = "v1", g = "meta.k8s.io" } = parameters;
    if (as === undefined) return "object";
    if (g !== "meta.k8s.io" || v !== "v1") continue;
    if (as === "Table") return "table";
    if (as === "PartialObjectMetadata" || as === "PartialObjectMetadataList") return "partial";
  }
  throw statusError(
    "NotAcceptable",
    "only the following media types are accepted: application/json, application/json;as=Table;v=v1;g=meta.k8s.io",
  );
}
