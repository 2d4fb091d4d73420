import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";

const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

async function copyOfExample(t: ExecutionContext, name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "infra-determinism-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const stack = join(folder, name);
  await cp(join(packageRoot, "examples/guestbook"), stack, { recursive: true });
  const locked = (item: string) => ({
    name: item,
    version: "1.0",
    architecture: "amd64",
    path: `pool/main/${item}.deb`,
    sha256: "0".repeat(64),
    size: 1,
  });
  const debian = Object.fromEntries(
    ["python3", "redis-server"].map((item) => [
      item,
      { suite: "stable", architecture: "amd64", packages: [locked(item)] },
    ]),
  );
  await writeFile(join(stack, "infra.lock"), JSON.stringify({ formatVersion: 1, debian }));
  return stack;
}

async function compiled(
  stack: string,
  env: NodeJS.ProcessEnv,
  ...args: readonly string[]
): Promise<ReadonlyMap<string, string>> {
  const cache = await mkdtemp(join(tmpdir(), "infra-determinism-cache-"));
  try {
    await run(
      process.execPath,
      [join(packageRoot, "dist/cli.js"), "compile", stack, "--stack", "guestbook", ...args],
      { env: { ...process.env, XDG_CACHE_HOME: cache, ...env } },
    );
    return await readBundle(join(stack, "infra.out"));
  } finally {
    await rm(cache, { recursive: true });
  }
}

async function readBundle(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const files = names.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(
    await Promise.all(
      files.map(async (file) => [file.slice(folder.length), await readFile(file, "utf8")] as const),
    ),
  );
}

test("the same bytes from two folders, time zones, homes and locales", async (t) => {
  const one = await compiled(await copyOfExample(t, "here"), { TZ: "UTC", LANG: "C" });
  const two = await compiled(await copyOfExample(t, "there"), {
    TZ: "Asia/Kathmandu",
    LANG: "tr_TR.UTF-8",
    HOME: "/nonexistent",
    USER: "nobody",
  });
  t.deepEqual([...two], [...one]);
  t.deepEqual(
    [...one.keys()],
    [
      "/build.json",
      "/compile.json",
      "/manifests/01-configmap-settings.yaml",
      "/manifests/02-service-redis.yaml",
      "/manifests/03-service-web.yaml",
      "/manifests/04-deployment-redis.yaml",
      "/manifests/05-deployment-web.yaml",
      "/provenance.json",
      "/secrets.json",
    ],
  );
});

test("a changed source file changes its image's key and nothing else; an input changes its field", async (t) => {
  const stack = await copyOfExample(t, "stack");
  const before = await compiled(stack, {});
  await writeFile(join(stack, "src/web/main.py"), "print('other')\n");
  const after = await compiled(stack, {});
  const changed = [...after].filter(([path, text]) => before.get(path) !== text).map(([path]) => path);
  t.deepEqual(changed, ["/build.json", "/compile.json", "/manifests/05-deployment-web.yaml"]);
  const scaled = await compiled(stack, {}, "--set", "replicas=5");
  t.regex(scaled.get("/manifests/05-deployment-web.yaml") ?? "", /^ {2}replicas: 5$/m);
});

test("a new file in a copied folder is seen, and a removed resource's manifest goes", async (t) => {
  const stack = await copyOfExample(t, "stack");
  const env = { XDG_CACHE_HOME: join(stack, "..", "cache") };
  const before = await compiled(stack, env);
  await writeFile(join(stack, "src/web/new.py"), "");
  const after = await compiled(stack, env);
  t.not(before.get("/build.json"), after.get("/build.json"));
  await writeFile(
    join(stack, "infra.ts"),
    'import { configMap } from "infra";\nexport const only = configMap("only", { a: 1 });\n',
  );
  const less = await compiled(stack, env);
  t.deepEqual(
    [...less.keys()].filter((path) => path.startsWith("/manifests/")),
    ["/manifests/01-configmap-only.yaml"],
  );
});

test("a folder that holds something else is not written to", async (t) => {
  const stack = await copyOfExample(t, "stack");
  const failed = await t.throwsAsync<Error & { stderr: string; code: number }>(
    run(process.execPath, [join(packageRoot, "dist/cli.js"), "compile", stack, "-o", join(stack, "src")], {
      env: { ...process.env, XDG_CACHE_HOME: join(stack, "..", "cache") },
    }),
  );
  t.regex(failed.stderr, /the folder holds other files/);
  t.is(failed.code, 1);
  t.deepEqual((await readdir(join(stack, "src"))).sort(), ["start-redis.sh", "web"]);
});
