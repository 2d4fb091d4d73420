import { readFile } from "node:fs/promises";
import { connectOrFail } from "../instance.js";
import type { CommandRun } from "../program.js";

/** `infra kubeconfig`: prints the file that lets kubectl talk to the instance, or with --path where it lies. */
export const run: CommandRun = async (context, _operands, options) => {
  const { client, daemon } = await connectOrFail(context);
  client.close();
  const { kubeconfig } = daemon.paths;
  context.out(options["path"] === true ? `${kubeconfig}\n` : await readFile(kubeconfig, "utf8"));
  return 0;
};
