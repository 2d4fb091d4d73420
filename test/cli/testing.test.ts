import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import test from "ava";
import { compileStack, StackError } from "../../cli/testing.js";

async function stack(t: { teardown(undo: () => Promise<void>): void }, source: string) {
  const folder = await mkdtemp(join(tmpdir(), "infra-tested-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "infra.ts"), source);
  return folder;
}

const shop = `import { deployment, input } from "infra";
const replicas = input.number("replicas", { default: 3 });
export const web = deployment("web", { replicas, containers: { web: { image: "shop:1" } } });
`;

test("a test of one's own compiles a stack with its inputs, and gets typed objects", async (t) => {
  const folder = await stack(t, shop);
  const few = await compileStack(pathToFileURL(join(folder, "infra.ts")), { replicas: 1 });
  t.is(few.get("Deployment", "web").spec?.replicas, 1);
  t.is(few.get("Deployment", "web").metadata?.labels?.["infra.dev/stack"], "test");
  const many = await compileStack(
    join(folder, "infra.ts"),
    {},
    { policy: "advice", namespace: "shop", stack: "shop" },
  );
  t.is(many.get("Deployment", "web").spec?.replicas, 3);
  t.is(many.objects[0]?.metadata.namespace, "shop");
  t.true(
    many.warnings.some(({ code, place }) => code === "liveness-missing" && place === "infra.ts:3:69"),
    JSON.stringify(many.warnings),
  );
  t.throws(() => few.get("Deployment", "api"), { message: 'The stack has no Deployment "api"; it has web' });
  t.deepEqual(await readdir(folder), ["infra.ts"], "nothing is written");
});

test("the built module is what a program of plain JavaScript gets", async (t) => {
  const folder = await stack(t, shop);
  const built = (await import(new URL("../../dist/testing.js", import.meta.url).href)) as {
    compileStack: typeof compileStack;
  };
  t.is((await built.compileStack(join(folder, "infra.ts"))).get("Deployment", "web").spec?.replicas, 3);
});

test("mistakes are thrown, as text for people and as findings for a test of them", async (t) => {
  const folder = await stack(t, shop.replace("replicas, ", "replicas: -1, "));
  const thrown = await t.throwsAsync(() => compileStack(join(folder, "infra.ts")), {
    instanceOf: StackError,
  });
  t.regex(thrown.message, /error\[field-invalid\].*\n {2}infra\.ts:3:/);
  t.like(thrown.findings[0], { code: "field-invalid", severity: "error" });
  await t.throwsAsync(() => compileStack(join(folder, "gone.ts")), { message: /holds no stack/ });
});
