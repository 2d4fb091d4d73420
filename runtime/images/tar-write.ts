import {
  blockSize,
  headerChecksum,
  paddingAfter,
  type TarEntry,
  toBytes,
  typeFlags,
  xattrPrefix,
} from "./tar.js";

const flagOf = new Map(Object.entries(typeFlags).map(([flag, type]) => [type, flag]));
const maxOctal = { mode: 0o7777777, id: 0o7777777, size: 0o77777777777 } as const;

/** Two blocks of zeros end an archive. */
export const tarEnd = Buffer.alloc(2 * blockSize);

/**
 * The header of one entry; its content and `contentPadding` follow. ustar, with a PAX header before it only where ustar
 * cannot say it, so that equal entries have equal bytes. No user names, no other times than `mtime`.
 *
 * Source: POSIX.1-2024, pax, "ustar Interchange Format" and "pax Extended Header".
 */
export function tarHeader(entry: TarEntry): Buffer {
  const path = entry.type === "directory" ? `${entry.path}/` : entry.path;
  const name = splitName(path);
  const records: [string, Buffer][] = [];
  if (name === undefined) records.push(["path", toBytes(path)]);
  if (entry.target.length > 100) records.push(["linkpath", toBytes(entry.target)]);
  if (entry.uid > maxOctal.id) records.push(["uid", Buffer.from(String(entry.uid))]);
  if (entry.gid > maxOctal.id) records.push(["gid", Buffer.from(String(entry.gid))]);
  if (entry.size > maxOctal.size) records.push(["size", Buffer.from(String(entry.size))]);
  for (const [attribute, value] of [...entry.xattrs].sort(([a], [b]) => (a < b ? -1 : 1)))
    records.push([xattrPrefix + attribute, value]);

  const own = ustar({ ...entry, path, name: name ?? { prefix: "", name: path.slice(0, 100) } });
  if (records.length === 0) return own;
  const body = Buffer.concat(records.map(([key, value]) => paxRecord(key, value)));
  const pax = ustar({
    ...entry,
    flag: "x",
    name: { prefix: "", name: "PaxHeader" },
    mode: 0o644,
    uid: 0,
    gid: 0,
    target: "",
    size: body.length,
  });
  return Buffer.concat([pax, body, Buffer.alloc(paddingAfter(body.length)), own]);
}

export function contentPadding(size: number): Buffer {
  return Buffer.alloc(paddingAfter(size));
}

/** ustar keeps 155 bytes before a `/` and 100 after; undefined when the path has no such place. */
function splitName(path: string): { readonly prefix: string; readonly name: string } | undefined {
  if (path.length <= 100) return { prefix: "", name: path };
  const slash = path.lastIndexOf("/", 155);
  const name = path.slice(slash + 1);
  if (slash <= 0 || name.length === 0 || name.length > 100) return undefined;
  return { prefix: path.slice(0, slash), name };
}

type Fields = TarEntry & {
  readonly name: { readonly prefix: string; readonly name: string };
  readonly flag?: string;
};

function ustar(entry: Fields): Buffer {
  const header = Buffer.alloc(blockSize);
  const octal = (value: number, at: number, digits: number, limit: number) =>
    header.write((value > limit ? 0 : value).toString(8).padStart(digits, "0"), at, "latin1");
  header.write(entry.name.name, 0, 100, "latin1");
  octal(entry.mode, 100, 7, maxOctal.mode);
  octal(entry.uid, 108, 7, maxOctal.id);
  octal(entry.gid, 116, 7, maxOctal.id);
  octal(entry.size, 124, 11, maxOctal.size);
  octal(entry.mtime, 136, 11, maxOctal.size);
  header.write(entry.flag ?? flagOf.get(entry.type) ?? "0", 156, "latin1");
  header.write(entry.target.slice(0, 100), 157, "latin1");
  header.write("ustar\u000000", 257, "latin1");
  octal(entry.device.major, 329, 7, maxOctal.id);
  octal(entry.device.minor, 337, 7, maxOctal.id);
  header.write(entry.name.prefix, 345, 155, "latin1");
  header.write(`${headerChecksum(header).toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
}

/** `<length> <key>=<value>\n`, where the length counts its own digits. */
function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from("\n")]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}
