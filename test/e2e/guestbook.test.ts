import { join } from "node:path";
import test from "ava";
import { copyGuestbook, edit, eventually, openTestInstance } from "../support/instance.js";

const page = "http://127.0.0.1:30080/";

test("the guestbook comes up, is changed without a failed request, and is gone", async (t) => {
  const it = await openTestInstance(t);
  const stack = await copyGuestbook(join(it.folder, "guestbook"));
  const plan = await it.infra("plan", stack, "--detailed-exitcode");
  t.is(plan.code, 2, plan.error);
  t.regex(plan.out, /6 changes: 6 new/);
  t.is((await it.infra("daemon", "status")).code, 1, "plan starts no daemon");

  const up = await it.infra("up", stack, "--yes");
  t.is(up.code, 0, up.error + up.out);
  t.regex(up.out, /deployment\/web +3 of 3 ready/);
  t.regex(await it.get(page), /Hello from infra.*visits.*>1 /s);
  t.regex(await it.get(page), />2 \(counts start anew/);

  const again = await it.infra("up", stack, "--yes");
  t.is(again.out, "No changes. 6 resources match infra.ts.\n");

  const pods = await it.kubectl("get", "pods,svc,deploy", "-A", "-o", "wide");
  t.is(pods.code, 0, pods.error);
  t.regex(pods.out, /default +pod\/web-\S+ +1\/1 +Running +0 /);
  t.regex(pods.out, /default +service\/web +NodePort +10\.\S+ +<none> +80:30080\/TCP/);
  t.regex(pods.out, /default +deployment.apps\/web +3\/3 +3 +3 /);
  t.regex((await it.kubectl("describe", "pod")).out, /Normal +Started/);
  t.regex((await it.kubectl("logs", "deploy/web")).out, /^listening on 8080$/m);
  const exec = await it.kubectl("exec", "deploy/web", "--", "sh", "-c", "id -un; exit 4");
  t.is(exec.out, "web\n");
  t.is(exec.code, 4);

  const load = await it.load(page);

  t.regex(
    (await it.infra("plan", stack, "--set", "replicas=5")).out,
    /changed in place.*spec\.replicas\s+3 +→ +5/s,
  );
  t.is((await it.infra("up", stack, "--yes", "--set", "replicas=5")).code, 0);
  t.regex((await it.infra("status")).out, /deployment\/web +5\/5/);

  await edit(join(stack, "src/web/main.py"), "counts start anew", "counts begin anew");
  const image = await it.infra("plan", stack);
  t.regex(image.out, /deployment\/web +rolling update: 3 pods, 1 more at a time, never fewer than 3 ready/);
  const rolled = await it.infra("up", stack, "--yes");
  t.is(rolled.code, 0, rolled.error + rolled.out);
  t.regex(await it.get(page), /counts begin anew/);

  await edit(join(stack, "ui.properties"), "Hello", "Servus");
  t.regex(
    (await it.infra("plan", stack)).out,
    /seen by 3 pods of deployment\/web as files within 60 s; no restart/,
  );
  t.is((await it.infra("up", stack, "--yes")).code, 0);
  await eventually(async () => (await it.get(page)).includes("Servus from infra"));

  const { asked, failures } = await load.stop();
  t.true(asked > 100, `${asked} requests`);
  t.deepEqual(failures, []);

  await edit(
    join(stack, "infra.ts"),
    "{ password: generated() }",
    "{ password: generated(), salt: generated() }",
  );
  const secret = await it.infra("plan", stack);
  t.regex(secret.out, /1 interruption \(deployment\/redis\)/);
  t.notRegex(secret.out, /[A-Za-z0-9]{24}/);
  t.is((await it.infra("up", stack, "--yes")).code, 0);
  await eventually(async () => />1 \(counts/.test(await it.get(page)));

  await edit(join(stack, "infra.ts"), ", nodePorts: { http: 30080 } });", "});");
  const down = await it.infra("down", stack, "--yes");
  t.is(down.code, 0, down.error);
  t.is((await it.infra("daemon", "status")).code, 1, "down ends the daemon that up started");
  t.regex((await it.run("cat", ["/proc/net/route"])).out, /^Iface.*\n$/, "no route stays");
  const purged = await it.infra("down", stack, "--yes", "--purge");
  t.is(purged.code, 0, purged.error);
  t.is((await it.run("ls", [it.root])).code, 2);
});

test("kubectl apply of the bundle, client side and server side, and delete answer as elsewhere", async (t) => {
  const it = await openTestInstance(t);
  const stack = await copyGuestbook(join(it.folder, "guestbook"));
  t.is((await it.infra("up", stack, "--yes")).code, 0);
  const manifests = join(stack, "infra.out/manifests");
  const server = await it.kubectl("apply", "--server-side", "--field-manager=infra", "-f", manifests);
  t.is(server.code, 0, server.error);
  t.regex(server.out, /deployment.apps\/web serverside-applied/);
  const conflict = await it.kubectl("apply", "--server-side", "-f", manifests, "--field-manager=other");
  t.is(conflict.code, 0, conflict.error);
  const client = await it.kubectl("apply", "-f", manifests);
  t.is(client.code, 0, client.error);
  t.regex(client.out, /deployment.apps\/web configured/);
  t.regex((await it.kubectl("apply", "-f", manifests)).out, /deployment.apps\/web unchanged/);
  // A program that is told to end before it listens for that is killed after its grace period, here as elsewhere.
  t.is((await it.kubectl("rollout", "status", "deploy", "--timeout=30s")).code, 0);
  const gone = await it.kubectl("delete", "deploy", "web", "--wait");
  t.is(gone.out.trim(), 'deployment.apps "web" deleted from default namespace');
  await eventually(async () => !(await it.kubectl("get", "pods")).out.includes("web-"));
});
