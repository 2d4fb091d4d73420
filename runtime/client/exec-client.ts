import { WebSocket } from "ws";
import { InfraError } from "../../stdlib/base/errors.js";
import type { Status } from "./errors.js";

/** A command could not be run in a container; the server's words. */
export class ExecFailed extends InfraError {
  readonly code = "exec-failed";
}

export interface ExecRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  readonly tty: boolean;
  readonly stdin: NodeJS.ReadableStream | undefined;
  readonly stdout: (bytes: Buffer) => void;
  readonly stderr: (bytes: Buffer) => void;
  /** Told the terminal's size at once and after each change. */
  readonly onResize?: (tell: (columns: number, rows: number) => void) => void;
}

const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/**
 * Runs a command in a container over the API server's unix socket.
 *
 * Source: Kubernetes remote command, `v5.channel.k8s.io`: the first byte of a message names its stream.
 *
 * @returns the command's exit code.
 */
export function execInPod(socketPath: string, request: ExecRequest): Promise<number> {
  const query = new URLSearchParams({
    container: request.container,
    stdout: "true",
    stderr: String(!request.tty),
    stdin: String(request.stdin !== undefined),
    tty: String(request.tty),
  });
  for (const word of request.command) query.append("command", word);
  const path = `/api/v1/namespaces/${request.namespace}/pods/${request.pod}/exec?${query}`;
  const socket = new WebSocket(`ws+unix://${socketPath}:${path}`, ["v5.channel.k8s.io"]);
  const send = (channel: number, bytes: Uint8Array) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(Buffer.concat([Buffer.of(channel), bytes]));
  };
  return new Promise((resolve, reject) => {
    let status: Status | undefined;
    socket.on("open", () => {
      request.onResize?.((columns, rows) =>
        send(channels.resize, Buffer.from(JSON.stringify({ Width: columns, Height: rows }))),
      );
      request.stdin?.on("data", (bytes: Buffer) => send(channels.stdin, bytes));
      request.stdin?.on("end", () => send(channels.close, Buffer.of(channels.stdin)));
    });
    socket.on("message", (data: Buffer) => {
      const bytes = data.subarray(1);
      if (data[0] === channels.stdout) request.stdout(bytes);
      else if (data[0] === channels.stderr) request.stderr(bytes);
      else if (data[0] === channels.error) status = JSON.parse(bytes.toString("utf8")) as Status;
    });
    socket.on("unexpected-response", (_sent, response) => {
      let text = "";
      response.on("data", (bytes: Buffer) => {
        text += bytes.toString();
      });
      response.on("end", () => {
        socket.terminate();
        reject(refused(text));
      });
    });
    socket.on("error", (cause) => reject(new ExecFailed("Cannot reach the API server", { cause })));
    socket.on("close", () => {
      if (status === undefined) return reject(new ExecFailed("The connection ended before the command did"));
      const code = exitCode(status);
      // Of a program that was not started the message says why; of one that ended, only that it did.
      if (code !== undefined && status.reason === "InternalError")
        request.stderr(Buffer.from(`${status.message ?? ""}\n`));
      if (code === undefined) reject(new ExecFailed(status.message ?? "The command could not be run"));
      else resolve(code);
    });
  });
}

function exitCode(status: Status): number | undefined {
  if (status.status === "Success") return 0;
  const cause = status.details?.causes?.find(({ reason }) => reason === "ExitCode");
  return cause === undefined ? undefined : Number(cause.message);
}

function refused(text: string): ExecFailed {
  try {
    return new ExecFailed((JSON.parse(text) as Status).message ?? text);
  } catch (error) {
    if (error instanceof SyntaxError) return new ExecFailed(text.trim());
    throw error;
  }
}
