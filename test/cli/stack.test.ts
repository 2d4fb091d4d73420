import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import {
  configMapResource,
  deploymentResource,
  podResource,
  secretResource,
} from "../../runtime/client/resources.js";
import type { InfraError } from "../../stdlib/base/errors.js";
import { runCli } from "../support/cli.js";
import { type FakeInstance, type Fate, startFakeInstance } from "../support/fake-instance.js";

/** `plan`, `up`, `status` and `down` against the real API and controllers, without a kernel. */

const example = fileURLToPath(new URL("../../examples/settings", import.meta.url));

async function start(t: ExecutionContext, log?: readonly string[]) {
  const instance = await startFakeInstance(t, log === undefined ? {} : { log });
  const stack = join(instance.folder, "shop");
  await cp(example, stack, { recursive: true, filter: (path) => !path.endsWith("infra.out") });
  const infra = (...args: readonly string[]) => runCli(stack, args, instance.context);
  const up = (...args: readonly string[]) => infra("up", "--yes", "--no-check", ...args);
  return { instance, stack, infra, up };
}

async function edit(stack: string, from: string, to: string): Promise<void> {
  const path = join(stack, "infra.ts");
  const text = await readFile(path, "utf8");
  if (!text.includes(from)) throw new Error(`infra.ts has no ${from}`);
  await writeFile(path, text.replace(from, to));
}

test("without an instance a plan is all new, and nothing is started or made", async (t) => {
  const { infra, instance } = await start(t);
  const nowhere = { root: join(instance.folder, "none"), runBase: join(instance.folder, "none-run") };
  const planned = await runCli(join(instance.folder, "shop"), ["plan", "--no-check"], nowhere);
  t.is(planned.code, 0);
  t.regex(planned.out, /^Stack shop → no instance at .*\/none yet, namespace default$/m);
  t.regex(planned.out, /^\+ deployment\/web +new +infra\.ts:9$/m);
  t.regex(planned.out, /^3 changes: 3 new$/m);
  t.is((await infra("plan", "--no-check", "--detailed-exitcode")).code, 2);
  const json = JSON.parse((await infra("plan", "--no-check", "--format", "json")).out);
  t.like(json, { formatVersion: 1, stack: "shop", summary: { create: 3 } });
});

test("up brings a stack up, again does nothing, follows an edit, and down leaves nothing", async (t) => {
  const { infra, instance, stack, up } = await start(t);
  const first = await up();
  t.is(first.code, 0, first.error);
  t.regex(first.out, /^ {2}image\/app +built +1 of 1 step ran +0\.4 s$/m);
  t.regex(first.out, /^ {2}configmap\/settings +created$/m);
  t.regex(first.out, /^ {2}deployment\/web +1 of 1 ready$/m);
  t.regex(first.out, /^3 resources as infra\.ts has them/m);

  const again = await up();
  t.deepEqual([again.code, again.out], [0, "No changes. 3 resources match infra.ts.\n"]);
  t.is((await infra("plan", "--no-check", "--detailed-exitcode")).code, 0);
  t.is((await up(join(stack, "infra.out"))).out, again.out, "a bundle is as good as its stack");

  await edit(stack, 'cmd: ["/app"]', 'cmd: ["/app", "-v"]');
  const plan = await infra("plan", "--no-check");
  t.regex(plan.out, /deployment\/web +rolling update: 1 pod, 1 more at a time, never fewer than 1 ready/);
  t.regex(plan.out, /shop\/app:b-\w+ {2}→ {2}shop\/app:b-\w+ {2}infra\.ts:\d+ {2}\(its recipe changed\)/);
  t.is((await up("--set", "mode=careful")).code, 0);
  t.is((await instance.client.get(configMapResource, "default", "settings")).data?.["mode"], "careful");

  const status = await infra("status");
  t.regex(
    status.out,
    /^stack shop\n {2}deployment\/web +1\/1 +app:b-\w{4}… +\S+.* {2}http:\/\/10\.96\.\S+ \(service\/web\)$/m,
  );
  t.like(JSON.parse((await infra("status", "--format", "json")).out), {
    formatVersion: 1,
    running: true,
    workloads: [{ stack: "shop", kind: "deployment", name: "web", ready: 1, wanted: 1 }],
  });

  const down = await infra("down", "--yes");
  t.is(down.code, 0, down.error);
  t.regex(down.out, /^Stack shop is gone/m);
  t.deepEqual((await instance.client.list(podResource)).items, []);
  t.deepEqual(instance.shutdowns, [""], "up started the daemon, and no stack is left");
  t.regex((await infra("down", "--yes")).out, /^Stack shop is not there\.$/m);
});

test("what left the stack is destroyed, and named where it was", async (t) => {
  const { infra, instance, stack, up } = await start(t);
  t.is((await up()).code, 0);
  await edit(stack, 'configMap("settings"', 'configMap("options"');
  t.regex(
    (await infra("plan", "--no-check")).out,
    /^- configmap\/settings +destroyed {2}was infra\.ts:7 at the last up$/m,
  );
  const changed = await up();
  t.is(changed.code, 0, changed.error);
  t.regex(changed.out, /^ {2}configmap\/settings +destroyed$/m);
  const left = (await instance.client.list(configMapResource, { namespace: "default" })).items;
  t.deepEqual(
    left.map(({ metadata }) => metadata.name),
    ["options"],
  );
});

test("what somebody else set is drift, and up sets it back", async (t) => {
  const { infra, instance, up } = await start(t);
  t.is((await up()).code, 0);
  await instance.client.patch(deploymentResource, {
    namespace: "default",
    name: "web",
    type: "merge",
    body: { spec: { replicas: 3 } },
    fieldManager: "kubectl",
  });
  const plan = await infra("plan", "--no-check", "--detailed-exitcode");
  t.is(plan.code, 2);
  t.regex(
    plan.out,
    /^Drift: deployment\/web spec\.replicas is 3, set by kubectl \d s ago; up would set 1 {2}infra\.ts:9$/m,
  );
  t.is((await up()).code, 0);
  t.is((await instance.client.get(deploymentResource, "default", "web")).spec?.replicas, 1);
});

test("an object of somebody else is refused before anything is changed", async (t) => {
  const { instance, up } = await start(t);
  await instance.client.create(configMapResource, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "settings", namespace: "default" },
    data: { theirs: "yes" },
  });
  const error = await t.throwsAsync<InfraError>(up());
  t.regex(error.message, /configmap\/settings in namespace "default" exists and belongs to no stack/);
  t.deepEqual((await instance.client.list(deploymentResource)).items, []);
  t.deepEqual(instance.built, []);
});

test("what the server would not take is said with its line before anything is changed", async (t) => {
  const { infra, instance, stack, up } = await start(t);
  await writeFile(
    join(stack, "infra.ts"),
    `import { configMap } from "infra";
import { batch, core } from "infra/kubernetes";
const containers = [{ name: "c", image: "x:1" }];
export const map = configMap("map", { a: "b" });
export const job = batch.v1.Job({
  metadata: { name: "once" },
  spec: { template: { spec: { restartPolicy: "Never", containers } } },
});
export const pod = core.v1.Pod({
  metadata: { name: "p" },
  spec: {
    hostNetwork: true,
    containers,
  },
});
`,
  );
  const expected = [
    "✗ pod/p                  spec.hostNetwork: Forbidden: the field is not enforced by this runtime yet      infra.ts:12",
    "✗ job/once               Job (batch/v1) does not run on this instance yet      infra.ts:5",
  ];
  const planned = await infra("plan", "--no-check");
  t.is(planned.code, 1);
  t.deepEqual(planned.error.trim().split("\n").sort(), [...expected].sort());
  const refused = await up();
  t.is(refused.code, 1);
  t.deepEqual(refused.error.trim().split("\n").sort(), [...expected, "Nothing was changed."].sort());
  t.deepEqual((await instance.client.list(configMapResource, { namespace: "default" })).items, []);
});

test("without a terminal and without --yes nothing is done", async (t) => {
  const { infra, instance, up } = await start(t);
  const error = await t.throwsAsync<InfraError>(infra("up", "--no-check"));
  t.is(error.hint, "Add --yes");
  t.deepEqual((await instance.client.list(deploymentResource)).items, []);
  t.is((await up()).code, 0);
  await t.throwsAsync(infra("down"), { message: /Nobody can be asked/ });
  t.is((await instance.client.list(deploymentResource)).items.length, 1);
});

const looping = (reason: string, exitCode: number, message?: string): Fate => {
  const ended = { exitCode, reason, ...(message === undefined ? {} : { message }) };
  return {
    state: { waiting: { reason: "CrashLoopBackOff" } },
    lastState: { terminated: ended },
    restartCount: 4,
  };
};

async function fails(t: ExecutionContext, fate: Fate, expected: RegExp): Promise<FakeInstance> {
  const { instance, up } = await start(t, ["Traceback (most recent call last):", "KeyError: 'PASSWORD'"]);
  instance.fate = () => fate;
  const { code, error } = await up("--timeout", "1");
  t.is(code, 1);
  t.regex(error, expected);
  t.regex(error, /^✗ deployment\/web /m);
  return instance;
}

test("a container that ends again and again is shown with its last lines", async (t) => {
  const expected =
    /pod web-\S+, container app: exits with 1, 5 times {6}infra\.ts:\d+\n {6}last lines: {2}Traceback.*\n {19}KeyError: 'PASSWORD'/;
  const { node } = await fails(t, looping("Error", 1), expected);
  t.like(node.logRequests[0], { container: "app", previous: false, tailLines: 10 });
});

test("a program that is not in the image is named at once", (t) =>
  fails(
    t,
    looping("StartError", 127, 'exec: "/app": no such file'),
    /container app: exec: "\/app": no such file {6}infra\.ts:11/,
  ).then(() => {}));

test("an image that is not there is named with the field", (t) => {
  const state = { waiting: { reason: "ErrImageNeverPull", message: 'image "x" is not here' } };
  return fails(t, { state, restartCount: 0 }, /container app: image "x" is not here/).then(() => {});
});

test("purge is refused while another stack lives", async (t) => {
  const { infra, instance, up } = await start(t);
  t.is((await up()).code, 0);
  t.is((await up("--stack", "other", "-n", "kube-public")).code, 0);
  await t.throwsAsync(infra("down", "--yes", "--purge"), { message: /the instance also runs other/ });
  t.is((await infra("down", "--yes")).code, 0);
  t.deepEqual(instance.shutdowns, [], "another stack is left");
  t.is((await infra("down", "--yes", "--purge", "--stack", "other")).code, 0);
  t.deepEqual(instance.shutdowns, ["purge=1"]);
});

test("a secret from outside reaches its pods, follows a change, and is nowhere else", async (t) => {
  const { infra, instance, stack } = await start(t);
  await writeFile(
    join(stack, "infra.ts"),
    `import { deployment, fromEnv, secret } from "infra";
const login = secret("login", { token: fromEnv("SHOP_TOKEN") });
export const web = deployment("web", { containers: { web: { image: "web:1", env: { TOKEN: login.key("token") } } } });
`,
  );
  const upWith = (token: string | undefined) =>
    runCli(stack, ["up", "--yes", "--no-check"], { ...instance.context, environment: { SHOP_TOKEN: token } });
  const failed = await t.throwsAsync(() => upWith(undefined));
  t.regex(failed?.message ?? "", /^Cannot read key "token" of secret "login" \(infra\.ts:2:15\)$/);
  t.deepEqual(
    await instance.client.list(deploymentResource).then(({ items }) => items),
    [],
    "nothing was applied",
  );

  const first = await upWith("hunter2");
  t.is(first.code, 0, first.error);
  const secret = await instance.client.get(secretResource, "default", "login");
  t.deepEqual(secret["data"], { token: Buffer.from("hunter2").toString("base64") });
  t.regex((await upWith("hunter2")).out, /^No changes/);

  const revision = async () =>
    (await instance.client.get(deploymentResource, "default", "web")).spec?.template.metadata?.annotations?.[
      "secret.infra.dev/login"
    ];
  const before = await revision();
  const second = await upWith("hunter3");
  t.is(second.code, 0, second.error);
  t.not(await revision(), before, "pods that read it are replaced");
  t.regex(second.out, /~ secret\/login.*\n.*data\["token"\] {2}changed \(value hidden\)/);
  const planned = await runCli(stack, ["plan", "--no-check"], instance.context);
  t.regex(planned.error, /warning: Cannot read key "token".*SHOP_TOKEN is not set: taken to be unchanged/);
  t.regex(planned.out, /^No changes/);

  const said = [first, second, planned].map(({ error, out }) => out + error).join("");
  const bundle = await readFile(join(stack, "infra.out/secrets.json"), "utf8");
  t.regex(bundle, /"variable": "SHOP_TOKEN"/);
  t.false(/hunter/.test(said + bundle + (await readFile(join(stack, "infra.out/provenance.json"), "utf8"))));
  t.is((await infra("down", "--yes")).code, 0);
});
