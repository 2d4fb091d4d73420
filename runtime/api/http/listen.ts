import { chmodSync, mkdirSync, renameSync, rmSync } from "node:fs";
import type { ListenOptions, Server } from "node:net";
import { join } from "node:path";

export interface Listener {
  /** Takes no more connections. */
  close(): void;
}

type Listening = Pick<Server, "once" | "off" | "listen">;

/** Resolves when the server listens. @throws what listen(2) or bind(2) does */
export function listening(server: Listening, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("listening", () => {
      server.off("error", reject);
      resolve();
    });
    server.listen(options);
  });
}

/**
 * Listens on a unix socket with mode 0600. It is made in a folder that nobody else can enter and then moved to its
 * place, so there is no moment when others could connect.
 */
export async function listenPrivately(
  server: Listening & Pick<Server, "close">,
  path: string,
): Promise<Listener> {
  const folder = `${path}.new`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  try {
    const made = join(folder, "s");
    await listening(server, { path: made });
    chmodSync(made, 0o600);
    renameSync(made, path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    close() {
      server.close();
      rmSync(path, { force: true });
    },
  };
}
