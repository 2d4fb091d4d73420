/**
 * A duration as Compose writes it, `1m30s`, in seconds; undefined when it is none.
 *
 * Source: Compose specification, "Specifying durations".
 */
export function secondsOf(text: string): number | undefined {
  const units: { readonly [unit: string]: number } = {
    h: 3600,
    m: 60,
    s: 1,
    ms: 1e-3,
    us: 1e-6,
    µs: 1e-6,
    ns: 1e-9,
  };
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|us|µs|ns|m|s)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) return undefined;
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ""] ?? 0), 0);
}

/** Seconds as constructs write them: whole, upwards. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole > 0 && whole % 3600 === 0) return `${whole / 3600}h`;
  return whole > 0 && whole % 60 === 0 ? `${whole / 60}m` : `${whole}s`;
}

/**
 * A byte value as Compose writes it, `512m` or `1gb`, all powers of 1024; undefined when it is none.
 *
 * Source: Compose specification, "Specifying byte values".
 */
export function memoryText(text: string): string | undefined {
  const found = /^(\d+(?:\.\d+)?)\s*(b|[kmgt]i?b?)?$/i.exec(text.trim());
  if (found === null) return undefined;
  const power = "bkmgt".indexOf((found[2] ?? "b").charAt(0).toLowerCase());
  const bytes = Math.round(Number(found[1]) * 1024 ** power);
  if (!Number.isSafeInteger(bytes) || bytes <= 0) return undefined;
  const units = ["", "Ki", "Mi", "Gi", "Ti"];
  let unit = 0;
  let amount = bytes;
  while (amount % 1024 === 0 && unit < 4) {
    amount /= 1024;
    unit += 1;
  }
  return unit === 0 ? `${Math.ceil(bytes / 1024)}Ki` : `${amount}${units[unit]}`;
}

/** Cores, `0.5` or `2`, as constructs write them. */
export function cpuText(text: string): string | undefined {
  const cores = Number(text);
  if (text.trim() === "" || !(cores > 0) || cores > 10_000) return undefined;
  return Number.isInteger(cores) ? String(cores) : `${Math.max(1, Math.round(cores * 1000))}m`;
}

/** A port that is opened, and where it is published. */
export interface ComposePort {
  readonly target: number;
  readonly protocol: "TCP" | "UDP" | "SCTP";
  readonly published: number | undefined;
  /** Address of the host that it is published at. */
  readonly address: string | undefined;
  readonly isPublished: boolean;
}

/** More ports than this in one range are no service's. */
const mostPorts = 100;

/**
 * `3000`, `8000-8002:9000-9002`, `127.0.0.1:8001:80/udp`, `[::1]:80:80`; undefined when it is no port.
 *
 * Source: Compose specification, "ports", "Short syntax".
 */
export function portsOf(text: string): readonly ComposePort[] | undefined {
  const [, address, , publishedText, targetText = "", protocolText = "tcp"] =
    /^(?:(\[[0-9a-fA-F:.]+\]|\d{1,3}(?:\.\d{1,3}){3})?(:)?([\d-]*):)?(\d+(?:-\d+)?)(?:\/(\w+))?$/.exec(
      text.trim(),
    ) ?? [];
  const targets = rangeOf(targetText);
  const protocol = protocolText.toUpperCase();
  if (targets === undefined || (protocol !== "TCP" && protocol !== "UDP" && protocol !== "SCTP"))
    return undefined;
  const published = publishedText === undefined || publishedText === "" ? [] : rangeOf(publishedText);
  if (published === undefined) return undefined;
  const isChoice = targets.length === 1 && published.length > 1; // one of a range
  if (published.length > 0 && !isChoice && published.length !== targets.length) return undefined;
  return targets.map((target, index) => ({
    target,
    protocol,
    published: isChoice ? undefined : published[index],
    address: address?.replace(/^\[|\]$/g, ""),
    isPublished: true,
  }));
}

export function rangeOf(text: string): readonly number[] | undefined {
  const [, first = "", last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (first === "" || from < 1 || to > 65_535 || to < from || to - from >= mostPorts) return undefined;
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** A mount as the short syntax has it: `source:target:options`, or the target alone. */
export function mountOf(
  text: string,
):
  | { readonly source: string | undefined; readonly target: string; readonly options: readonly string[] }
  | undefined {
  const parts = text.split(":");
  if (parts.length === 1) return { source: undefined, target: parts[0] ?? "", options: [] };
  const [source = "", target = "", options = "", ...more] = parts;
  return more.length > 0 ? undefined : { source, target, options: options === "" ? [] : options.split(",") };
}
