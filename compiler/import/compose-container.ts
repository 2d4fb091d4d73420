import { type ContainerCommands, commandWords } from "./compose-commands.js";
import type { ComposeContext } from "./compose-section.js";
import { Section } from "./compose-section.js";
import { type ComposeNode, isListNode, isMapNode } from "./compose-tree.js";
import { cpuText, memoryText, secondsOf } from "./compose-units.js";
import type { Healthcheck } from "./dockerfile-stage.js";
import { readinessProbe } from "./healthcheck.js";
import type { SourceMember, SourceValue } from "./program.js";
import { membersOf, type Text } from "./text-parts.js";

/**
 * Resources by both spellings: those of `deploy`, and the older members of the service itself.
 *
 * @param deploy - its `resources`.
 */
export function resourcesValue(
  context: ComposeContext,
  service: Section,
  deploy: Section | undefined,
): SourceValue | undefined {
  const limits = deploy?.section("limits");
  const reservations = deploy?.section("reservations");
  const cpuAt = (node: ComposeNode | undefined) => unit(context, node, cpuText, "cores");
  const memoryAt = (node: ComposeNode | undefined) => unit(context, node, memoryText, "bytes");
  const cpuLimit = cpuAt(limits?.take("cpus") ?? service.take("cpus"));
  const memoryLimit = memoryAt(limits?.take("memory") ?? service.take("mem_limit"));
  const cpu = cpuAt(reservations?.take("cpus"));
  const asked = reservations?.take("memory") ?? service.take("mem_reservation");
  const memory = memoryAt(asked);
  const pids = "how many processes a pod may have is the node's matter";
  limits?.differ({ pids });
  for (const section of [limits, reservations])
    section?.refuse({
      devices: [
        "devices of the node are no resources here",
        "Mount the device: hostPath(…), with privileged: true",
      ],
      generic_resources: ["they are Swarm's own", "Leave them out"],
    });
  limits?.end(["cpus", "memory", "pids"]);
  reservations?.end(["cpus", "memory", "devices", "generic_resources"]);
  deploy?.end(["limits", "reservations"]);
  if (asked !== undefined && memoryLimit === undefined)
    context.differs(asked, "Memory that is reserved", "is the limit too, since none is said");
  const members = membersOf({
    cpu,
    cpuLimit,
    memory: memory ?? memoryLimit,
    memoryLimit: memory === undefined || memory === memoryLimit ? undefined : memoryLimit,
  });
  return members.length === 0 ? undefined : { members };
}

function unit(
  context: ComposeContext,
  node: ComposeNode | undefined,
  read: (text: string) => string | undefined,
  what: string,
): string | undefined {
  if (node === undefined) return undefined;
  const text = context.constant(node);
  const found = read(text);
  if (found === undefined && text !== "0")
    context.invalid(node, `"${text.slice(0, 40)}" is no number of ${what}`);
  return found; // 0 is none
}

/** What `healthcheck` says; `"none"` takes away what the image says. */
export function readinessValue(
  context: ComposeContext,
  node: ComposeNode,
  commands: ContainerCommands,
  ofImage: Healthcheck | undefined,
): SourceValue | undefined {
  const section = new Section(context, node, "healthcheck");
  const isOff = section.takeBoolean("disable") ?? false;
  const test = section.take("test");
  const interval = seconds(context, section.take("interval"));
  const timeout = seconds(context, section.take("timeout"));
  const retries = section.takeNumber("retries");
  section.ignore("start_period", "start_interval"); // before the first success a pod is not ready anyway
  section.end(["disable", "test", "interval", "timeout", "retries", "start_period", "start_interval"]);
  if (isOff) return undefined;
  let exec: readonly string[] | undefined = ofImage?.exec;
  const shell = (at: ComposeNode, text: Text) => ["/bin/sh", "-c", commands.script(at, text)];
  if (test !== undefined && !isListNode(test)) exec = shell(test, context.text(test));
  else if (test !== undefined) {
    const [head, ...items] = test.value;
    const kind = head === undefined ? "" : context.constant(head);
    const words = items.map((item) => context.text(item));
    if (kind === "NONE") return undefined;
    if (kind === "CMD") exec = commands.exec(test, words);
    else if (kind === "CMD-SHELL")
      exec = shell(
        test,
        words.flatMap((word, index) => (index === 0 ? word : [" ", ...word])),
      );
    else context.invalid(test, "A test begins with NONE, CMD or CMD-SHELL");
  }
  if (exec === undefined || exec.length === 0) return undefined;
  return readinessProbe(exec, { interval, timeout, retries });
}

export function seconds(context: ComposeContext, node: ComposeNode | undefined): number | undefined {
  if (node === undefined) return undefined;
  const text = context.constant(node);
  const found = secondsOf(text);
  if (found === undefined) context.invalid(node, `"${text.slice(0, 40)}" is no duration, such as 1m30s`);
  else if (!Number.isInteger(found)) context.differs(node, text, "whole seconds are counted here");
  return found;
}

/** `1000:1000`, or an account of the image. */
export function userMembers(context: ComposeContext, node: ComposeNode | undefined): readonly SourceMember[] {
  if (node === undefined) return [];
  const [user = "", group] = context.constant(node).split(":");
  const idOf = (text: string) => (/^\d{1,9}$/.test(text) ? Number(text) : text === "root" ? 0 : undefined);
  const ids = [idOf(user), group === undefined ? undefined : idOf(group)];
  if (ids[0] === undefined || (group !== undefined && ids[1] === undefined))
    context.refuse(
      node,
      `user: ${user}`,
      "a container says its user by number",
      `Write the number: docker run --rm IMAGE id ${user}`,
    );
  return membersOf({ user: ids[0], group: ids[1] });
}

/** Rights, and what is taken from them. */
export function securityMembers(context: ComposeContext, service: Section): readonly SourceMember[] {
  const names = (node: ComposeNode | undefined) =>
    node === undefined
      ? undefined
      : context.list(node).map((item) => context.constant(item).toUpperCase().replace(/^CAP_/, ""));
  const add = names(service.take("cap_add"));
  const drop = names(service.take("cap_drop"));
  const options = service.take("security_opt");
  for (const item of options === undefined ? [] : context.list(options)) {
    const option = context.constant(item);
    if (/^no-new-privileges([:=]true)?$/.test(option)) continue; // so it is unless escalation is said
    context.refuse(
      item,
      `security_opt: ${option}`,
      "profiles of the host are not said by a container's own words",
      "Leave it out, or patch: { spec: { template: { spec: { securityContext: { seccompProfile: … } } } } }",
    );
  }
  const readOnlyRoot = service.takeBoolean("read_only") === true ? true : undefined;
  const privileged = service.takeBoolean("privileged") === true ? true : undefined;
  const capabilities = membersOf({ add, drop });
  return membersOf({
    readOnlyRoot,
    privileged,
    capabilities: capabilities.length === 0 ? undefined : { members: capabilities },
  });
}

/** `post_start` or `pre_stop`: one command is a hook. */
export function hookValue(
  context: ComposeContext,
  node: ComposeNode | undefined,
  commands: ContainerCommands,
): SourceValue | undefined {
  if (node === undefined) return undefined;
  const [first, second] = context.list(node);
  if (second !== undefined)
    context.refuse(second, "A second hook", "a container has one", "Write one command that does both");
  if (!isMapNode(first)) return undefined;
  const section = new Section(context, first, "A hook");
  const command = section.take("command");
  section.refuse({
    user: ["hooks run as the container's user", "Leave it out"],
    working_dir: [
      "hooks run in the container's folder",
      'Write cd into the command: ["/bin/sh", "-c", "cd /x && …"]',
    ],
    environment: ["hooks have the container's variables", "Say them for the container"],
  });
  section.differ({ privileged: "hooks have the container's rights" });
  section.end(["command", "user", "working_dir", "environment", "privileged"]);
  if (command === undefined) return undefined;
  return {
    members: [{ name: "exec", value: commands.exec(command, commandWords(context, command)) }],
  };
}
