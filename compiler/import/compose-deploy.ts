import type { ComposeContext, Section } from "./compose-section.js";
import type { ComposeNode } from "./compose-tree.js";
import type { SourceMember } from "./program.js";
import { membersOf } from "./text-parts.js";

/** Which construct a service becomes, and what of `deploy` and `restart` it says. */
export interface DeployPlan {
  readonly kind: "deployment" | "daemonSet" | "job";
  readonly members: readonly SourceMember[];
  /** Members of the pod's spec that only a patch says. */
  readonly patch: readonly SourceMember[];
  readonly isHeadless: boolean;
}

/** @param isWaitedFor - others start when it has ended well. */
export function deployMembers(
  context: ComposeContext,
  service: Section,
  deploy: Section | undefined,
  isWaitedFor: boolean,
): DeployPlan {
  const mode = deploy?.take("mode");
  const modeText = mode === undefined ? "replicated" : context.constant(mode);
  const policy = deploy?.section("restart_policy");
  const condition = policy?.take("condition");
  policy?.differ({
    delay: "the time between restarts grows from 10 seconds to 5 minutes",
    window: "a container that has started counts as started",
  });
  const attempts = policy?.take("max_attempts");
  policy?.end(["condition", "delay", "window", "max_attempts"]);
  const restart = condition ?? service.take("restart");
  if (condition !== undefined) service.ignore("restart");
  const restartText = restart === undefined ? "" : context.constant(restart);
  const [, kindOfRestart = "", retries] =
    /^(no|none|always|any|unless-stopped|on-failure)?(?::(\d+))?$/.exec(restartText) ?? [];
  if (restart !== undefined && kindOfRestart === "")
    context.invalid(restart, `"${restartText}" is no restart policy`);
  const endsByItself = isWaitedFor || ["no", "none"].includes(kindOfRestart) || /-job$/.test(modeText);
  const kind = endsByItself ? "job" : modeText === "global" ? "daemonSet" : "deployment";
  if (mode !== undefined && !["replicated", "global", "replicated-job", "global-job"].includes(modeText))
    context.invalid(mode, `"${modeText}" is no mode`);
  if (kind === "deployment" && kindOfRestart === "on-failure" && restart !== undefined)
    context.differs(
      restart,
      `restart: ${restartText}`,
      "it is started again too when it ends well; a job is not",
    );
  if (attempts !== undefined && kind !== "job")
    context.differs(attempts, "max_attempts", "it is started again without end, at growing intervals");

  const scale = deploy?.take("replicas") ?? service.take("scale");
  service.ignore("scale");
  const replicas = scale === undefined ? undefined : context.number(scale);
  const isCount = replicas === undefined || (Number.isInteger(replicas) && replicas >= 0);
  if (scale !== undefined && !isCount) context.invalid(scale, "replicas is a whole number");
  const strategy = strategyMembers(context, deploy?.section("update_config"));
  deploy?.differ({ rollback_config: "infra up --previous goes back" });
  const { patch, placement } = placementMembers(context, deploy?.section("placement"));
  deploy?.ignore("labels"); // they are Swarm's, of what it calls a service
  const endpoint = deploy?.takeText("endpoint_mode");
  deploy?.end([
    "mode",
    "replicas",
    "resources",
    "restart_policy",
    "update_config",
    "rollback_config",
    "placement",
    "labels",
    "endpoint_mode",
  ]);
  const onFailure = kindOfRestart === "on-failure" || (kind === "job" && restartText === "");
  return {
    kind,
    isHeadless: endpoint === "dnsrr",
    patch,
    members: membersOf(
      kind === "job"
        ? {
            completions: isCount && replicas !== 1 ? replicas : undefined,
            parallelism: isCount && replicas !== 1 ? replicas : undefined,
            restart: onFailure && kindOfRestart === "on-failure" ? "OnFailure" : undefined,
            retries:
              kindOfRestart === "on-failure" ? (retries === undefined ? undefined : Number(retries)) : 0,
            placement,
          }
        : {
            replicas: kind === "deployment" && isCount && replicas !== 1 ? replicas : undefined,
            strategy: kind === "deployment" ? strategy : undefined,
            placement,
          },
    ),
  };
}

function strategyMembers(context: ComposeContext, update: Section | undefined) {
  if (update === undefined) return undefined;
  const parallelism = update.takeNumber("parallelism") ?? 1;
  const order = update.takeText("order") ?? "stop-first";
  const why = "a rollout goes on as pods become ready";
  update.differ({ delay: why, failure_action: why, monitor: why, max_failure_ratio: why });
  update.end(["parallelism", "order", "delay", "failure_action", "monitor", "max_failure_ratio"]);
  if (!Number.isInteger(parallelism) || parallelism < 0)
    context.invalid(update.node, "parallelism is a whole number");
  if (parallelism === 0) return "recreate"; // all at once
  const isStartFirst = order === "start-first";
  return {
    members: membersOf({
      surge: isStartFirst ? parallelism : 0,
      unavailable: isStartFirst ? 0 : parallelism,
    }),
  };
}

function placementMembers(context: ComposeContext, placement: Section | undefined) {
  if (placement === undefined) return { placement: undefined, patch: [] };
  const nodes: SourceMember[] = [];
  const patch: SourceMember[] = [];
  const refuse = (node: ComposeNode, text: string) =>
    context.refuse(
      node,
      text,
      "nodes are chosen by labels that they have",
      "placement: { nodes: { LABEL: VALUE } }, or affinity",
    );
  const constraints = placement.take("constraints");
  for (const node of constraints === undefined ? [] : context.list(constraints)) {
    const text = context.constant(node);
    const [, name = "", value = ""] =
      /^\s*node\.(hostname|labels\.[\w./-]+|platform\.os|platform\.arch)\s*==\s*(\S+)\s*$/.exec(text) ?? [];
    const label =
      name === "hostname"
        ? "kubernetes.io/hostname"
        : name === "platform.os"
          ? "kubernetes.io/os"
          : name === "platform.arch"
            ? "kubernetes.io/arch"
            : name.slice("labels.".length);
    if (label === "") refuse(node, text);
    else nodes.push({ name: label, value });
  }
  placement.differ({
    preferences: "pods of one workload are spread over nodes",
    max_replicas_per_node: "pods of one workload are spread over nodes where possible",
  });
  placement.end(["constraints", "preferences", "max_replicas_per_node"]);
  return {
    placement: nodes.length === 0 ? undefined : { members: membersOf({ nodes: { members: nodes } }) },
    patch,
  };
}
