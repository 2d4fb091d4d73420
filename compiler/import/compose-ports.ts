import { type ComposeContext, Section } from "./compose-section.js";
import type { ComposeService } from "./compose-service.js";
import { type ComposeNode, isMapNode } from "./compose-tree.js";
import { type ComposePort, portsOf, rangeOf } from "./compose-units.js";
import { knownPorts, namePorts } from "./well-known-ports.js";

/** Names of all ports, in the order that the image's own have theirs. */
export function portNames({
  built,
  ports,
}: Pick<ComposeService, "built" | "ports">): ReadonlyMap<string, string> {
  const all = [...(built?.ports.values() ?? [])].map((value) => {
    const [port = "", protocol = "TCP"] = String(value).split("/");
    return { port: Number(port), protocol };
  });
  const named = namePorts([...all, ...ports.map(({ protocol, target }) => ({ port: target, protocol }))]);
  return new Map([...named].map(([name, value]) => [String(value), name]));
}

export function portKey({ protocol, target }: Pick<ComposePort, "protocol" | "target">): string {
  return protocol === "TCP" ? String(target) : `${target}/${protocol}`;
}

/** Ports that are opened and published, from `ports` and `expose`; ports of images that are well known. */
export function readPorts(
  context: ComposeContext,
  section: Section,
  image: string | undefined,
): ComposePort[] {
  const found: ComposePort[] = [];
  const ports = section.take("ports");
  for (const node of ports === undefined ? [] : context.list(ports)) found.push(...readPort(context, node));
  const expose = section.take("expose");
  for (const node of expose === undefined ? [] : context.list(expose)) {
    const opened = portsOf(context.constant(node));
    if (opened === undefined) context.invalid(node, "This is no port");
    else found.push(...opened.map((port) => ({ ...port, isPublished: false })));
  }
  if (found.length === 0 && image !== undefined)
    for (const target of knownPorts(image))
      found.push({ target, protocol: "TCP", published: undefined, address: undefined, isPublished: false });
  const seen = new Set<string>();
  return found
    .sort((one, other) => Number(other.isPublished) - Number(one.isPublished))
    .filter((port) => !seen.has(portKey(port)) && seen.add(portKey(port)) !== undefined);
}

function readPort(context: ComposeContext, node: ComposeNode): readonly ComposePort[] {
  if (!isMapNode(node)) {
    const text = context.constant(node);
    const found = portsOf(text);
    if (found === undefined)
      context.invalid(
        node,
        `"${text.slice(0, 60)}" is no port`,
        'Such as "8080:80" or "127.0.0.1:5353:53/udp"',
      );
    return found ?? [];
  }
  const section = new Section(context, node, "A port");
  const target = section.takeNumber("target");
  const published = section.takeText("published");
  const protocol = (section.takeText("protocol") ?? "tcp").toUpperCase();
  const address = section.takeText("host_ip");
  section.ignore("name", "mode", "app_protocol"); // names come from what listens there
  section.end(["name", "mode", "host_ip", "target", "published", "protocol", "app_protocol"]);
  const at = published === undefined ? [] : rangeOf(published);
  const isPort = target !== undefined && Number.isInteger(target) && target > 0 && target < 65_536;
  if (!isPort || at === undefined || (protocol !== "TCP" && protocol !== "UDP" && protocol !== "SCTP")) {
    context.invalid(node, "A port has a target, a number; published and protocol");
    return [];
  }
  return [{ target, protocol, published: at.length === 1 ? at[0] : undefined, address, isPublished: true }];
}
