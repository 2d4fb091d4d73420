import { seconds } from "./compose-container.js";
import { type ComposeContext, listOf, type Section } from "./compose-section.js";
import { type ComposeNode, isMapNode } from "./compose-tree.js";
import { durationText } from "./compose-units.js";
import type { SourceMember, SourceValue } from "./program.js";
import { membersOf } from "./text-parts.js";

/** What all containers of the pod have. */
export function podMembers(
  context: ComposeContext,
  section: Section,
  more: readonly SourceMember[],
): readonly SourceMember[] {
  const grace = seconds(context, section.take("stop_grace_period"));
  const host = membersOf({
    network: hostOf(context, section, "network_mode", ["bridge", "default"]),
    processes: hostOf(context, section, "pid", []),
    ipc: hostOf(context, section, "ipc", ["private", "shareable"]),
  });
  const addresses = new Map<string, string[]>();
  const extra = section.take("extra_hosts");
  for (const [name, value, node] of extra === undefined ? [] : hostPairs(context, extra)) {
    if (/^[0-9.]+$|^[0-9a-f:.]+$/i.test(value)) addresses.set(value, [...(addresses.get(value) ?? []), name]);
    else
      context.refuse(
        node,
        `extra_hosts: ${name}`,
        `"${value}" is no address`,
        'Write the address out; a pod reaches its node by downward("status.hostIP")',
      );
  }
  const constants = (name: string) => {
    const found = listOf(context, section, name).map((item) => context.constant(item));
    return found.length === 0 ? undefined : found;
  };
  const options = constants("dns_opt")?.map((option) => {
    const [name = "", value] = option.split(":");
    return { name, value: value === undefined ? true : /^\d+$/.test(value) ? Number(value) : value };
  });
  const dns = membersOf({
    servers: constants("dns"),
    searches: constants("dns_search"),
    options: options === undefined ? undefined : { members: options },
  });
  const groups = listOf(context, section, "group_add").flatMap((item) => {
    const id = Number(context.constant(item));
    if (Number.isInteger(id)) return [id];
    context.refuse(item, "group_add", "a group is said by number", "Write its number");
    return [];
  });
  const sysctls = section.take("sysctls");
  const kernel =
    sysctls === undefined
      ? []
      : context.constantPairs(sysctls).map(([name, value]) => ({ members: membersOf({ name, value }) }));
  const security = membersOf({
    supplementalGroups: groups.length === 0 ? undefined : groups,
    sysctls: kernel.length === 0 ? undefined : kernel,
  });
  const patch: SourceMember[] = [...more];
  if (security.length > 0) patch.push({ name: "securityContext", value: { members: security } });
  const wrap = (name: string, members: readonly SourceMember[]): SourceValue => ({
    members: [{ name, value: { members } }],
  });
  return membersOf({
    grace: grace === undefined ? undefined : durationText(grace),
    hostname: section.takeText("hostname"),
    hostAliases:
      addresses.size === 0
        ? undefined
        : { members: [...addresses].map(([name, value]) => ({ name, value })) },
    dns: dns.length === 0 ? undefined : { members: dns },
    host: host.length === 0 ? undefined : { members: host },
    patch: patch.length === 0 ? undefined : wrap("spec", [{ name: "template", value: wrap("spec", patch) }]),
  });
}

/** `host:ip`, `host=ip`, or a map. */
function hostPairs(context: ComposeContext, node: ComposeNode) {
  if (isMapNode(node)) return context.constantPairs(node);
  return context.list(node).map((item) => {
    const [, name = "", address = ""] = /^([^=:]+)[=:](.*)$/.exec(context.constant(item)) ?? [];
    return [name, address.replace(/^\[|\]$/g, ""), item] as const;
  });
}

function hostOf(
  context: ComposeContext,
  section: Section,
  name: string,
  usual: readonly string[],
): true | undefined {
  const node = section.take(name);
  if (node === undefined) return undefined;
  const mode = context.constant(node);
  if (mode === "host") return true;
  if (!usual.includes(mode))
    context.refuse(
      node,
      `${name}: ${mode}`,
      "a pod has its own or the node's",
      mode.startsWith("service:") ? "Describe both containers in one pod" : "Leave it out",
    );
  return undefined;
}

/** Labels are for Docker's tools; as annotations they may have any value. */
export function annotationsOf(context: ComposeContext, section: Section): readonly SourceMember[] {
  const members = new Map<string, SourceMember>();
  for (const name of ["labels", "annotations"]) {
    const node = section.take(name);
    for (const [key, value, at] of node === undefined ? [] : context.constantPairs(node)) {
      if (/^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(key))
        members.set(key, { name: key, value });
      else
        context.differs(
          at,
          `The label "${key.slice(0, 80)}"`,
          "no annotation may have this name; it is left out",
        );
    }
  }
  return members.size === 0 ? [] : [{ name: "annotations", value: { members: [...members.values()] } }];
}
