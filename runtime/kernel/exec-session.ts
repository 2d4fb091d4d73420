import { Readable, Writable } from "node:stream";
import { type ShimConnection, ShimGone } from "./connection.js";
import type { ExecSession } from "./engine.js";
import { PayloadReader, PayloadWriter, protocol } from "./protocol.js";

/** stdin travels in pieces of this size, so that a resize or kill is not stuck behind a megabyte. */
const pieceBytes = 32 * 1024;

/** The streams of a process on a connection of its own. The connection ends with the process. */
export function openExecSession(connection: ShimConnection, withStdin: boolean): ExecSession {
  const output = () => new Readable({ read: () => connection.socket.resume() });
  const stdout = output();
  const stderr = output();
  const take = (stream: Readable, bytes: Buffer) => {
    if (!stream.push(bytes)) connection.socket.pause();
  };
  const exit = new Promise<number>((resolve, reject) => {
    connection.onEvent = (type, payload) => {
      if (type === protocol.EVENT_STDOUT) take(stdout, payload);
      else if (type === protocol.EVENT_STDERR) take(stderr, payload);
      else if (type === protocol.EVENT_EXEC_EXIT) {
        resolve(new PayloadReader(payload).u32());
        connection.close();
      }
    };
    connection.onClose = () => {
      reject(new ShimGone("The shim ended while a process ran in the container"));
      stdout.push(null);
      stderr.push(null);
    };
  });
  exit.catch(() => {}); // who does not ask for the code need not handle its loss
  return {
    stdout,
    stderr,
    stdin: withStdin ? stdinOf(connection) : undefined,
    exit,
    resize(columns, rows) {
      connection.send(protocol.REQUEST_RESIZE, new PayloadWriter().u32(columns).u32(rows).bytes());
    },
    kill() {
      connection.send(protocol.REQUEST_EXEC_KILL, Buffer.alloc(0));
    },
  };
}

function stdinOf(connection: ShimConnection): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      let free = true;
      for (let at = 0; at < chunk.length; at += pieceBytes)
        free = connection.send(protocol.REQUEST_STDIN, chunk.subarray(at, at + pieceBytes));
      if (free || connection.socket.destroyed) return done();
      const go = () => {
        connection.socket.off("drain", go).off("close", go);
        done();
      };
      connection.socket.once("drain", go).once("close", go);
    },
    final(done) {
      connection.send(protocol.REQUEST_STDIN_END, Buffer.alloc(0));
      done();
    },
  });
}
