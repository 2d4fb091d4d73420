/**
 * Amounts with a unit as other tools write them, `500ms`, `2 cores`, `64MB`: as they are written here. A unit that is not
 * known proposes nothing: half of one, `500m` of `500ms`, would be something else.
 */
export function meantAmount(text: string, form: string): string | undefined {
  if (form === "Duration") return meantDuration(text);
  if (form === "Cpu") return meantCores(text);
  const [, amount, unit = ""] = (form === "Memory" ? memoryUnit : /$^/).exec(text) ?? [];
  return amount === undefined ? undefined : `write "${amount}${unit.toUpperCase()}i"`;
}

/** The same of a number without a unit. */
export function meantNumber(value: number, form: string): string | undefined {
  if (value < 0) return undefined;
  if (form === "Duration") return Number.isInteger(value) ? `with its unit: "${value}s"` : inWhole(value);
  if (form === "Memory") return `with its unit: "${value < 1024 ? value : Math.ceil(value / 2 ** 20)}Mi"`;
  if (form === "Percentage")
    return `write "${value > 0 && value < 1 ? Math.round(value * 10_000) / 100 : value}%"`;
  return undefined;
}

const memoryUnit = /^(\d+(?:\.\d+)?) ?([kmgt])i?b?$/i;

const secondsOfUnit: readonly (readonly [unit: RegExp, seconds: number])[] = [
  [/^(ns|nano(second)?s?)$/i, 1e-9],
  [/^([uµμ]s|micro(second)?s?)$/i, 1e-6],
  [/^(ms|msecs?|milli(second)?s?)$/i, 1e-3],
  [/^(s|secs?|seconds?)$/i, 1],
  [/^(m|mins?|minutes?)$/i, 60],
  [/^(h|hrs?|hours?)$/i, 3600],
  [/^(d|days?)$/i, 86_400],
  [/^(w|weeks?)$/i, 604_800],
];

/** `90 sec`, and sums such as `1h30m`. */
function meantDuration(text: string): string | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?) ?([a-zµμ]+) ?/gi)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) return undefined;
  let sum = 0;
  for (const [, amount, unit = ""] of parts) {
    const seconds = secondsOfUnit.find(([name]) => name.test(unit))?.[1];
    if (seconds === undefined) return undefined;
    sum += Number(amount) * seconds;
  }
  const seconds = Math.round(sum * 1e9) / 1e9; // 0.1 + 0.2 is no whole number of tenths
  return Number.isInteger(seconds) ? `write "${durationText(seconds)}"` : inWhole(seconds);
}

/** Source: Kubernetes API, where durations are fields of whole seconds. */
function inWhole(seconds: number): string {
  return `whole seconds are the least: "${durationText(Math.ceil(seconds))}"`;
}

function durationText(seconds: number): string {
  if (seconds > 0 && seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds > 0 && seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

/** Thousandths of a core are the least that is counted. Source: Kubernetes, "CPU resource units". */
const thousandthsOfUnit: readonly (readonly [unit: RegExp, thousandths: number])[] = [
  [/^(v?cpus?|cores?)$/i, 1000],
  [/^m(illi)?[ -]?(v?cpus?|cores?)?$/i, 1],
  [/^u$/, 1e-3],
  [/^n$/, 1e-6],
];

function meantCores(text: string): string | undefined {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?) ?([a-z][a-z -]*)$/i.exec(text) ?? [];
  const each = thousandthsOfUnit.find(([name]) => name.test(unit))?.[1];
  if (amount === undefined || each === undefined) return undefined;
  return `write "${each === 1000 ? amount : `${Math.ceil(Number(amount) * each)}m`}"`;
}
