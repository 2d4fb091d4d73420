import type { HttpClient } from "../../runtime/client/http-client.js";
import { podResource } from "../../runtime/client/resources.js";
import { UsageError } from "../../stdlib/base/errors.js";
import type { Pod } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { CliContext } from "../context.js";
import { connectOrFail } from "../instance.js";
import type { CommandRun } from "../program.js";
import { findTarget, type PodTarget, podsOf } from "../targets.js";

const newline = 0x0a;
/** Of a line that has not ended yet, in bytes. */
const longestHeld = 64 * 1024;

interface Source {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** `infra logs RESOURCE [-f]`: what all its containers wrote, each line with where it is from when there are several. */
export const run: CommandRun = async (context, [resource], options) => {
  if (resource === undefined)
    throw new UsageError("logs needs a resource", { hint: "infra logs deployment/web" });
  const { client } = await connectOrFail(context);
  try {
    const namespace = typeof options["namespace"] === "string" ? options["namespace"] : "default";
    const target = await findTarget(client, namespace, resource);
    const sources = (await podsOf(client, target)).flatMap(sourcesOf);
    const query = { ...tailOf(options["tail"]), previous: options["previous"] === true };
    const many = sources.length > 1 || options["follow"] === true;
    const print = (source: Source, follow: boolean) =>
      printLog(context, client, source, { ...query, follow }, many);
    if (options["follow"] === true) await followAll(context, client, target, (source) => print(source, true));
    else for (const source of sources) await print(source, false);
    return 0;
  } finally {
    client.close();
  }
};

function tailOf(given: unknown): { readonly tailLines?: number } {
  if (given === undefined) return {};
  if (/^\d+$/.test(String(given))) return { tailLines: Number(given) };
  throw new UsageError(`"--tail ${given}" is no number of lines`);
}

function sourcesOf({ metadata, spec }: Pod): readonly Source[] {
  const { name = "", namespace = "" } = metadata;
  return (spec?.containers ?? []).map((container) => ({ namespace, pod: name, container: container.name }));
}

/** Lines of one container as they come. A pod that went meanwhile, or has not started, has none. */
async function printLog(
  context: CliContext,
  client: HttpClient,
  source: Source,
  query: { readonly follow: boolean; readonly tailLines?: number; readonly previous: boolean },
  prefixed: boolean,
): Promise<void> {
  const lines = new LineWriter(prefixed ? context.style.dim(`${source.pod} `) : "", (bytes) =>
    context.terminal.writeOut(bytes),
  );
  const { container, namespace, pod } = source;
  for await (const bytes of client.logs(namespace, pod, { container, ...query }, context.interrupted))
    lines.write(bytes);
  lines.end();
}

/** Writes whole lines, each behind a prefix; one too long to be held is written in pieces. */
class LineWriter {
  readonly #prefix: Buffer;
  readonly #write: (bytes: Buffer) => void;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isLineStart = true;

  constructor(prefix: string, write: (bytes: Buffer) => void) {
    this.#prefix = Buffer.from(prefix);
    this.#write = write;
  }

  write(bytes: Uint8Array): void {
    const whole = bytes.lastIndexOf(newline) + 1;
    if (whole > 0) this.#flush(bytes.subarray(0, whole));
    if (whole === bytes.length) return;
    this.#held.push(Buffer.from(bytes.subarray(whole)));
    this.#heldBytes += bytes.length - whole;
    if (this.#heldBytes > longestHeld) this.#flush(new Uint8Array());
  }

  /** A last line without its end gets one. */
  end(): void {
    if (this.#heldBytes > 0) this.#flush(new Uint8Array());
    if (!this.#isLineStart) this.#write(Buffer.from("\n"));
  }

  #flush(rest: Uint8Array): void {
    const bytes = Buffer.concat([...this.#held, rest]);
    this.#held = [];
    this.#heldBytes = 0;
    const parts: Uint8Array[] = [];
    for (let start = 0; start < bytes.length; ) {
      const end = bytes.indexOf(newline, start) + 1 || bytes.length;
      if (this.#isLineStart) parts.push(this.#prefix);
      parts.push(bytes.subarray(start, end));
      this.#isLineStart = bytes[end - 1] === newline;
      start = end;
    }
    this.#write(Buffer.concat(parts));
  }
}

/** Follows each pod from when it runs to its end, new ones too, until Ctrl-C. */
function followAll(
  context: CliContext,
  client: HttpClient,
  target: PodTarget,
  print: (source: Source) => Promise<void>,
): Promise<void> {
  const followed = new Set<string>();
  return new Promise((resolve, reject) => {
    const { interrupted } = context;
    interrupted.addEventListener("abort", () => resolve(), { once: true });
    const look = (pod: Pod) => {
      if (!target.isOne(pod)) return;
      for (const source of sourcesOf(pod)) {
        const status = pod.status?.containerStatuses?.find(({ name }) => name === source.container);
        const key = `${pod.metadata.uid}/${source.container}/${status?.restartCount}`;
        if (status?.containerID === undefined || status.state?.waiting !== undefined || followed.has(key))
          continue;
        followed.add(key);
        print(source).catch((error) => {
          if (!interrupted.aborted) reject(error);
        });
      }
    };
    client.watch(
      podResource,
      { namespace: target.namespace },
      { added: look, modified: look, deleted() {} },
      interrupted,
    );
  });
}
