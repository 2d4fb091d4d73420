import { existsSync } from "node:fs";
import { join } from "node:path";
import { createHttpClient, type HttpClient } from "../runtime/client/http-client.js";
import { instancePaths } from "../runtime/daemon/instance.js";
import { builtFile } from "../runtime/kernel/native.js";
import { InfraError } from "../stdlib/base/errors.js";
import { fieldManager } from "../stdlib/schema/bundle.js";
import { findDaemon, type RunningDaemon, startDaemon } from "./connect.js";
import type { CliContext } from "./context.js";

/** The command needs an instance that runs. */
export class NoInstance extends InfraError {
  readonly code = "no-instance";
}

/** Only root can run pods. */
export class RootNeeded extends InfraError {
  readonly code = "root-needed";
}

/** The daemon ended while a command waited for it. */
export class DaemonLost extends InfraError {
  readonly code = "daemon-lost";
}

/** A daemon and a client of its API. */
export interface Connection {
  readonly daemon: RunningDaemon;
  readonly client: HttpClient;
  /** Aborts when the daemon has gone away and nothing takes its place: waiting for it is of no use. */
  readonly lost: AbortSignal;
}

export function requireRoot(doing: string): void {
  if (process.getuid?.() === 0) return;
  throw new RootNeeded(`Cannot ${doing}: infra makes namespaces, mounts and networks, which needs root`, {
    hint: "Run the command with sudo",
  });
}

/** The running instance; undefined when there is none. */
export async function connect(context: CliContext): Promise<Connection | undefined> {
  const daemon = await findDaemon(context);
  return daemon === undefined ? undefined : connectionTo(context, daemon);
}

/** @throws {NoInstance} */
export async function connectOrFail(context: CliContext): Promise<Connection> {
  const found = await connect(context);
  if (found !== undefined) return found;
  throw new NoInstance(`No instance runs at "${context.root}"`, {
    hint: "infra up starts one with a stack, infra daemon start without",
  });
}

/** The running instance, or one started now. */
export async function connectOrStart(context: CliContext, startedByUp: boolean): Promise<Connection> {
  const found = await connect(context);
  if (found !== undefined) return found;
  requireRoot("start an instance");
  const daemon = await startDaemon({
    root: context.root,
    runBase: context.runBase,
    clock: context.clock,
    program: builtFile("daemon.js"),
    startedByUp,
    ...(context.images === undefined ? {} : { images: context.images }),
  });
  return connectionTo(context, daemon);
}

/** Whether the root holds an instance, running or not. */
export function hasInstance(context: CliContext): boolean {
  return existsSync(join(instancePaths(context.root, context.runBase, 0).store, "objects.mdb"));
}

function connectionTo(context: CliContext, daemon: RunningDaemon): Connection {
  const lost = new AbortController();
  const client = createHttpClient({
    socketPath: daemon.paths.apiSocket,
    clock: context.clock,
    manager: fieldManager,
    onLost: (cause) =>
      lost.abort(
        new DaemonLost("The daemon went away; what it had begun is completed by the next infra up", {
          cause,
          hint: `Its log is ${daemon.paths.daemonLog}`,
        }),
      ),
  });
  return { daemon, client, lost: lost.signal };
}
