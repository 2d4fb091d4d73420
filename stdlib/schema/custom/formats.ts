/**
 * Formats of text that the API server holds custom objects to. Those it does not know it ignores, and so do we.
 *
 * Source: k8s.io/apiextensions-apiserver, supported formats; go-openapi/strfmt for their letters. Subset: no `hostname`,
 * `email`, `uri`, `isbn`, `creditcard` and colours, whose rules there are looser than any short pattern.
 */
const formats: { readonly [format: string]: (text: string) => boolean } = {
  "date-time": (text) =>
    /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/.test(text) &&
    !Number.isNaN(Date.parse(text.replace(" ", "T"))),
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)),
  byte: (text) => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text),
  uuid: (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text),
  ipv4: isIpv4,
  ipv6: isIpv6,
  cidr: isCidr,
  mac: (text) => /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(text),
  duration: (text) =>
    /^[+-]?(\d+(\.\d+)?|\.\d+)\s*(ns|us|µs|ms|s|m|h|d|w|[a-z]+)/i.test(text) || text === "0",
};

/** Ends of the integers a format stands for. */
export const integerFormats: { readonly [format: string]: readonly [least: number, most: number] } = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [-(2 ** 63), 2 ** 63],
};

/** False only for a format that is known and not met. */
export function fitsFormat(format: string, text: string): boolean {
  const check = Object.hasOwn(formats, format) ? formats[format] : undefined;
  return check === undefined || check(text);
}

function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
}

/** Groups of four hexadecimal digits, eight or fewer around one `::`; the last two may be an IPv4 address. */
function isIpv6(text: string): boolean {
  if (!text.includes(":")) return false;
  const tail = text.slice(text.lastIndexOf(":") + 1);
  if (tail.includes(".")) return isIpv4(tail) && isIpv6(`${text.slice(0, -tail.length)}0:0`);
  const halves = text.split("::");
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  return halves.length === 1 ? groups.length === 8 : halves.length === 2 && groups.length < 8;
}

function isCidr(text: string): boolean {
  const [address = "", bits = "", ...rest] = text.split("/");
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  return (isIpv4(address) && Number(bits) <= 32) || (isIpv6(address) && Number(bits) <= 128);
}
