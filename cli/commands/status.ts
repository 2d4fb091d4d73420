import {
  deploymentResource,
  eventResource,
  podResource,
  replicaSetResource,
  serviceResource,
} from "../../runtime/client/resources.js";
import type { Deployment, ReplicaSet } from "../../stdlib/kubernetes/generated/apps-v1.js";
import type { Pod, Service } from "../../stdlib/kubernetes/generated/core-v1.js";
import { objectKey, stackLabel } from "../../stdlib/schema/bundle.js";
import type { CliContext } from "../context.js";
import { connect } from "../instance.js";
import type { CommandRun } from "../program.js";
import { ageText } from "../render/age.js";
import { escapeText, jsonText } from "../render/escape.js";
import { warningText } from "../render/rollout.js";
import { titlesOf } from "../render/titles.js";
import { warningsOf } from "../rollout/object-warnings.js";
import { podTroubles } from "../rollout/pod-trouble.js";

interface PodStatusRow {
  readonly name: string;
  readonly state: string;
  readonly address: string;
  readonly restarts: number;
}

interface WorkloadRow {
  readonly stack: string;
  readonly namespace: string;
  readonly name: string;
  readonly kind: "deployment" | "pod";
  readonly ready: number;
  readonly wanted: number;
  readonly images: readonly string[];
  readonly createdAt: string;
  /** Where it is reached. */
  readonly addresses: readonly { readonly url: string; readonly service: string }[];
  readonly pods: readonly PodStatusRow[];
}

/** A Service, and whether its node ports lead to it: another program may have them. */
interface ReachedService {
  readonly service: Service;
  readonly byNodePort: boolean;
}

/** `infra status`: what runs, by stack. */
export const run: CommandRun = async (context, _operands, options) => {
  const connection = await connect(context);
  if (connection === undefined) {
    if (options["format"] === "json")
      context.out(jsonText({ formatVersion: 1, running: false, workloads: [] }));
    else context.out(`No instance runs at ${context.root}.\n`);
    return 0;
  }
  const { client, daemon } = connection;
  try {
    const [deployments, sets, pods, services, events] = await Promise.all([
      client.list(deploymentResource),
      client.list(replicaSetResource),
      client.list(podResource),
      client.list(serviceResource),
      client.list(eventResource),
    ]);
    const keyOf = ({ metadata }: Service) => objectKey({ apiVersion: "v1", kind: "Service", metadata });
    const warnings = warningsOf(events.items, new Set(services.items.map(keyOf)));
    const troubled = new Set(warnings.map(({ object }) => object));
    const reached = services.items.map(
      (service): ReachedService => ({ service, byNodePort: !troubled.has(keyOf(service)) }),
    );
    const rows = workloads(deployments.items, sets.items, pods.items, reached);
    if (options["format"] === "json") {
      const { root, server, version } = daemon.info;
      const instance = { root, server, version };
      context.out(jsonText({ formatVersion: 1, running: true, instance, workloads: rows }));
    } else {
      context.out(render(context, rows));
      const title = titlesOf(warnings.map(({ object }) => object));
      for (const warning of warnings) context.out(warningText(warning, title, context.style));
    }
    return 0;
  } finally {
    client.close();
  }
};

function workloads(
  deployments: readonly Deployment[],
  sets: readonly ReplicaSet[],
  pods: readonly Pod[],
  services: readonly ReachedService[],
): readonly WorkloadRow[] {
  const ownedBy = (uid: string | undefined) => {
    const owners = new Set(
      sets
        .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid))
        .map((set) => set.metadata.uid),
    );
    return pods.filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owners.has(owner.uid)));
  };
  const fromDeployments = deployments.map((deployment): WorkloadRow => {
    const { metadata, spec, status } = deployment;
    return {
      ...common(deployment, services, spec?.template.metadata?.labels ?? {}),
      kind: "deployment",
      ready: status?.readyReplicas ?? 0,
      wanted: spec?.replicas ?? 1,
      images: imagesOf(spec?.template.spec?.containers ?? []),
      pods: ownedBy(metadata.uid).map(podRow),
    };
  });
  const bare = pods.filter(({ metadata }) => (metadata.ownerReferences ?? []).length === 0);
  const fromPods = bare.map((pod): WorkloadRow => {
    const row = podRow(pod);
    return {
      ...common(pod, services, pod.metadata.labels ?? {}),
      kind: "pod",
      ready: row.state === "running" ? 1 : 0,
      wanted: 1,
      images: imagesOf(pod.spec?.containers ?? []),
      pods: [row],
    };
  });
  return [...fromDeployments, ...fromPods].sort((a, b) =>
    `${a.stack}/${a.namespace}/${a.name}` < `${b.stack}/${b.namespace}/${b.name}` ? -1 : 1,
  );
}

function common(
  { metadata }: Deployment | Pod,
  services: readonly ReachedService[],
  podLabels: { readonly [name: string]: string },
): Pick<WorkloadRow, "stack" | "namespace" | "name" | "createdAt" | "addresses"> {
  const { creationTimestamp = "", labels, name = "", namespace = "" } = metadata;
  const selecting = services.filter(
    ({ service }) =>
      service.metadata.namespace === namespace &&
      Object.keys(service.spec?.selector ?? {}).length > 0 &&
      Object.entries(service.spec?.selector ?? {}).every(([key, value]) => podLabels[key] === value),
  );
  return {
    stack: labels?.[stackLabel] ?? "",
    namespace,
    name,
    createdAt: creationTimestamp,
    addresses: selecting.flatMap(addressesOf),
  };
}

/** A node port is what a browser on this machine reaches; else the Service's own address. */
function addressesOf({ byNodePort, service: { metadata, spec } }: ReachedService): WorkloadRow["addresses"] {
  const service = metadata.name ?? "";
  return (spec?.ports ?? []).map(({ name, nodePort, port }) => {
    const scheme = /^(http|web)/.test(name ?? "") ? "http://" : "";
    const at =
      nodePort === undefined || !byNodePort
        ? `${spec?.clusterIP}${port === 80 && scheme !== "" ? "" : `:${port}`}`
        : `127.0.0.1:${nodePort}`;
    return { url: `${scheme}${at}`, service };
  });
}

function podRow(pod: Pod): PodStatusRow {
  const { metadata, status } = pod;
  const statuses = status?.containerStatuses ?? [];
  const ready = status?.conditions?.some((each) => each.type === "Ready" && each.status === "True") === true;
  const [trouble] = podTroubles(pod, []);
  const state =
    metadata.deletionTimestamp !== undefined
      ? "ending"
      : ready
        ? "running"
        : (trouble?.text ??
          (status?.phase === "Running" ? "not ready" : (status?.phase ?? "Pending").toLowerCase()));
  return {
    name: metadata.name ?? "",
    state,
    address: status?.podIP ?? "",
    restarts: statuses.reduce((sum, { restartCount }) => sum + restartCount, 0),
  };
}

/** `guestbook/web:b-1f0c…` as `web:b-1f0c…`. */
function imagesOf(containers: readonly { readonly image?: string }[]): readonly string[] {
  return containers.map(({ image = "" }) =>
    image.replace(/^[^/]+\//, "").replace(/(b-[0-9a-f]{4})[0-9a-f]+$/, "$1…"),
  );
}

function render(context: CliContext, rows: readonly WorkloadRow[]): string {
  if (rows.length === 0) return "Nothing runs.\n";
  const now = context.clock.now();
  const lines: string[] = [];
  const keys = rows.map(({ kind, name, namespace }) => `${kind}/${namespace}/${name}`);
  const names = keys.map(titlesOf(keys));
  const width = Math.max(...names.map((name) => name.length));
  for (const [index, row] of rows.entries()) {
    if (row.stack !== rows[index - 1]?.stack)
      lines.push(
        `${index === 0 ? "" : "\n"}${row.stack === "" ? "without a stack" : `stack ${escapeText(row.stack)}`}`,
      );
    const { green, yellow } = context.style;
    const ready = `${row.ready}/${row.wanted}`;
    const reached = row.addresses.map(({ service, url }) => `${url} (service/${service})`).join("  ");
    lines.push(
      [
        `  ${(names[index] ?? "").padEnd(width)}`,
        (row.ready >= row.wanted ? green : yellow)(ready.padEnd(5)),
        row.images.map(escapeText).join(" "),
        ageText(now - Date.parse(row.createdAt)),
        escapeText(reached),
      ]
        .join("  ")
        .trimEnd(),
    );
    for (const pod of row.pods)
      lines.push(
        `    ${escapeText(pod.name).padEnd(width)}  ${escapeText(pod.state)}  ${pod.address}  restarts ${pod.restarts}`,
      );
  }
  return `${lines.join("\n")}\n`;
}
