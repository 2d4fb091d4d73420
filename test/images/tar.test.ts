import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import fc from "fast-check";
import type { TarEntry } from "../../runtime/images/tar.js";
import { ArchiveInvalid, readTar } from "../../runtime/images/tar-read.js";
import { archiveOf, file, folder, inPieces, type TestEntry } from "./archives.js";
import { makeFolder } from "./fixtures.js";

const run = promisify(execFile);

async function entriesOf(archive: Buffer, piece?: number): Promise<readonly TestEntry[]> {
  const found: TestEntry[] = [];
  let pieces: Buffer[] = [];
  const add = (entry: TarEntry, content: string) => {
    const { path, type, mode, uid, gid, target } = entry;
    const xattrs = Object.fromEntries(
      [...entry.xattrs].map(([name, value]) => [name, value.toString("latin1")]),
    );
    found.push({ path, type, mode, uid, gid, target, content, xattrs });
  };
  let current: TarEntry | undefined;
  await readTar(inPieces(archive, piece), {
    entry(entry) {
      current = entry;
      pieces = [];
      if (entry.type !== "file") add(entry, "");
    },
    content(bytes) {
      pieces.push(Buffer.from(bytes));
    },
    end() {
      if (current !== undefined) add(current, Buffer.concat(pieces).toString("latin1"));
    },
  });
  return found;
}

const byteText = (options: { minLength: number; maxLength: number }) =>
  fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)), ...options });
const names = byteText({ minLength: 1, maxLength: 40 }).map((text) => text.replaceAll("/", "_"));
const paths = fc.array(names, { minLength: 1, maxLength: 8 }).map((parts) => parts.join("/"));
const identifiers = fc.integer({ min: 0, max: 2 ** 32 - 2 });
const someEntry: fc.Arbitrary<TestEntry> = fc.oneof(
  fc.record({
    path: paths,
    type: fc.constant("file" as const),
    mode: fc.integer({ min: 0, max: 0o7777 }),
    uid: identifiers,
    gid: identifiers,
    target: fc.constant(""),
    content: byteText({ minLength: 0, maxLength: 2000 }),
    xattrs: fc.dictionary(
      fc.constantFrom("user.a", "user.b", "security.capability"),
      byteText({ minLength: 1, maxLength: 50 }),
    ),
  }),
  fc.record({
    path: paths,
    type: fc.constantFrom("symlink" as const, "hardlink" as const),
    mode: fc.constant(0o777),
    uid: identifiers,
    gid: identifiers,
    target: byteText({ minLength: 1, maxLength: 300 }),
    content: fc.constant(""),
    xattrs: fc.constant({}),
  }),
);

test("what is written is read, in whatever pieces it comes", async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(someEntry, { maxLength: 6 }),
      fc.integer({ min: 1, max: 3000 }),
      async (entries, piece) => {
        const read = await entriesOf(archiveOf(...entries), piece);
        t.deepEqual(JSON.stringify(read), JSON.stringify(entries.map(sorted)));
      },
    ),
    { numRuns: 150 },
  );
  t.pass();

  function sorted(entry: TestEntry): TestEntry {
    const { path, type, mode, uid, gid, target, content, xattrs = {} } = entry;
    const ordered = Object.fromEntries(Object.entries(xattrs).sort(([a], [b]) => (a < b ? -1 : 1)));
    return { path, type, mode, uid, gid, target, content, xattrs: ordered } as TestEntry;
  }
});

test("a damaged archive is refused or read, never anything else", async (t) => {
  const archive = archiveOf(file("a", "content"), folder("d"), file("d/\xff", "x".repeat(600)), {
    path: `${"long/".repeat(60)}x`,
    content: "y",
    xattrs: { "user.x": "z" },
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      fc.nat(archive.length),
      async (changes, cut) => {
        const bent = Buffer.from(archive.subarray(0, Math.max(cut, 600)));
        for (const [at, value] of changes) if (at < bent.length) bent[at] = value;
        await entriesOf(bent).catch((error) => {
          if (!(error instanceof ArchiveInvalid)) throw error;
        });
      },
    ),
    { numRuns: 500 },
  );
  t.pass();
});

test("GNU tar reads what is written, and is read", async (t) => {
  const base = await makeFolder(t);
  const long = `${"n".repeat(120)}/${"m".repeat(130)}`;
  const archive = archiveOf(folder("d", 0o700), file("d/a", "1", { uid: 3_000_000 }), file(long, "2"));
  await writeFile(join(base, "a.tar"), archive);
  const { stdout } = await run("tar", ["--numeric-owner", "-tvf", join(base, "a.tar")]);
  t.regex(stdout, /^drwx------ 0\/0 .* d\/$/m);
  t.regex(stdout, /^-rw-r--r-- 3000000\/0 .* d\/a$/m);
  t.true(stdout.includes(long));
  await mkdir(join(base, "tree/d"), { recursive: true });
  for (const name of ["d/short", "w".repeat(200)]) await writeFile(join(base, "tree", name), name);
  for (const format of ["gnu", "pax", "ustar", "v7"]) {
    const only = format === "gnu" || format === "pax" ? ["."] : ["d"];
    await run("tar", [`--format=${format}`, "-cf", join(base, "b.tar"), "-C", join(base, "tree"), ...only]);
    const { stdout: bytes } = await run("cat", [join(base, "b.tar")], { encoding: "buffer" });
    const found = new Map(
      (await entriesOf(bytes)).map(({ path, content }) => [path.replace(/^\.\//, ""), content]),
    );
    t.is(found.get("d/short"), "d/short", format);
    if (only[0] === ".") t.is(found.get("w".repeat(200)), "w".repeat(200), format);
  }
});

test("an archive that ends early, or asks for something unknown, is refused", async (t) => {
  const archive = archiveOf(file("a", "x".repeat(1000)));
  for (const length of [0, 1, 511, 512, 600, 1535, 1536, 2000])
    await t.throwsAsync(
      entriesOf(archive.subarray(0, length)),
      { instanceOf: ArchiveInvalid },
      String(length),
    );
  const flagged = (flag: string) => {
    const bytes = Buffer.from(archiveOf(file("a", "")));
    bytes.write(flag, 156, "latin1");
    const sum = bytes
      .subarray(0, 512)
      .reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
    bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
    return bytes;
  };
  for (const flag of ["S", "V", "M", "D", "Z"])
    await t.throwsAsync(entriesOf(flagged(flag)), { message: /of type/ }, flag);
});
