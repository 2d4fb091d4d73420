/* The text of schedules. Source: robfig/cron v3 `ParseStandard`, which Kubernetes reads them with. */

interface FieldBounds {
  readonly low: number;
  readonly high: number;
  readonly names: readonly string[];
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const fields: readonly FieldBounds[] = [
  { low: 0, high: 59, names: [] },
  { low: 0, high: 23, names: [] },
  { low: 1, high: 31, names: [] },
  { low: 1, high: 12, names: months },
  { low: 0, high: 6, names: days },
];
const descriptors = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/;
const every = /^@every ([+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/;

/** Minute, hour, day of month, month, day of week: `15 3 * * mon-fri`, or `@daily`. */
export function checkSchedule(text: string): string | undefined {
  const schedule = text.replace(/^(CRON_)?TZ=\S+\s+/, "");
  if (schedule.startsWith("@"))
    return descriptors.test(schedule) || every.test(schedule)
      ? undefined
      : `unrecognized descriptor: ${schedule}`;
  const parts = schedule.split(/\s+/).filter((part) => part !== "");
  if (parts.length !== fields.length)
    return `expected exactly 5 fields, found ${parts.length}: ${JSON.stringify(parts)}`;
  for (const [index, part] of parts.entries())
    for (const item of part.split(",")) {
      const why = checkItem(item, fields[index] as FieldBounds);
      if (why !== undefined) return why;
    }
  return undefined;
}

/** A number or name, a range of them, `*` or `?`; each with a step or without. */
function checkItem(item: string, { high, low, names }: FieldBounds): string | undefined {
  const [range = "", step, ...rest] = item.split("/");
  if (rest.length > 0) return `too many slashes: ${item}`;
  if (step !== undefined && (!/^\d+$/.test(step) || Number(step) === 0))
    return `step of range should be a positive number: ${item}`;
  if (range === "*" || range === "?") return undefined;
  const ends = range.split("-");
  if (ends.length > 2) return `too many hyphens: ${item}`;
  const numbers = ends.map((end) => {
    const named = names.indexOf(end.toLowerCase());
    if (named >= 0) return named + low;
    return /^\d+$/.test(end) ? Number(end) : Number.NaN;
  });
  if (numbers.some(Number.isNaN)) return `failed to parse int from ${item}`;
  const [from = low, to = from] = numbers;
  if (from < low) return `beginning of range (${from}) below minimum (${low}): ${item}`;
  if (to > high) return `end of range (${to}) above maximum (${high}): ${item}`;
  return from > to ? `beginning of range (${from}) beyond end of range (${to}): ${item}` : undefined;
}

/** Asking the engine for a zone costs it more than all other rules of a CronJob together. */
const asked = new Map<string, string | undefined>();

/** A zone of the IANA's table, by its name there. */
export function checkTimeZone(zone: string): string | undefined {
  if (!asked.has(zone)) asked.set(zone, judgeTimeZone(zone));
  return asked.get(zone);
}

function judgeTimeZone(zone: string): string | undefined {
  if (zone === "") return "timeZone must be nil or non-empty string";
  if (/^local$/i.test(zone))
    return "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones";
  if (!/^[A-Za-z._0-9][A-Za-z0-9._+/-]*$/.test(zone)) return `unknown time zone ${zone}`;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return `unknown time zone ${zone}`;
    throw error;
  }
}
