import { lstatSync } from "node:fs";
import { mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { BuildFailed } from "../../runtime/images/build-errors.js";
import type { BuildEvent } from "../../runtime/images/image-store.js";
import type { Engine, Sandbox, SandboxEvent } from "../../runtime/kernel/engine.js";
import { native } from "../../runtime/kernel/native.js";
import type { ImageBuild } from "../../stdlib/schema/bundle.js";
import { openTestEngine } from "../support/test-engine.js";
import { build, copyOf, debianOf, image, makeFolder, openStore, runOf, serveArchive } from "./fixtures.js";

const programs = ["sh", "cat", "chmod", "id", "ln", "mkdir", "mv", "rm", "sleep", "touch"].map(
  (name) => `/usr/bin/${name}`,
);

/** A store on the live engine, and a base with a shell and a few programs. */
async function setUp(t: ExecutionContext) {
  const folder = await makeFolder(t);
  const archive = await serveArchive(t);
  const engine = await openTestEngine();
  t.teardown(() => engine.close());
  const tools = await archive.add("tools", { "opt/kept/a": "a", "opt/gone/b": "b" }, { programs });
  const store = await openStore(join(folder, "store"), { archives: [archive.url], engine: engine.engine });
  const base = image("base", debianOf([tools]));
  await build(store, [base], folder);
  return {
    folder,
    store,
    base,
    build: (one: ImageBuild, signal?: AbortSignal) => build(store, [base, one], folder, signal),
    layers: async (one: ImageBuild) => {
      const found = await store.resolve(one.reference);
      if (found === undefined) throw new Error("not built");
      return store.layers(found);
    },
    /** What of a failed build is still there. */
    remains: async () => ({
      sandboxes: await readdir(join(engine.folder, "s")).catch(() => []),
      work: await readdir(join(folder, "store/work")),
      ingest: await readdir(join(folder, "store/ingest")),
    }),
  };
}

const from = { kind: "image", name: "base" } as const;
const nothing = { sandboxes: [], work: [], ingest: [] };

function output(events: readonly BuildEvent[]): string {
  return events.map((event) => (event.type === "output" ? `${event.stream} ${event.text}\n` : "")).join("");
}

test("a run step sees files, environment and folder so far; what it changes is a layer", async (t) => {
  const it = await setUp(t);
  const script = [
    "echo $COLOR in $(cat /srv/in.txt); echo aside >&2",
    "cat /etc/hosts > /dev/null && id",
    "mkdir -p /opt/new && echo made > /opt/new/file && chmod 4750 /opt/new/file",
    "rm -r /opt/gone && mkdir /opt/gone && touch /opt/gone/c",
    "rm /opt/kept/a && ln -s /opt/new /opt/link",
    "echo here > relative",
  ].join("\n");
  const one = image(
    "one",
    from,
    [await copyOf(it.folder, "/srv", { "in.txt": "text" }), runOf("/bin/sh", "-c", script)],
    {
      env: { COLOR: "green" },
      workdir: "/work",
    },
  );
  const text = output(await it.build(one));
  t.regex(text, /^stdout green in text$/m);
  t.regex(text, /^stderr aside$/m);
  t.regex(text, /^stdout uid=0/m);
  const [top = ""] = await it.layers(one);
  t.is(await readFile(join(top, "opt/new/file"), "utf8"), "made\n");
  t.is((await stat(join(top, "opt/new/file"))).mode & 0o7777, 0o4750);
  t.is((await stat(join(top, "opt/new/file"))).mtimeMs, 0);
  t.is(await readlink(join(top, "opt/link")), "/opt/new");
  t.is(await readFile(join(top, "work/relative"), "utf8"), "here\n");
  t.true(lstatSync(join(top, "opt/kept/a")).isCharacterDevice(), "a whiteout");
  t.deepEqual(await readdir(join(top, "opt/gone")), ["c"]);
  t.deepEqual((await readdir(top)).sort(), ["opt", "work"]);
  t.deepEqual(await it.remains(), nothing);

  const next = image("next", { kind: "image", name: "one" }, [
    runOf("/bin/sh", "-c", "cat /opt/link/file relative; echo $COLOR"),
  ]);
  const later = output(await build(it.store, [it.base, one, next], it.folder));
  t.is(later, "stdout made\nstdout here\nstdout green\n");
});

test("steps build on each other's layers: deletions hold", async (t) => {
  const it = await setUp(t);
  const steps = [
    runOf("/bin/sh", "-c", "rm -r /opt/gone; mkdir /opt/gone; touch /opt/gone/c; rm /opt/kept/a"),
    runOf("/bin/sh", "-c", "echo /opt/*/*"),
  ];
  t.is(output(await it.build(image("one", from, steps))), "stdout /opt/gone/c\n");
});

test("the same step gives the same layer, and is not run again", async (t) => {
  const it = await setUp(t);
  const step = runOf("/bin/sh", "-c", "echo x > /x; echo y > /y");
  await it.build(image("one", from, [step]));
  const events = await it.build(image("two", from, [step], { cmd: ["other"] }));
  t.like(events.at(-1), { type: "done", image: "two", ran: 0, cached: 1 });
  t.deepEqual(
    await it.layers(image("one", from, [step])),
    await it.layers(image("two", from, [step], { cmd: ["other"] })),
  );
});

test("a step that fails says how, shows its last lines, and leaves nothing", async (t) => {
  const it = await setUp(t);
  const bad = image("bad", from, [runOf("/bin/sh", "-c", "echo one; echo two >&2; touch /made; exit 3")]);
  const blobs = await readdir(join(it.folder, "store/blobs/sha256"));
  const error = await t.throwsAsync(it.build(bad), { instanceOf: BuildFailed });
  t.like(error, { image: "bad", exitCode: 3, output: ["one", "two"], place: { file: "infra.ts", line: 9 } });
  t.regex(
    error?.message ?? "",
    /^Cannot build image\/bad: run .* exits with 3 \(infra.ts:9\)\n {2}last lines: {2}one\n {15}two$/,
  );
  t.deepEqual(await readdir(join(it.folder, "store/blobs/sha256")), blobs);
  t.is(await it.store.resolve(bad.reference), undefined);
  t.deepEqual(await it.remains(), nothing);
});

test("a program that is not there is a failed build with its place", async (t) => {
  const it = await setUp(t);
  const error = await t.throwsAsync(it.build(image("bad", from, [runOf("/no/such")])), {
    instanceOf: BuildFailed,
  });
  t.regex(error?.message ?? "", /image\/bad: run \/no\/such .*infra\.ts:9/);
  t.deepEqual(await it.remains(), nothing);
});

test("an abort kills the step at once", async (t) => {
  const it = await setUp(t);
  const abort = new AbortController();
  const startedAt = performance.now();
  setTimeout(() => abort.abort(new Error("enough")), 300);
  await t.throwsAsync(it.build(image("slow", from, [runOf("/bin/sleep", "30")]), abort.signal), {
    message: "enough",
  });
  t.true(performance.now() - startedAt < 10_000);
  t.deepEqual(await it.remains(), nothing);
});

/** An engine whose only program does `run` to the container's upper folder. */
function engineThat(run: (upper: string) => Promise<void>): Engine {
  const exit = { code: 0, signal: 0, oomKilled: false, startedAt: 0, finishedAt: 0 };
  return {
    adopt: async () => [],
    sweep: async () => {},
    async createSandbox() {
      let upper = "";
      let tell: (event: SandboxEvent) => void = () => {};
      const sandbox: Partial<Sandbox> = {
        createContainer: async ({ root }) => {
          upper = root.upper;
        },
        async start(name) {
          await run(upper);
          tell({ type: "exit", container: { name, pid: undefined, startedAt: 0, exit } });
          return { pid: 1, startedAt: 0 };
        },
        onEvent: (handler) => {
          tell = handler;
        },
        destroy: async () => {},
      };
      return sandbox as Sandbox;
    },
  };
}

test("links that a step makes in place of mounted-over files never lead to the host's", async (t) => {
  const folder = await makeFolder(t);
  const victim = join(folder, "victim");
  await mkdir(victim);
  for (const name of ["hosts", "resolv.conf"]) await writeFile(join(victim, name), "");
  const engine = engineThat((upper) => symlink(victim, join(upper, "etc")));
  const store = await openStore(join(folder, "store"), { engine });
  await build(store, [image("one", { kind: "scratch" }, [runOf("x")])], folder);
  t.deepEqual((await readdir(victim)).sort(), ["hosts", "resolv.conf"]);
});

test("what was made only to mount over is no part of the layer", async (t) => {
  const folder = await makeFolder(t);
  const engine = engineThat(async (upper) => {
    for (const name of ["proc", "dev", "etc", "kept"]) await mkdir(join(upper, name));
    await writeFile(join(upper, "etc/hosts"), "");
  });
  const store = await openStore(join(folder, "store"), { engine });
  const one = image("one", { kind: "scratch" }, [runOf("x")]);
  await build(store, [one], folder);
  const [top = ""] = await store.layers((await store.resolve(one.reference)) ?? (t.fail() as never));
  t.deepEqual((await readdir(top)).sort(), ["etc", "kept"]);
  t.deepEqual(await readdir(join(top, "etc")), []);
});

test("a device node in the layer is refused with the step's name", async (t) => {
  const folder = await makeFolder(t);
  const engine = engineThat(async (upper) => {
    native().makeNode(Buffer.from(join(upper, "null")), 0o020666, 1, 3);
  });
  const store = await openStore(join(folder, "store"), { engine });
  await t.throwsAsync(build(store, [image("one", { kind: "scratch" }, [runOf("x")])], folder), {
    instanceOf: BuildFailed,
  });
});
