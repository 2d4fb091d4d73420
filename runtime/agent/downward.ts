import { compareQuantities, parseQuantity, type Quantity } from "../../stdlib/base/quantity.js";
import type { Container, Pod } from "../../stdlib/kubernetes/generated/core-v1.js";
import { ContainerConfigError } from "./accounts.js";

/** What the agent knows of a pod beside its object. */
export interface PodPlace {
  readonly podIP: string;
  readonly hostIP: string;
  /** Stand in for limits that are not set. */
  readonly allocatable: { readonly cpu: string; readonly memory: string };
}

/**
 * A pod's field as text, for the environment and for files.
 *
 * Source: Kubernetes `pkg/fieldpath`: maps are `key="value"` lines, sorted, quoted as Go does.
 */
export function fieldValue(pod: Pod, path: string, place: PodPlace): string {
  const { metadata, spec } = pod;
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed !== null) return metadata[keyed[1] as "labels" | "annotations"]?.[keyed[2] ?? ""] ?? "";
  switch (path) {
    case "metadata.name":
      return metadata.name ?? "";
    case "metadata.namespace":
      return metadata.namespace ?? "";
    case "metadata.uid":
      return metadata.uid ?? "";
    case "metadata.labels":
      return mapLines(metadata.labels ?? {});
    case "metadata.annotations":
      return mapLines(metadata.annotations ?? {});
    case "spec.nodeName":
      return spec?.nodeName ?? "";
    case "spec.serviceAccountName":
      return spec?.serviceAccountName ?? "";
    case "status.hostIP":
    case "status.hostIPs":
      return place.hostIP;
    case "status.podIP":
    case "status.podIPs":
      return place.podIP;
    default:
      throw new ContainerConfigError(`unsupported fieldPath: ${path}`);
  }
}

/** A container's request or limit, divided and rounded up. Source: `pkg/api/v1/resource`. */
export function resourceValue(
  container: Container,
  resource: string,
  divisor: string | number | undefined,
  place: PodPlace,
): string {
  const [kind = "", name = ""] = resource.split(".");
  if ((kind !== "limits" && kind !== "requests") || (name !== "cpu" && name !== "memory"))
    throw new ContainerConfigError(`unsupported resource: ${resource}`);
  const set = container.resources?.[kind]?.[name];
  const value = set ?? (kind === "limits" ? place.allocatable[name] : "0");
  const unit = parseQuantity(String(divisor === undefined || String(divisor) === "0" ? "1" : divisor));
  return String(divideUp(parseQuantity(String(value)), unit));
}

function divideUp(value: Quantity, unit: Quantity): bigint {
  if (compareQuantities(unit, parseQuantity("0")) <= 0) return 0n;
  return (value.nano + unit.nano - 1n) / unit.nano;
}

function mapLines(map: { readonly [key: string]: string }): string {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}=${goQuote(map[key] ?? "")}`)
    .join("\n");
}

/** strconv.Quote for valid UTF-8: JSON's escapes, but for the control characters Go names or writes in two digits. */
function goQuote(text: string): string {
  return JSON.stringify(text)
    .replace(/\\u0007/g, "\\a")
    .replace(/\\u000b/g, "\\v")
    .replace(/\\u00([01][0-9a-f])/g, "\\x$1")
    .replace(/\u007f/g, "\\x7f");
}
