import type { HttpClient } from "../../runtime/client/http-client.js";
import { podResource } from "../../runtime/client/resources.js";
import { UsageError } from "../../stdlib/base/errors.js";
import type { Pod } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { CliContext } from "../context.js";
import { connectOrFail } from "../instance.js";
import type { CommandRun } from "../program.js";
import { findTarget, type PodTarget, podsOf } from "../targets.js";

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
  const prefix = prefixed ? context.style.dim(`${source.pod} `) : "";
  let rest = Buffer.alloc(0);
  const { container, namespace, pod } = source;
  for await (const bytes of client.logs(namespace, pod, { container, ...query }, context.interrupted)) {
    rest = Buffer.concat([rest, bytes]);
    const end = rest.lastIndexOf("\n") + 1;
    if (end === 0) continue;
    const lines = rest.subarray(0, end).toString("utf8").slice(0, -1).split("\n");
    context.terminal.writeOut(Buffer.from(lines.map((line) => `${prefix}${line}\n`).join("")));
    rest = rest.subarray(end);
  }
  if (rest.length > 0) context.terminal.writeOut(Buffer.from(`${prefix}${rest.toString("utf8")}\n`));
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
