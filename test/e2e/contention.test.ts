import { readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { openTestInstance, writeStack } from "../support/instance.js";

const stackText = `import { debian, deployment, image } from "infra";
const web = image("web", { from: debian({ packages: ["python3"], users: { web: 1000 } }), user: "web", cmd: ["python3", "-m", "http.server", "8080"] });
export const app = deployment("app", { replicas: 2, containers: { web: { image: web } }, grace: "1s" });
`;

test("two ups at once on a host without a daemon both succeed, and a command that is not there ends with 127", async (t) => {
  const it = await openTestInstance(t);
  const stack = await writeStack(join(it.folder, "stack"), { "infra.ts": stackText });
  const both = await Promise.all([it.infra("up", stack, "--yes"), it.infra("up", stack, "--yes")]);
  t.deepEqual(
    both.map(({ code }) => code),
    [0, 0],
    both.map(({ error }) => error).join("\n"),
  );
  t.is(both.filter(({ out }) => out.includes("No changes.")).length, 1, "one found the other's work done");
  const exec = await it.infra("exec", "deployment/app", "--", "no-such-program");
  t.is(exec.code, 127);
  t.is(exec.error, 'exec: executable file "no-such-program" not found in $PATH\n');
});

test("a shim that is stopped does not hold its pod for ever", async (t) => {
  const it = await openTestInstance(t);
  const stack = await writeStack(join(it.folder, "stack"), { "infra.ts": stackText });
  const up = await it.infra("up", stack, "--yes");
  t.is(up.code, 0, up.error);
  const { slot } = JSON.parse((await it.infra("daemon", "status", "--format", "json")).out);
  const shims: number[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => "");
    const program = await readlink(`/proc/${pid}/exe`).catch(() => "");
    if (folder.startsWith(`/run/infra/${slot}/s/`) && program.includes("infra-shim")) shims.push(Number(pid));
  }
  t.is(shims.length, 2);
  process.kill(shims[0] ?? 0, "SIGSTOP");
  const down = await it.infra("down", stack, "--yes");
  t.is(down.code, 0, down.error);
});
