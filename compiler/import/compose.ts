import type { Reporter } from "../diagnostics/reporter.js";
import { pointSpan } from "../diagnostics/span.js";
import { Credentials } from "./compose-credentials.js";
import { EnvironmentFiles } from "./compose-environment.js";
import { buildImage, type ComposeImages } from "./compose-image.js";
import { portNames, readPorts } from "./compose-ports.js";
import { ComposeContext, Section } from "./compose-section.js";
import { type ComposeService, writeService } from "./compose-service.js";
import {
  type ComposeNode,
  headComments,
  isListNode,
  isMapNode,
  merged,
  readComposeFile,
  withImage,
  withoutReset,
} from "./compose-tree.js";
import { ComposeVariables, readEnvFile } from "./compose-variables.js";
import { ComposeStorage } from "./compose-volumes.js";
import { confidentialVariables } from "./confidential.js";
import { refer } from "./constructs/context.js";
import { usedInputs } from "./dockerfile.js";
import type { ImportedFile } from "./drafts.js";
import { kubernetesName } from "./names.js";
import type { SourceProgram, SourceReference, SourceValue, Statement } from "./program.js";
import type { ImportSource } from "./select-objects.js";
import { besidePath, type SourceReader } from "./source-reader.js";
import { Inputs, type Text, textValue, unexpanded } from "./text-parts.js";

export interface ComposeOptions {
  /** Profiles whose services are wanted, beside those that have none. */
  readonly profiles?: readonly string[];
}

export interface ImportedProject {
  readonly program: SourceProgram;
  /** By path relative to the program. */
  readonly files: ReadonlyMap<string, ImportedFile>;
}

/**
 * A Compose project as a program: services become workloads and Services, named volumes claims, files ConfigMaps. What
 * a stack cannot say is reported at its line; nothing should be written then.
 *
 * @param sources - its files, later ones over earlier ones.
 */
export function importCompose(
  reader: SourceReader,
  sources: readonly ImportSource[],
  reporter: Reporter,
  { profiles = [] }: ComposeOptions = {},
): ImportedProject {
  let root: ComposeNode | undefined;
  for (const { name, text } of sources) {
    const node = readComposeFile(name, text, "", reporter);
    if (node === undefined) continue;
    if (!isMapNode(node)) reporter.report("compose-invalid", node.place, { why: "A Compose file is a map" });
    else root = root === undefined ? node : merged(root, node);
  }
  if (root === undefined) return { program: { statements: [] }, files: new Map() };
  const inputs = new Inputs({ fromEnvironment: true });
  const credentials = new Credentials();
  const confidential = confidentialVariables(root);
  const variables = new ComposeVariables(dotEnv(reader, reporter), inputs, credentials, confidential);
  const context = new ComposeContext(reader, reporter, variables);
  return new Project({ context, inputs, credentials, root, profiles }).write();
}

/** Longest value of `.env`: variables of variables double it with each line. */
const mostCharacters = 64 * 1024;

/** What `.env` beside the project says. */
function dotEnv(reader: SourceReader, reporter: Reporter): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  const text = reader.text(".env");
  if (text === undefined) return known;
  const invalid = (line: number, why: string) =>
    reporter.report("compose-invalid", pointSpan(reader.name(".env"), line, 1), { why });
  for (const [name, value] of readEnvFile(text, invalid)) {
    if (value === undefined) continue;
    const whole = value.replace(
      /\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g,
      (_, dollar, plain, braced) => (dollar === undefined ? (known.get(plain ?? braced) ?? "") : "$"),
    );
    if (whole.length > mostCharacters) invalid(1, `The value of ${name} is longer than 64 KiB`);
    else known.set(name, whole);
  }
  return known;
}

const topMembers = [
  "version",
  "name",
  "include",
  "services",
  "models",
  "networks",
  "volumes",
  "secrets",
  "configs",
];

class Project {
  readonly #context: ComposeContext;
  readonly #inputs: Inputs;
  readonly #credentials: Credentials;
  readonly #root: ComposeNode;
  readonly #profiles: readonly string[];
  readonly #services = new Map<string, ComposeService>();
  readonly #byAlias = new Map<string, ComposeService>();
  readonly #images: ComposeImages = { statements: [], made: new Map(), names: new Set() };

  constructor(parts: {
    readonly context: ComposeContext;
    readonly inputs: Inputs;
    readonly credentials: Credentials;
    readonly root: ComposeNode;
    readonly profiles: readonly string[];
  }) {
    this.#context = parts.context;
    this.#inputs = parts.inputs;
    this.#credentials = parts.credentials;
    this.#root = parts.root;
    this.#profiles = parts.profiles;
  }

  write(): ImportedProject {
    const context = this.#context;
    const top = new Section(context, this.#root, "A Compose file");
    const mapOf = (name: string) => {
      const node = top.take(name);
      if (node !== undefined && !isMapNode(node)) context.invalid(node, `${name} is no map`);
      return isMapNode(node) ? node.value : new Map<string, ComposeNode>();
    };
    const services = mapOf("services");
    const storage = new ComposeStorage(context, {
      volumes: mapOf("volumes"),
      configs: mapOf("configs"),
      secrets: mapOf("secrets"),
    });
    this.#networks(mapOf("networks"));
    top.ignore("version");
    top.differ({ name: "a stack is called like its folder, or as --stack says" });
    top.refuse({
      include: [
        "files are imported together when they are named together",
        "infra import compose.yaml other.yaml",
      ],
      models: ["they are Docker's own", "Run the model as a service"],
    });
    top.end(topMembers);

    for (const [name, node] of services)
      this.#read(name, withoutReset(this.#extended(node, services, [name])));
    this.#relate(services);
    const environment = new EnvironmentFiles(context);
    const statements: Statement[] = [];
    const underWay = new Set<ComposeService>();
    const done = new Set<ComposeService>();
    const write = (service: ComposeService): void => {
      if (underWay.has(service) || done.has(service)) return;
      underWay.add(service);
      for (const { target } of this.#mentions(service)) write(target);
      underWay.delete(service);
      done.add(service);
      statements.push(
        ...writeService(service, {
          context,
          storage,
          environment,
          credentials: this.#credentials,
          addressed: (text, variable) => this.#addressed(text, variable, service),
        }),
      );
    };
    for (const service of this.#services.values()) write(service);
    storage.end();
    const all = [
      ...this.#images.statements,
      ...environment.statements,
      ...this.#credentials.end((wished) => context.freeName(wished)),
      ...storage.statements,
      ...statements,
    ];
    const comment = [...this.#root.comment, ...headComments(this.#root)];
    const program = {
      ...(comment.length === 0 ? {} : { comment }),
      statements: [...usedInputs(this.#inputs, all), ...all],
    };
    return { program, files: new Map([...environment.files, ...this.#credentials.files]) };
  }

  /** A service with what it extends below it. */
  #extended(
    node: ComposeNode,
    services: ReadonlyMap<string, ComposeNode>,
    chain: readonly string[],
  ): ComposeNode {
    const context = this.#context;
    const said = isMapNode(node) ? node.value.get("extends") : undefined;
    if (!isMapNode(node) || said === undefined || said.value === null) return node;
    const own = new Map(node.value);
    own.delete("extends");
    const rest: ComposeNode = { ...node, value: own };
    const section = isMapNode(said) ? new Section(context, said, "extends") : undefined;
    const name = section === undefined ? context.constant(said) : (section.takeText("service") ?? "");
    const file = section?.takeText("file");
    section?.end(["service", "file"]);
    let from = services;
    let id = name;
    if (file !== undefined) {
      const path = besidePath(said.folder, file);
      const text = context.reader.text(path);
      const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
      const tree =
        text === undefined
          ? undefined
          : readComposeFile(context.reader.name(path), text, folder, context.reporter);
      const found = isMapNode(tree) ? tree.value.get("services") : undefined;
      if (!isMapNode(found)) {
        context.invalid(said, `There is no file "${file}" with services`);
        return withImage(rest);
      }
      from = found.value;
      id = `${path} ${name}`;
    }
    const base = from.get(name);
    if (base === undefined) context.invalid(said, `There is no service "${name.slice(0, 80)}" to extend`);
    else if (chain.includes(id) || chain.length > 20)
      context.invalid(said, "Services extend each other in a circle");
    else return merged(this.#extended(base, from, [...chain, id]), rest);
    return withImage(rest);
  }

  #read(name: string, node: ComposeNode): void {
    const context = this.#context;
    if (!isMapNode(node)) {
      context.invalid(node, `The service "${name.slice(0, 80)}" is no map`);
      return;
    }
    const section = new Section(context, node, `The service "${name}"`);
    const profiles = section.take("profiles");
    const wanted = profiles === undefined ? [] : context.list(profiles).map((item) => context.constant(item));
    if (wanted.length > 0 && !wanted.some((profile) => this.#profiles.includes(profile))) {
      context.differs(
        node,
        `The service "${name}"`,
        `is of the profile ${wanted.join(", ")} and left out: --profile ${wanted[0]} takes it in`,
      );
      return;
    }
    const objectName = kubernetesName(name);
    if ([...this.#services.values()].some((other) => other.objectName === objectName))
      context.invalid(node, `Another service is called "${objectName}" too, as Kubernetes writes names`);
    else if (objectName !== name)
      context.differs(
        node,
        `The service "${name.slice(0, 80)}"`,
        `is called "${objectName}": names are a-z, 0-9 and -`,
      );
    const image = buildImage(context, this.#inputs, this.#images, objectName, section);
    const service: ComposeService = {
      name,
      objectName,
      node,
      section,
      image: image.value,
      built: image.built,
      ports: readPorts(context, section, image.name),
      aliases: new Set(),
      isWaitedFor: false,
      isCalled: false,
      service: undefined,
    };
    this.#services.set(name, service);
  }

  /** Who is called by which names, who waits for whom, and ports that others name. */
  #relate(services: ReadonlyMap<string, ComposeNode>): void {
    const context = this.#context;
    for (const service of this.#services.values()) {
      this.#byAlias.set(service.name, service);
      this.#byAlias.set(service.objectName, service);
      const container = service.section.takeText("container_name");
      if (container !== undefined && !this.#byAlias.has(container)) this.#byAlias.set(container, service);
    }
    for (const service of this.#services.values()) {
      for (const alias of this.#aliasesOf(service)) this.#alias(alias.name, alias.of, alias.node);
      const waits = service.section.take("depends_on");
      if (waits === undefined) continue;
      for (const [name, condition, node] of this.#waits(waits)) {
        const other = this.#services.get(name);
        if (condition === "service_completed_successfully" && other !== undefined) other.isWaitedFor = true;
        if (other === undefined && !services.has(name))
          context.invalid(node, `There is no service "${name}"`);
      }
      context.differsOnce(
        waits,
        "depends_on",
        "pods start together; what does not find the others yet ends and is started again",
      );
    }
    for (const service of this.#services.values())
      for (const { port, target } of this.#mentions(service)) {
        target.isCalled = true;
        if (port !== undefined && !portNames(target).has(String(port)))
          target.ports.push({
            target: port,
            protocol: "TCP",
            published: undefined,
            address: undefined,
            isPublished: false,
          });
      }
    for (const service of this.#services.values())
      if (portNames(service).size === 0 && service.isCalled)
        context.differs(
          service.node,
          `The service "${service.name}"`,
          "opens no port that is known, so others do not reach it by its name: say expose",
        );
  }

  #waits(node: ComposeNode): readonly (readonly [name: string, condition: string, node: ComposeNode])[] {
    const context = this.#context;
    if (!isMapNode(node))
      return context.list(node).map((item) => [context.constant(item), "service_started", item]);
    return [...node.value].map(([name, inner]) => {
      const section = new Section(context, inner, "depends_on");
      const condition = section.takeText("condition") ?? "service_started";
      section.ignore("restart", "required");
      section.end(["condition", "restart", "required"]);
      return [name, condition, inner];
    });
  }

  /** `links` and names within networks. */
  #aliasesOf({ section }: ComposeService) {
    const context = this.#context;
    const found: { readonly name: string; readonly of: string | undefined; readonly node: ComposeNode }[] =
      [];
    const links = section.take("links");
    for (const node of links === undefined ? [] : context.list(links)) {
      const [of = "", name = of] = context.constant(node).split(":");
      if (name !== of) found.push({ name, of, node });
    }
    const networks = section.take("networks");
    if (!isMapNode(networks)) return found;
    for (const node of networks.value.values()) {
      if (node.value === null) continue;
      const network = new Section(context, node, "A network");
      const aliases = network.take("aliases");
      for (const item of aliases === undefined ? [] : context.list(aliases))
        found.push({ name: context.constant(item), of: undefined, node: item });
      const address = "pods have addresses of the cluster";
      network.differ({
        ipv4_address: address,
        ipv6_address: address,
        link_local_ips: address,
        mac_address: address,
      });
      network.ignore("priority", "gw_priority", "interface_name", "driver_opts");
      network.end(["aliases", "ipv4_address", "ipv6_address", "link_local_ips", "mac_address"]);
    }
    return found.map((alias) => ({ ...alias, of: alias.of ?? this.#nameOf(section) }));
  }

  #nameOf(section: Section): string | undefined {
    return [...this.#services.values()].find((service) => service.section === section)?.name;
  }

  #alias(name: string, of: string | undefined, node: ComposeNode): void {
    const service = of === undefined ? undefined : this.#services.get(of);
    if (service === undefined) {
      this.#context.invalid(node, `There is no service "${of ?? ""}"`);
      return;
    }
    if (this.#byAlias.get(name) === service) return;
    this.#byAlias.set(name, service);
    if (/^[a-z]([-a-z0-9]{0,48}[a-z0-9])?$/.test(name) && !this.#services.has(name))
      service.aliases.add(name);
    else
      this.#context.differs(
        node,
        `The name "${name.slice(0, 80)}"`,
        "no Service has it: names are a-z, 0-9 and -",
      );
  }

  #networks(networks: ReadonlyMap<string, ComposeNode>): void {
    const context = this.#context;
    for (const [name, node] of networks) {
      if (node.value === null) continue;
      const section = new Section(context, node, `The network "${name}"`);
      section.ignore("name", "attachable", "labels", "enable_ipv4", "enable_ipv6", "external", "driver_opts");
      section.differ({
        internal: "pods reach what is outside; networkPolicy() says who calls whom",
        ipam: "addresses are the cluster's",
      });
      const driver = section.take("driver");
      if (driver !== undefined && !["bridge", "overlay", "default"].includes(context.constant(driver)))
        context.differs(driver, "driver", "pods are on the cluster's own network");
      section.end([
        "name",
        "attachable",
        "labels",
        "enable_ipv4",
        "enable_ipv6",
        "external",
        "driver",
        "driver_opts",
        "internal",
        "ipam",
      ]);
    }
    const [, second] = [...networks.entries()].filter(([name]) => name !== "default");
    if (second !== undefined)
      context.differs(
        second[1],
        "networks",
        "all pods of the stack reach each other; networkPolicy() says who calls whom",
      );
  }

  /** Services whose address stands in a service's texts. */
  #mentions(
    service: ComposeService,
  ): readonly { readonly target: ComposeService; readonly port: number | undefined }[] {
    const found: { readonly target: ComposeService; readonly port: number | undefined }[] = [];
    /** @param variable - that the text is of, when it is one's: its name alone is often a user's or a database's too. */
    const visit = (node: ComposeNode, variable?: string): void => {
      const { value } = node;
      if (typeof value === "string") {
        for (const { host, port } of addressesIn(value)) {
          const target = this.#byAlias.get(host);
          if (target !== undefined && target !== service) found.push({ target, port });
        }
        const [, name = variable, rest = value] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(value) ?? [];
        const bare = name === undefined || hostNames.test(name) ? this.#byAlias.get(rest) : undefined;
        if (bare !== undefined && bare !== service) found.push({ target: bare, port: undefined });
      } else if (isListNode(node)) for (const inner of node.value) visit(inner);
      else if (isMapNode(node)) for (const [name, inner] of node.value) visit(inner, name);
    };
    if (isMapNode(service.node))
      for (const name of ["environment", "command", "entrypoint"]) {
        const node = service.node.value.get(name);
        if (node !== undefined) visit(node);
      }
    return found;
  }

  /** A password that an address in a text holds is a secret as any other. */
  #withoutPasswords(text: Text, variable: string): Text {
    return text.flatMap((part) =>
      typeof part === "string" ? this.#credentials.split(part, variable) : [part],
    );
  }

  /** A text with the addresses of Services in it as values. Only variables take them; commands keep theirs as text. */
  #addressed(text: Text, variable: string, from: ComposeService): SourceValue {
    const parts: (string | SourceReference)[] = [];
    let isDeferred = false;
    for (const part of this.#withoutPasswords(text, variable)) {
      if (typeof part !== "string") {
        parts.push(part.reference);
        isDeferred ||= part.secretKey !== undefined;
        continue;
      }
      let at = 0;
      for (const { end, host, port, start } of addressesIn(part)) {
        const target = this.#byAlias.get(host);
        const name = target === undefined ? undefined : portNames(target).get(String(port));
        if (target?.service === undefined || target === from || name === undefined) continue;
        parts.push(part.slice(at, start));
        parts.push(refer(target.service, { name: "address", arguments: [name] }));
        isDeferred = true;
        at = end;
      }
      parts.push(part.slice(at));
    }
    const whole = parts.filter((part) => part !== "");
    const [first] = whole;
    if (isDeferred)
      return whole.length === 1 && typeof first === "object" ? first : { text: whole, isDeferred };
    const host = typeof first === "string" && whole.length === 1 ? this.#byAlias.get(first) : undefined;
    if (host?.service !== undefined && host !== from && hostNames.test(variable))
      return refer(host.service, { name: "host" });
    return textValue(unexpanded(text));
  }
}

/** Variables whose name says that a Service's name alone is meant as one. */
const hostNames =
  /(HOST|ADDR|ADDRESS|SERVICE|SERVER|ENDPOINT|UPSTREAM|BACKEND|NODE)S?(_?NAME)?$|_(HOST|ADDR)_/i;

/** `host:port` in a text. */
function* addressesIn(text: string) {
  for (const found of text.matchAll(/(?<![\w.-])([A-Za-z][\w.-]{0,62}):(\d{2,5})(?![\w.])/g)) {
    const [whole, host = "", port = ""] = found;
    if (Number(port) < 1 || Number(port) > 65_535) continue;
    yield { start: found.index, end: found.index + whole.length, host, port: Number(port) };
  }
}
