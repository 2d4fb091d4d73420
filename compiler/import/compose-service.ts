import { ContainerCommands, commandWords } from "./compose-commands.js";
import {
  hookValue,
  readinessValue,
  resourcesValue,
  securityMembers,
  userMembers,
} from "./compose-container.js";
import type { Credentials } from "./compose-credentials.js";
import { deployMembers } from "./compose-deploy.js";
import { type EnvironmentFiles, environmentMembers } from "./compose-environment.js";
import { annotationsOf, podMembers } from "./compose-pod.js";
import { portKey, portNames } from "./compose-ports.js";
import { type ComposeContext, listOf, type Section } from "./compose-section.js";
import { type ComposeNode, serviceComments } from "./compose-tree.js";
import type { ComposePort } from "./compose-units.js";
import { type ComposeStorage, ServiceMounts } from "./compose-volumes.js";
import type { ImportedImage } from "./dockerfile.js";
import { imageReadiness } from "./healthcheck.js";
import type { SourceMember, SourceValue, Statement } from "./program.js";
import { membersOf, type Text } from "./text-parts.js";

/** A service of the project, as far as others need to know it. */
export interface ComposeService {
  readonly name: string;
  /** What its objects are called. */
  readonly objectName: string;
  readonly node: ComposeNode;
  readonly section: Section;
  readonly image: SourceValue;
  readonly built: ImportedImage | undefined;
  /** Ports of its container. */
  readonly ports: ComposePort[];
  /** Other names that it is called by. */
  readonly aliases: Set<string>;
  /** Others wait for its end. */
  isWaitedFor: boolean;
  /** Others have its address. */
  isCalled: boolean;
  /** Its Service, once it is written. */
  service: Statement | undefined;
}

/** What a container's texts may refer to: with addresses as values where the Service is there already. */
export type Addressed = (text: Text, variable: string) => SourceValue;

export interface ServiceParts {
  readonly context: ComposeContext;
  readonly storage: ComposeStorage;
  readonly environment: EnvironmentFiles;
  readonly credentials: Credentials;
  readonly addressed: Addressed;
}

/** The workload of a service, and the Service that it is reached by. */
export function writeService(service: ComposeService, parts: ServiceParts): readonly Statement[] {
  const { context, storage } = parts;
  const { name, node, objectName, section } = service;
  const deploy = section.section("deploy");
  const resources = resourcesValue(context, section, deploy?.section("resources"));
  const plan = deployMembers(context, section, deploy, service.isWaitedFor);
  const mounts = new ServiceMounts();
  for (const path of service.built?.volumes ?? [])
    mounts.add(path, { from: { call: ["emptyDir"], arguments: [] } });
  for (const item of listOf(context, section, "volumes")) storage.mount(item, objectName, mounts);
  for (const kind of ["configs", "secrets"] as const)
    for (const item of listOf(context, section, kind)) storage.mountFile(kind, item, mounts);
  for (const item of listOf(context, section, "tmpfs")) {
    const path = context.constant(item).split(":")[0] ?? "";
    if (path.startsWith("/")) mounts.add(path, { from: storage.memory(undefined) });
    else context.invalid(item, "tmpfs is an absolute path");
  }
  const shared = section.take("shm_size");
  if (shared !== undefined) mounts.add("/dev/shm", { from: storage.memory(shared) });

  const container = containerMembers(service, parts, mounts, resources);
  const pod = podMembers(context, section, plan.patch);
  const annotations = annotationsOf(context, section);
  endSection(section);

  const isStateful = mounts.hasClaim && plan.kind === "deployment";
  const comment = serviceComments(node);
  const workload: Statement = {
    variable: name,
    ...(comment.length === 0 ? {} : { comment }),
    value: {
      call: [plan.kind],
      arguments: [
        objectName,
        {
          members: [
            ...plan.members,
            ...(isStateful && !plan.members.some(({ name: one }) => one === "strategy")
              ? [{ name: "strategy", value: "recreate" }]
              : []),
            { name: "containers", value: { members: [{ name: objectName, value: { members: container } }] } },
            ...pod,
            ...annotations,
          ],
        },
      ],
    },
    exported: true,
  };
  const isUnserved =
    plan.kind === "job" && !service.isCalled && !service.ports.some(({ isPublished }) => isPublished);
  if (isUnserved) return [workload];
  const served = serviceStatements(service, workload, plan.isHeadless, context);
  service.service = served[0];
  return [workload, ...served];
}

function containerMembers(
  service: ComposeService,
  { addressed, context, credentials, environment }: ServiceParts,
  mounts: ServiceMounts,
  resources: SourceValue | undefined,
): readonly SourceMember[] {
  const { built, section } = service;
  const words = (name: string): readonly Text[] | undefined => {
    const node = section.take(name);
    return node === undefined ? undefined : commandWords(context, node);
  };
  const entrypoint = words("entrypoint");
  const given = words("command");
  const isCleared = entrypoint !== undefined && entrypoint.length === 0;
  const command = isCleared ? given : entrypoint;
  const args = isCleared ? undefined : given;
  const names = portNames(service);
  const exposed = new Set([...(built?.ports.values() ?? [])].map(String));
  const opened = service.ports.filter((port) => !exposed.has(portKey(port)));
  const { from, variables } = environmentMembers(context, section, {
    addressed,
    credentials,
    files: environment,
  });
  const commands = new ContainerCommands(context, credentials, variables);
  const health = section.take("healthcheck");
  const readiness =
    health !== undefined
      ? readinessValue(context, health, commands, built?.healthcheck)
      : built?.healthcheck === undefined
        ? undefined
        : imageReadiness(built.healthcheck);
  const read = {
    command: command && commands.arguments(command),
    args: args && commands.arguments(args),
    afterStart: hookValue(context, section.take("post_start"), commands),
    beforeStop: hookValue(context, section.take("pre_stop"), commands),
  };
  return membersOf({
    image: service.image,
    command: read.command,
    args: read.args,
    workdir: workdirOf(context, section),
    ports:
      opened.length === 0
        ? undefined
        : {
            members: opened.map((port) => ({
              name: names.get(portKey(port)) ?? "",
              value: port.protocol === "TCP" ? port.target : portKey(port),
            })),
          },
    env: variables.length === 0 ? undefined : { members: variables },
    envFrom: from.length === 0 ? undefined : from,
    mounts:
      mounts.mounts.size === 0
        ? undefined
        : { members: [...mounts.mounts].map(([name, value]) => ({ name, value })) },
    resources,
    readiness,
    afterStart: read.afterStart,
    beforeStop: read.beforeStop,
    pull: pullOf(context, section),
    ...Object.fromEntries(
      [...userMembers(context, section.take("user")), ...securityMembers(context, section)].map(
        ({ name, value }) => [name, value],
      ),
    ),
    stdin: section.takeBoolean("stdin_open") === true ? true : undefined,
    tty: section.takeBoolean("tty") === true ? true : undefined,
  });
}

function workdirOf(context: ComposeContext, section: Section): string | undefined {
  const node = section.take("working_dir");
  if (node === undefined) return undefined;
  const path = context.constant(node);
  if (!path.startsWith("/")) context.invalid(node, "working_dir is an absolute path");
  return path;
}

function pullOf(context: ComposeContext, section: Section): string | undefined {
  const node = section.take("pull_policy");
  if (node === undefined) return undefined;
  const policy = context.constant(node);
  if (policy === "always") return "Always";
  if (policy === "never") return "Never";
  if (!["missing", "if_not_present", "build"].includes(policy))
    context.differs(node, `pull_policy: ${policy}`, "an image that is there is not fetched again");
  return undefined;
}

/** The Service that others reach it by, and one for each other name. */
function serviceStatements(
  service: ComposeService,
  workload: Statement,
  isHeadless: boolean,
  context: ComposeContext,
): readonly Statement[] {
  const names = portNames(service);
  const opened = [...names.keys()].map((key) => {
    const own = service.ports.find((port) => portKey(port) === key);
    return { key, name: names.get(key) ?? "", published: own?.isPublished === true ? own : undefined };
  });
  if (opened.length === 0) return [];
  const published = opened.filter((port) => port.published !== undefined);
  const nodePorts = published.flatMap(({ name, published: port }) => {
    const number = port?.published;
    return number !== undefined && number >= 30_000 && number <= 32_767 ? [{ name, value: number }] : [];
  });
  if (published.length > nodePorts.length) {
    const ports = published.map(({ published: port }) => port?.published ?? port?.target).join(", ");
    context.differs(
      service.node,
      `Published ports of ${service.name} (${ports})`,
      "from outside the stack is reached at ports of the node that the cluster chooses, 30000 to 32767; infra status shows them",
    );
  }
  const bound = published.find(
    ({ published: port }) => port?.address !== undefined && !/^(0\.0\.0\.0|::)$/.test(port.address),
  );
  if (bound !== undefined)
    context.differs(
      service.node,
      `${bound.published?.address} as the address of a port of ${service.name}`,
      "ports of the node are reached at all its addresses",
    );
  const seen = new Set<string>();
  const ports = opened.filter(({ key }) => {
    const number = key.split("/")[0] ?? "";
    if (seen.has(number)) {
      context.differs(
        service.node,
        `Port ${key} of ${service.name}`,
        "its Service has another protocol at this number",
      );
      return false;
    }
    seen.add(number);
    return true;
  });
  const spec = (isMain: boolean): readonly SourceMember[] => [
    { name: "to", value: { variable: workload } },
    {
      name: "ports",
      value: { members: ports.map(({ key, name }) => ({ name: key.split("/")[0] ?? "", value: name })) },
    },
    ...(isHeadless ? [{ name: "type", value: "Headless" }] : []),
    ...(isMain && published.length > 0 && !isHeadless
      ? nodePorts.length > 0
        ? [{ name: "nodePorts", value: { members: nodePorts } }]
        : [{ name: "type", value: "NodePort" }]
      : []),
  ];
  return [service.objectName, ...service.aliases].map((name, index) => ({
    variable: index === 0 ? `${service.name}-service` : `${name}-service`,
    value: { call: ["service"], arguments: [name, { members: spec(index === 0) }] },
    exported: true,
  }));
}

/** Members of a service that are not taken before. */
function endSection(section: Section): void {
  const node = "the node decides this for all its pods";
  section.ignore(
    "attach",
    "init",
    "container_name",
    "depends_on",
    "develop",
    "expose",
    "links",
    "networks",
    "profiles",
    "use_api_socket",
  );
  section.differ({
    blkio_config: node,
    cgroup: node,
    cgroup_parent: node,
    cpu_count: "limits say cores: cpus",
    cpu_percent: "limits say cores: cpus",
    cpu_period: "limits say cores: cpus",
    cpu_quota: "limits say cores: cpus",
    cpu_rt_period: node,
    cpu_rt_runtime: node,
    cpu_shares: "shares follow from the cores that are asked for",
    cpuset: node,
    domainname: "a pod's domain is the cluster's",
    isolation: node,
    logging: "logs stay on the node: infra logs",
    mem_swappiness: node,
    memswap_limit: node,
    oom_kill_disable: node,
    oom_score_adj: node,
    pids_limit: node,
    platform: "the image is of the node's architecture",
    pull_refresh_after: "an image that is there is not fetched again",
    runtime: node,
    stop_signal: "programs are told to stop with SIGTERM; beforeStop runs a command before",
    storage_opt: node,
    ulimits: node,
    userns_mode: node,
    uts: node,
  });
  section.refuse({
    credential_spec: ["it is for Windows", "Leave it out"],
    device_cgroup_rules: [
      "devices are not given by number",
      "Mount the device: hostPath(…), with privileged: true",
    ],
    devices: [
      "devices of the node are no part of a container",
      "Mount the device: hostPath(…), with privileged: true",
    ],
    external_links: ["they are containers of another project", "externalService(…) leads to a name outside"],
    gpus: [
      "devices of the node are no resources here",
      "Mount the device: hostPath(…), with privileged: true",
    ],
    label_file: ["labels are written out here", "Write them as labels:"],
    mac_address: ["a pod's is chosen for it", "Leave it out"],
    models: ["they are Docker's own", "Run the model as a service"],
    provider: ["it is a program of Docker's", "Run it as a service"],
    volumes_from: ["volumes are named", "Name them: volumes:"],
  });
  section.end(serviceMembers);
}

/** Source: Compose specification, schema/compose-spec.json, "service". */
const serviceMembers = (
  "annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name " +
  "cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec " +
  "depends_on deploy develop device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint env_file " +
  "environment expose extends external_links extra_hosts gpus group_add healthcheck hostname image init ipc isolation " +
  "label_file labels links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit models " +
  "network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_stop privileged " +
  "profiles provider pull_policy pull_refresh_after read_only restart runtime scale secrets security_opt shm_size " +
  "stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts " +
  "volumes volumes_from working_dir"
).split(" ");
