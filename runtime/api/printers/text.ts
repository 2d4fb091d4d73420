import type { KubeObject } from "../../../stdlib/schema/objects.js";
import type { Column } from "./table.js";

/** A text column. A name that ends in `^` is shown only in wide output. */
export function column(name: string, description: string, type: Column["type"] = "string"): Column {
  const wide = name.endsWith("^");
  const shown = wide ? name.slice(0, -1) : name;
  return {
    name: shown,
    type,
    ...(shown === "Name" && !wide ? { format: "name" as const } : {}),
    description,
    priority: wide ? 1 : 0,
  };
}

export const nameColumn = column("Name", "Unique within a namespace; cannot change.");
export const ageColumn = column("Age", "Time since the object was created.");

export function nameOf({ metadata }: KubeObject): string {
  return metadata.name ?? "";
}

export function ageOf({ metadata }: KubeObject, now: number): string {
  return since(metadata.creationTimestamp, now);
}

/** Time since an RFC 3339 instant. */
export function since(time: string | undefined, now: number): string {
  return time === undefined ? "<unknown>" : duration(now - Date.parse(time));
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

/**
 * A duration in at most two units, finer the shorter it is.
 *
 * Source: Kubernetes `apimachinery/pkg/util/duration`, HumanDuration.
 */
export function duration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  const two = (large: number, big: string, small: number, little: string) => {
    const rest = Math.floor((seconds % large) / small);
    return `${Math.floor(seconds / large)}${big}${rest === 0 ? "" : `${rest}${little}`}`;
  };
  if (seconds < 2 * minute) return `${seconds}s`;
  if (seconds < 10 * minute) return two(minute, "m", 1, "s");
  if (seconds < 3 * hour) return `${Math.floor(seconds / minute)}m`;
  if (seconds < 8 * hour) return two(hour, "h", minute, "m");
  if (seconds < 2 * day) return `${Math.floor(seconds / hour)}h`;
  if (seconds < 8 * day) return two(day, "d", hour, "h");
  if (seconds < 2 * year) return `${Math.floor(seconds / day)}d`;
  if (seconds < 8 * year) return two(year, "y", day, "d");
  return `${Math.floor(seconds / year)}y`;
}

/** `a=b,c=d`, sorted; `<none>` for nothing. */
export function labelsText(labels: { readonly [key: string]: string } | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? "<none>" : pairs.sort().join(",");
}
