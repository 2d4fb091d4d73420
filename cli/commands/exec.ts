import { execInPod } from "../../runtime/client/exec-client.js";
import { UsageError } from "../../stdlib/base/errors.js";
import { connectOrFail } from "../instance.js";
import type { CommandRun } from "../program.js";
import { findTarget, podsOf, TargetMissing } from "../targets.js";

/** `infra exec [-it] RESOURCE -- CMD…`: runs a command in the first ready pod; its exit code is ours. */
export const run: CommandRun = async (context, [resource, ...command], options) => {
  if (resource === undefined || command.length === 0)
    throw new UsageError("exec needs a resource and a command", { hint: "infra exec deployment/web -- ls" });
  const { client, daemon } = await connectOrFail(context);
  const namespace = typeof options["namespace"] === "string" ? options["namespace"] : "default";
  const { terminal } = context;
  const tty = options["tty"] === true;
  if (tty && terminal.size() === undefined)
    throw new UsageError("-t needs a terminal, and standard output is none", { hint: "Leave -t out" });
  try {
    const [pod] = await podsOf(client, await findTarget(client, namespace, resource));
    if (pod === undefined)
      throw new TargetMissing(`"${resource}" has no pod`, { hint: "infra status shows why" });
    const wanted = options["container"];
    const container = typeof wanted === "string" ? wanted : (pod.spec?.containers[0]?.name ?? "");
    const restore = tty ? terminal.raw() : () => {};
    try {
      return await execInPod(daemon.paths.apiSocket, {
        namespace,
        pod: pod.metadata.name ?? "",
        container,
        command,
        tty,
        stdin: options["stdin"] === true ? terminal.stdin : undefined,
        stdout: (bytes) => terminal.writeOut(bytes),
        stderr: (bytes) => terminal.writeError(bytes),
        ...(tty
          ? {
              onResize: (tell) => {
                const send = () => {
                  const size = terminal.size();
                  if (size !== undefined) tell(size.columns, size.rows);
                };
                terminal.onResize(send);
                send();
              },
            }
          : {}),
      });
    } finally {
      restore();
    }
  } finally {
    client.close();
  }
};
