import { spawn } from "node:child_process";
import { builtFile } from "../../runtime/kernel/native.js";
import { UsageError } from "../../stdlib/base/errors.js";
import { findDaemon, stopDaemon } from "../connect.js";
import type { CliContext } from "../context.js";
import { connectOrStart, requireRoot } from "../instance.js";
import type { CommandRun } from "../program.js";
import { ageText } from "../render/age.js";
import { jsonText } from "../render/escape.js";

/** `infra daemon start|stop|status|run`. */
export const run: CommandRun = async (context, [action], options) => {
  switch (action) {
    case "start":
      return start(context);
    case "stop":
      return stop(context);
    case "status":
      return status(context, options["format"] === "json");
    case "run":
      return runInForeground(context);
    default:
      throw new UsageError(`"${action}" is nothing a daemon does`, {
        hint: "infra daemon start, stop, status or run",
      });
  }
};

async function start(context: CliContext): Promise<number> {
  const running = await findDaemon(context);
  if (running !== undefined) {
    context.out(`A daemon runs already (pid ${running.info.pid}).\n`);
    return 0;
  }
  const { client, daemon } = await connectOrStart(context, false);
  client.close();
  context.out(`Daemon started (pid ${daemon.info.pid}), ${daemon.info.server}\n`);
  return 0;
}

async function stop(context: CliContext): Promise<number> {
  requireRoot("stop the daemon");
  const running = await findDaemon(context);
  if (running === undefined) {
    context.out(`No daemon runs at ${context.root}.\n`);
    return 0;
  }
  await stopDaemon(running, context.clock);
  context.out("Daemon stopped; its pods keep running, and the next daemon takes them over.\n");
  return 0;
}

/** Exit code 1 when none runs, so that scripts can ask. */
async function status(context: CliContext, json: boolean): Promise<number> {
  const running = await findDaemon(context);
  if (json) context.out(jsonText({ formatVersion: 1, running: running !== undefined, ...running?.info }));
  else if (running === undefined) context.out(`No daemon runs at ${context.root}.\n`);
  else {
    const { pid, podRange, root, server, serviceRange, startedAt, version } = running.info;
    const age = ageText(context.clock.now() - Date.parse(startedAt));
    context.out(
      `running  pid ${pid}  ${age}  infra ${version}\nroot     ${root}\napi      ${server}\npods     ${podRange}\nservices ${serviceRange}\n`,
    );
  }
  return running === undefined ? 1 : 0;
}

/** In the foreground, for a service manager. */
function runInForeground(context: CliContext): Promise<number> {
  requireRoot("run the daemon");
  const args = [builtFile("daemon.js"), "--root", context.root, "--run-base", context.runBase];
  if (context.images !== undefined) args.push("--images", context.images);
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  context.interrupted.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code === 0 ? 0 : 1));
  });
}
