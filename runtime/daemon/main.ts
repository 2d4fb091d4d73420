import { parseArgs } from "node:util";
import { InfraError, UsageError } from "../../stdlib/base/errors.js";
import { type Daemon, purgeInstance, runDaemon } from "./daemon.js";
import { busyExitCode, defaultRoot, defaultRunBase, InstanceBusy } from "./instance.js";

declare const __INFRA_VERSION__: string;

/**
 * The daemon's process: `daemon.js --root DIR [--run-base DIR] [--images DIR] [--started-by-up]`. With `--purge` it
 * removes the instance instead, and ends.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      root: { type: "string", default: defaultRoot },
      "run-base": { type: "string", default: defaultRunBase },
      images: { type: "string" },
      "started-by-up": { type: "boolean", default: false },
      purge: { type: "boolean", default: false },
    },
  });
  if (process.getuid?.() !== 0)
    throw new UsageError("The daemon must run as root", { hint: "Run infra with sudo" });
  process.umask(0o022); // the instance's root is private as a whole; what pods see has modes as written
  if (values.purge) return purgeInstance({ root: values.root, runBase: values["run-base"] });
  const daemon = await runDaemon({
    root: values.root,
    runBase: values["run-base"],
    startedByUp: values["started-by-up"],
    version: __INFRA_VERSION__,
    ...(values.images === undefined ? {} : { images: values.images }),
  });
  endOn(daemon);
  await daemon.ended;
}

/** A signal ends the daemon in order, a mistake of ours at once: pods keep running, and the next daemon adopts them. */
function endOn(daemon: Daemon): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => daemon.stop());
  process.on("SIGHUP", () => {}); // of the terminal that started it
  for (const event of ["uncaughtException", "unhandledRejection"] as const)
    process.on(event, (error: unknown) => {
      daemon.log.error("the daemon ends because of a mistake of its own", error);
      process.exit(1);
    });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const text = error instanceof InfraError ? [error.message, error.hint].filter(Boolean).join("\n") : error;
    console.error(text);
    process.exit(error instanceof InstanceBusy ? busyExitCode : 1);
  },
);
