import { isIP, isIPv4, isIPv6 } from "node:net";
import { checkDnsSubdomain } from "../../base/names.js";
import { compareQuantities, parseQuantity, type Quantity } from "../../base/quantity.js";
import type { Checker } from "./checker.js";

/* Rules of single values that several kinds share. */

export function checkIp(value: string): string | undefined {
  return isIP(value) === 0 ? "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)" : undefined;
}

/** Addresses that mean this host or this link are nobody else's. */
export function checkOutsideIp(address: string): string | undefined {
  const problem = checkIp(address);
  if (problem !== undefined) return problem;
  if (/^(0\.0\.0\.0|::)$/.test(address)) return `may not be unspecified (${address})`;
  if (/^127\.|^::1$/.test(address)) return "may not be in the loopback range (127.0.0.0/8, ::1/128)";
  if (/^169\.254\.|^fe[89ab]/i.test(address))
    return "may not be in the link-local range (169.254.0.0/16, fe80::/10)";
  if (/^224\.0\.0\.|^ff.2:/i.test(address))
    return "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)";
  return undefined;
}

/** An address as it is written today: in one spelling, and not of version 4 within 6. */
export function checkCanonicalIp(address: string): string | undefined {
  if (!isIPv6(address) || address.includes("%")) return checkIp(address);
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  if (canonical.startsWith("::ffff:")) return "must not be an IPv4-mapped IPv6 address";
  return address === canonical ? undefined : `must be in canonical form ("${canonical}")`;
}

/** A range as it is written today: its address is the first of it. */
export function checkStrictCidr(cidr: string): string | undefined {
  const why = checkCidr(cidr);
  if (why !== undefined) return why;
  const [address = "", length = ""] = cidr.split("/");
  if (/^0\d/.test(length)) return "must not have leading 0s in the length";
  const isFirst = hostBits(address, Number(length)) === 0n;
  return isFirst ? checkCanonicalIp(address) : "must not have bits set beyond the prefix length";
}

function hostBits(address: string, length: number): bigint {
  const isFour = isIPv4(address);
  const parts = isFour ? address.split(".").map(Number) : groupsOf(address);
  const value = parts.reduce((sum, part) => sum * (isFour ? 256n : 65_536n) + BigInt(part), 0n);
  return value & ((1n << BigInt((isFour ? 32 : 128) - length)) - 1n);
}

/** The eight of an address of version 6. */
function groupsOf(address: string): readonly number[] {
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const read = (half: string) =>
    half.split(":").flatMap((group) => (group === "" ? [] : [Number.parseInt(group, 16)]));
  const [before, after] = [read(head), read(tail ?? "")];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}

/** One segment of a URL's path, and otherwise free. */
export function checkPathSegment(name: string): string | undefined {
  if (name === "." || name === "..") return `may not be '${name}'`;
  const found = ["/", "%"].find((character) => name.includes(character));
  return found === undefined ? undefined : `may not contain '${found}'`;
}

/** A domain, and what it calls by the rest. Source: apimachinery `IsDomainPrefixedPath`. */
export function checkPrefixedPath(text: string): string | undefined {
  const [domain = "", ...path] = text.split("/");
  const rest = path.join("/");
  if (domain === "" || rest === "") return 'must be a domain-prefixed path (such as "acme.io/foo")';
  const why = checkDnsSubdomain(domain);
  if (why !== undefined) return why;
  return /^[\w/.~%!$&'()*+,;=:-]+$/.test(rest) ? undefined : `Invalid path "${rest}"`;
}

export function checkCidr(value: string): string | undefined {
  const [address = "", length = "", ...rest] = value.split("/");
  const bits = isIPv4(address) ? 32 : 128;
  return rest.length === 0 && isIP(address) !== 0 && /^\d{1,3}$/.test(length) && Number(length) <= bits
    ? undefined
    : "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
}

/** An absolute path is not one, nor is one that leaves the folder. */
export function validateRelativePath(check: Checker, path: string | undefined): void {
  if (!path) check.required();
  else validateDescendingPath(check, path);
}

export function validateDescendingPath(check: Checker, path: string): void {
  if (path.startsWith("/")) check.invalid(path, "must be a relative path");
  validateNoBacksteps(check, path);
}

export function validateNoBacksteps(check: Checker, path: string): void {
  if (path.split("/").includes("..")) check.invalid(path, "must not contain '..'");
}

export function validateFileMode(check: Checker, mode: number | undefined): void {
  if (mode !== undefined && (mode < 0 || mode > 0o777))
    check.invalid(mode, "must be a number between 0 and 0777 (octal), both inclusive");
}

/** Users and groups of the kernel are 31 bits here. */
export function validateId(check: Checker, id: number | undefined): void {
  check.between(id, 0, 2 ** 31 - 1);
}

/** A member of a map whose names anybody chooses: `constructor` is one like any other. */
export function own<T>(map: { readonly [name: string]: T } | undefined, name: string): T | undefined {
  return map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined;
}

export function quantityOf(value: unknown): Quantity {
  return parseQuantity(String(value));
}

export function isNegative(value: unknown): boolean {
  return quantityOf(value).nano < 0n;
}

export function isWhole(value: unknown): boolean {
  return quantityOf(value).nano % 1_000_000_000n === 0n;
}

export function isGreater(a: unknown, b: unknown): boolean {
  return compareQuantities(quantityOf(a), quantityOf(b)) > 0;
}

export function isEqual(a: unknown, b: unknown): boolean {
  return compareQuantities(quantityOf(a), quantityOf(b)) === 0;
}

/** A number of pods, or a share of them. */
export function validateAmount(check: Checker, value: number | string | undefined): void {
  if (typeof value === "number") check.nonNegative(value);
  else if (value !== undefined && !/^[0-9]+%$/.test(value))
    check.invalid(
      value,
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    );
}

/** More than all is none of the meanings that a share can have where pods are away. */
export function validateShare(check: Checker, value: number | string | undefined): void {
  if (typeof value === "string" && /^[0-9]+%$/.test(value) && Number.parseInt(value, 10) > 100)
    check.invalid(value, "must not be greater than 100%");
}

export function isZero(value: number | string | undefined): boolean {
  return value === 0 || (typeof value === "string" && Number.parseInt(value, 10) === 0);
}
