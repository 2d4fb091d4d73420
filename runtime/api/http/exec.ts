import type { WebSocket } from "ws";
import type { Pod } from "../../../stdlib/kubernetes/generated/core-v1.js";
import type { KubeObject } from "../../../stdlib/schema/objects.js";
import type { Status } from "../../client/errors.js";
import type { ExecOptions, NodeStreams } from "../../client/node-streams.js";
import type { ExecSession } from "../../kernel/engine.js";
import type { Registry } from "../registry.js";
import { badRequest, statusError } from "../status-error.js";
import { containerOf, isTrue } from "./pod-logs.js";
import type { Target } from "./target.js";

/** Subprotocols that are spoken, the preferred first. Version 5 can close one channel alone. */
export const execProtocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"] as const;

/** The first byte of a message says what the rest is. */
const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/** A process to start in a pod, checked against the pod's spec. */
export interface PreparedExec {
  readonly pod: Pod;
  readonly options: ExecOptions;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly nodeStreams: NodeStreams;
}

/** Reads a `pods/exec` request. @throws NotFound, BadRequest, ServiceUnavailable */
export function prepareExec(
  context: { readonly registry: Registry; readonly nodeStreams: NodeStreams | undefined },
  { row, namespace, name = "" }: Target,
  query: URLSearchParams,
): PreparedExec {
  const pod = context.registry.get(row, namespace, name) as KubeObject & Pod;
  const command = query.getAll("command");
  if (command.length === 0) throw badRequest("you must specify at least 1 command for the container");
  const container = containerOf(pod, query);
  if (!pod.spec?.nodeName) throw badRequest(`pod ${name} does not have a host assigned`);
  const { phase } = pod.status ?? {};
  if (phase === "Succeeded" || phase === "Failed")
    throw badRequest(`cannot exec into a container in a completed pod; current phase is ${phase}`);
  if (context.nodeStreams === undefined)
    throw statusError("ServiceUnavailable", "the node agent is not running");
  const tty = isTrue(query, "tty");
  return {
    pod,
    options: { container, command, tty, stdin: isTrue(query, "stdin") },
    stdout: isTrue(query, "stdout"),
    stderr: isTrue(query, "stderr") && !tty,
    nodeStreams: context.nodeStreams,
  };
}

/**
 * Runs a process over a WebSocket until it ends, then tells how it ended. The socket is paused: what the client sends
 * early waits for the process.
 *
 * A process whose client goes away is killed; upstream leaves it running unseen.
 *
 * Source: Kubernetes `client-go/tools/remotecommand` and `streaming/pkg/httpstream/wsstream`.
 */
export async function serveExec(
  socket: WebSocket,
  prepared: PreparedExec,
  signal: AbortSignal,
): Promise<void> {
  const { pod, options, nodeStreams } = prepared;
  await send(socket, channels.stdout, Buffer.alloc(0)); // clients take the first message for readiness
  let status: Status;
  try {
    const session = await nodeStreams.exec(pod, options);
    const stop = () => session.kill();
    socket.once("close", stop);
    signal.addEventListener("abort", stop);
    receive(socket, session);
    socket.resume();
    if (socket.readyState !== socket.OPEN || signal.aborted) stop();
    try {
      const [code] = await Promise.all([
        session.exit,
        forward(socket, prepared.stdout ? channels.stdout : undefined, session.stdout),
        forward(socket, prepared.stderr ? channels.stderr : undefined, session.stderr),
      ]);
      status = exitStatus(code);
    } finally {
      stop(); // does nothing to a process that ended
      socket.off("close", stop);
      signal.removeEventListener("abort", stop);
    }
  } catch (error) {
    status = startFailure(error);
    socket.resume(); // else the client's answer to our close is never read
  }
  await send(socket, channels.error, Buffer.from(JSON.stringify(status)));
  socket.close(1000);
}

/** A program that cannot be started has an exit code all the same, as shells have it: 126 or 127. */
function startFailure(error: unknown): Status {
  const { exitCode, message } = error as { readonly exitCode?: number; readonly message?: string };
  const causes = exitCode ? [{ reason: "ExitCode", message: String(exitCode) }] : [];
  return statusError("InternalError", message ?? String(error), causes.length === 0 ? {} : { causes }).status;
}

/** What the client sends goes to the process. */
function receive(socket: WebSocket, session: ExecSession): void {
  const { stdin } = session;
  stdin?.on("drain", () => socket.resume());
  stdin?.on("error", () => socket.resume()); // the process reads no more; the rest is dropped
  socket.on("message", (data) => {
    const message = data as Buffer; // the binary type is nodebuffer, and text is never sent
    const rest = message.subarray(1);
    if (message[0] === channels.stdin && rest.length > 0) {
      if (stdin?.writable && !stdin.write(rest)) socket.pause();
    } else if (message[0] === channels.close && rest[0] === channels.stdin) stdin?.end();
    else if (message[0] === channels.resize) {
      const size = parseSize(rest);
      if (size !== undefined) session.resize(size.columns, size.rows);
    }
  });
}

/** A terminal's size, or undefined for what is none: a resize is never worth ending a process for. */
function parseSize(text: Buffer): { readonly columns: number; readonly rows: number } | undefined {
  const { Width, Height } = tryParse(text) as { Width?: unknown; Height?: unknown };
  const fits = (size: unknown): size is number =>
    Number.isInteger(size) && Number(size) > 0 && Number(size) < 65_536;
  return fits(Width) && fits(Height) ? { columns: Width, rows: Height } : undefined;
}

function tryParse(text: Buffer): object {
  try {
    return (JSON.parse(text.toString("utf8")) as object | null) ?? {};
  } catch {
    return {};
  }
}

/** What the process writes goes to the client, as fast as that reads; unselected output is dropped. */
async function forward(
  socket: WebSocket,
  channel: number | undefined,
  output: NodeJS.ReadableStream,
): Promise<void> {
  for await (const chunk of output as AsyncIterable<Buffer>)
    if (channel !== undefined) await send(socket, channel, chunk);
}

/** Resolves when the message was handed to the kernel. One that cannot be sent is lost with its connection. */
function send(socket: WebSocket, channel: number, data: Uint8Array): Promise<void> {
  return new Promise((resolve) =>
    socket.send(Buffer.concat([Uint8Array.of(channel), data]), { binary: true }, () => resolve()),
  );
}

function exitStatus(code: number): Status {
  const common = { kind: "Status", apiVersion: "v1", metadata: {} } as const;
  if (code === 0) return { ...common, status: "Success" };
  return {
    ...common,
    status: "Failure",
    message: `command terminated with non-zero exit code: ${code}`,
    reason: "NonZeroExitCode",
    details: { causes: [{ reason: "ExitCode", message: String(code) }] },
  };
}
