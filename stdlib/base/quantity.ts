import { InfraError } from "./errors.js";

/** Text that is no resource quantity. */
export class QuantityError extends InfraError {
  readonly code = "quantity-invalid";
}

/** An exact amount. Kubernetes keeps nothing finer than 10⁻⁹; what is written finer is rounded up, as upstream does. */
export interface Quantity {
  readonly nano: bigint;
  /** Suffix family of the text: `Ki` and so on, `k` and so on, or an exponent. */
  readonly format: "binary" | "decimal" | "exponent";
  /** Thousandths, rounded up: CPU requests. */
  milli(): bigint;
  /** Whole units, rounded up: bytes. */
  value(): bigint;
}

const nanoPerUnit = 1_000_000_000n;
const decimalExponents: { readonly [suffix: string]: number } = {
  n: -9,
  u: -6,
  m: -3,
  "": 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binaryExponents: { readonly [suffix: string]: number } = {
  Ki: 10,
  Mi: 20,
  Gi: 30,
  Ti: 40,
  Pi: 50,
  Ei: 60,
};
const pattern = /^([+-]?)(\d+\.?\d*|\.\d+)(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d{1,3})?$/;

/**
 * Parses a quantity: `500m`, `1.5`, `64Mi`, `1e3`.
 *
 * @throws {QuantityError} naming the text.
 *
 * Source: Kubernetes API reference, "Quantity".
 */
export function parseQuantity(text: string): Quantity {
  const match = pattern.exec(text);
  if (match === null) {
    throw new QuantityError(`"${text}" is no quantity`, {
      hint: 'Write a number with an optional suffix, such as "500m" or "64Mi"',
    });
  }
  const [, sign = "", digits = "", suffix = ""] = match;
  const [whole = "", fraction = ""] = digits.split(".");
  const mantissa = BigInt(whole + fraction || "0") * (sign === "-" ? -1n : 1n);
  const binary = binaryExponents[suffix];
  if (binary !== undefined) {
    return quantity(scale(mantissa * 2n ** BigInt(binary) * nanoPerUnit, -fraction.length), "binary");
  }
  const isExponent = /^[eE][+-]?\d/.test(suffix);
  const exponent = isExponent ? Number(suffix.slice(1)) : (decimalExponents[suffix] ?? 0);
  return quantity(scale(mantissa, exponent + 9 - fraction.length), isExponent ? "exponent" : "decimal");
}

/** Like {@link parseQuantity}, but undefined instead of an error. */
export function tryParseQuantity(text: string): Quantity | undefined {
  return pattern.test(text) ? parseQuantity(text) : undefined;
}

function quantity(nano: bigint, format: Quantity["format"]): Quantity {
  return { nano, format, milli: () => divideUp(nano, 1_000_000n), value: () => divideUp(nano, nanoPerUnit) };
}

/** Times ten to the power; fractions go away from zero. */
function scale(value: bigint, power: number): bigint {
  return power >= 0 ? value * 10n ** BigInt(power) : divideUp(value, 10n ** BigInt(-power));
}

function divideUp(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  if (value % by === 0n) return quotient;
  return value > 0n ? quotient + 1n : quotient - 1n;
}

export function compareQuantities(a: Quantity, b: Quantity): number {
  return a.nano < b.nano ? -1 : a.nano > b.nano ? 1 : 0;
}

/**
 * The canonical text: largest suffix of the family that keeps it whole. `0.5` → `500m`, `1000m` → `1`, `1024Mi` → `1Gi`.
 * A binary amount that is no whole number is written with decimal suffixes.
 */
export function formatQuantity({ nano, format }: Quantity): string {
  if (nano === 0n) return "0";
  if (format === "binary" && nano % nanoPerUnit === 0n) return formatBinary(nano / nanoPerUnit);
  return format === "exponent" ? formatDecimal(nano, exponentSuffix) : formatDecimal(nano, decimalSuffix);
}

function formatBinary(units: bigint): string {
  const magnitude = units < 0n ? -units : units;
  const suffixes = Object.entries(binaryExponents).reverse();
  const [suffix, power] = suffixes.find(([, candidate]) => magnitude % 2n ** BigInt(candidate) === 0n) ?? [
    "",
    0,
  ];
  return `${units / 2n ** BigInt(power)}${suffix}`;
}

function formatDecimal(nano: bigint, suffixOf: (exponent: number) => string | undefined): string {
  for (let exponent = 18; exponent > -9; exponent -= 3) {
    const unit = 10n ** BigInt(exponent + 9);
    const suffix = suffixOf(exponent);
    if (suffix !== undefined && nano % unit === 0n) return `${nano / unit}${suffix}`;
  }
  return `${nano}${suffixOf(-9) ?? "n"}`;
}

function decimalSuffix(exponent: number): string | undefined {
  return Object.keys(decimalExponents).find((suffix) => decimalExponents[suffix] === exponent);
}

function exponentSuffix(exponent: number): string {
  return exponent === 0 ? "" : `e${exponent}`;
}
