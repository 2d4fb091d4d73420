import { deepEqual, stableStringify } from "../../stdlib/base/json.js";
import { matchesLabels } from "../../stdlib/schema/selectors.js";
import { endpointSliceResource, podResource, serviceResource } from "../client/resources.js";
import {
  type ControllerContext,
  keyOf,
  on,
  type RunningController,
  runController,
  splitKey,
} from "./controller.js";
import type { Endpoint, EndpointPort, EndpointSlice, Pod, Service } from "./kinds.js";
import { isFinished, isReady } from "./pods.js";

const serviceNameLabel = "kubernetes.io/service-name";
const managedByLabel = "endpointslice.kubernetes.io/managed-by";
const manager = "endpointslice-controller.k8s.io";
const endpointsPerSlice = 100;

/** Keeps the EndpointSlices of every Service with a selector equal to the pods behind it. */
export function startEndpointSlices(context: ControllerContext): RunningController {
  return runController(
    context,
    "endpointslice",
    [
      on(serviceResource, (service) => [keyOf(service)]),
      on(podResource, (pod, previous) =>
        context.view
          .list(serviceResource, { namespace: pod.metadata.namespace ?? "" })
          .filter(
            (service) => selects(service, pod) || (previous !== undefined && selects(service, previous)),
          )
          .map(keyOf),
      ),
      on(endpointSliceResource, (slice) => ownerService(slice)),
    ],
    (key) => syncService(context, key),
  );
}

function ownerService(slice: EndpointSlice): readonly string[] {
  const service = slice.metadata.labels?.[serviceNameLabel];
  return service === undefined || slice.metadata.labels?.[managedByLabel] !== manager
    ? []
    : [`${slice.metadata.namespace ?? ""}/${service}`];
}

function selects(service: Service, pod: Pod): boolean {
  const selector = service.spec?.selector;
  return (
    selector !== undefined &&
    Object.keys(selector).length > 0 &&
    matchesLabels({ matchLabels: selector }, pod.metadata.labels)
  );
}

async function syncService(context: ControllerContext, key: string): Promise<void> {
  const { namespace, name } = splitKey(key);
  const service = context.view.get(serviceResource, namespace, name);
  if (service === undefined || service.metadata.deletionTimestamp !== undefined) return; // garbage collection takes the slices
  if (Object.keys(service.spec?.selector ?? {}).length === 0) return; // whoever made the Service keeps its slices

  const existing = context.view
    .list(endpointSliceResource, {
      namespace,
      labelSelector: `${serviceNameLabel}=${name},${managedByLabel}=${manager}`,
    })
    .filter((slice) => slice.metadata.deletionTimestamp === undefined);
  const pods = context.view.list(podResource, { namespace }).filter((pod) => selects(service, pod));
  const { client } = context;

  for (const change of reconcile(existing, desiredSlices(service, pods))) {
    if (change.do === "create") await client.create(endpointSliceResource, sliceOf(service, change.contents));
    else if (change.do === "update")
      await client.update(endpointSliceResource, { ...change.slice, ...change.contents });
    else await client.delete(endpointSliceResource, namespace, change.slice.metadata.name ?? "");
  }
}

export interface SliceContents {
  readonly ports: EndpointPort[];
  readonly endpoints: Endpoint[];
}

/**
 * What the slices should hold: pods grouped by the port numbers their names resolve to, each group in portions.
 * Pods without an address, and finished ones, are left out; a terminating pod stays, not ready, so that proxies can
 * drain it.
 */
export function desiredSlices(service: Service, pods: readonly Pod[]): readonly SliceContents[] {
  const groups = new Map<string, SliceContents>();
  const publishAll = service.spec?.publishNotReadyAddresses === true;
  for (const pod of [...pods].sort((a, b) => ((a.metadata.name ?? "") < (b.metadata.name ?? "") ? -1 : 1))) {
    if (!pod.status?.podIP || isFinished(pod)) continue;
    const ports = portsOf(service, pod);
    const group = groups.get(stableStringify(ports)) ?? { ports, endpoints: [] };
    groups.set(stableStringify(ports), group);
    group.endpoints.push(endpointOf(service, pod, publishAll));
  }
  if (groups.size === 0) return [{ ports: [], endpoints: [] }];
  return [...groups.values()].flatMap(({ ports, endpoints }) =>
    Array.from({ length: Math.ceil(endpoints.length / endpointsPerSlice) }, (_, index) => ({
      ports,
      endpoints: endpoints.slice(index * endpointsPerSlice, (index + 1) * endpointsPerSlice),
    })),
  );
}

function portsOf(service: Service, pod: Pod): EndpointPort[] {
  const declared = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return (service.spec?.ports ?? []).flatMap((port) => {
    const protocol = port.protocol ?? "TCP";
    const target = port.targetPort ?? port.port;
    const number =
      typeof target === "number"
        ? target
        : declared.find(
            (candidate) => candidate.name === target && (candidate.protocol ?? "TCP") === protocol,
          )?.containerPort;
    if (number === undefined) return []; // this pod opens no port of that name
    return [
      {
        name: port.name ?? "",
        port: number,
        protocol,
        ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }),
      },
    ];
  });
}

function endpointOf(service: Service, pod: Pod, publishAll: boolean): Endpoint {
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const serving = isReady(pod);
  const named = pod.spec?.hostname !== undefined && pod.spec.subdomain === service.metadata.name;
  return {
    addresses: [pod.status?.podIP ?? ""],
    conditions: { ready: publishAll || (serving && !terminating), serving, terminating },
    ...(named ? { hostname: pod.spec?.hostname ?? "" } : {}),
    ...(pod.spec?.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: {
      kind: "Pod",
      namespace: pod.metadata.namespace ?? "",
      name: pod.metadata.name ?? "",
      uid: pod.metadata.uid ?? "",
    },
  };
}

type SliceChange =
  | { readonly do: "create"; readonly contents: SliceContents }
  | { readonly do: "update"; readonly slice: EndpointSlice; readonly contents: SliceContents }
  | { readonly do: "delete"; readonly slice: EndpointSlice };

/** Reuses slices with the same ports first, then any; what is right already is not written. */
export function reconcile(
  existing: readonly EndpointSlice[],
  desired: readonly SliceContents[],
): readonly SliceChange[] {
  const free = new Set(existing);
  const changes: SliceChange[] = [];
  const open: SliceContents[] = [];
  for (const contents of desired) {
    const slice = [...free].find((candidate) => deepEqual(candidate.ports ?? [], contents.ports));
    if (slice === undefined) {
      open.push(contents);
      continue;
    }
    free.delete(slice);
    if (!deepEqual(slice.endpoints ?? [], contents.endpoints))
      changes.push({ do: "update", slice, contents });
  }
  for (const contents of open) {
    const [slice] = free;
    if (slice === undefined) changes.push({ do: "create", contents });
    else {
      free.delete(slice);
      changes.push({ do: "update", slice, contents });
    }
  }
  for (const slice of free) changes.push({ do: "delete", slice });
  return changes;
}

function sliceOf(service: Service, contents: SliceContents): EndpointSlice {
  const headless = service.spec?.clusterIP === "None";
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      generateName: `${service.metadata.name ?? ""}-`,
      namespace: service.metadata.namespace ?? "",
      labels: {
        ...service.metadata.labels,
        [serviceNameLabel]: service.metadata.name ?? "",
        [managedByLabel]: manager,
        ...(headless ? { "service.kubernetes.io/headless": "" } : {}),
      },
      ownerReferences: [
        {
          apiVersion: "v1",
          kind: "Service",
          name: service.metadata.name ?? "",
          uid: service.metadata.uid ?? "",
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    addressType: "IPv4",
    ...contents,
  };
}
