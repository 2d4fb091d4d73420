import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test from "ava";

const child = fileURLToPath(new URL("live-agent.child.ts", import.meta.url));
const hooks = fileURLToPath(new URL("../support/register.mjs", import.meta.url));

test("pods run, serve, follow their configuration, are adopted, crash, roll and end", async (t) => {
  const { stdout } = await promisify(execFile)(
    "unshare",
    ["--net", process.execPath, `--import=${hooks}`, child],
    { timeout: 90_000 },
  );
  t.deepEqual(JSON.parse(stdout), {
    podAnswers: true,
    configuration: ["red", "red", 'app="web"'],
    nodePort: "red",
    fromInside: "200 CLUSTERIP 200",
    restartsAfterUpdate: [0, 0],
    servesWithoutAgent: "blue",
    adopted: true,
    crash: [1, 3, "Error"],
    missing: 'exec: executable file "no-such-command" not found in $PATH',
    log: "listening\n",
    rollout: { asked: true, failures: [] },
    foldersLeft: 0,
    errors: [],
  });
});
