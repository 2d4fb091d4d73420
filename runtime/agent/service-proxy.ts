import type { Clock } from "../../stdlib/base/clock.js";
import { stableStringify } from "../../stdlib/base/json.js";
import type { Service } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { EndpointSlice } from "../../stdlib/kubernetes/generated/discovery-v1.js";
import type { View } from "../client/client.js";
import type { EventRecorder } from "../client/event-recorder.js";
import { endpointSliceResource, serviceResource } from "../client/resources.js";
import type { NodePortHandler } from "../network/loopback-forwarder.js";
import type { DnsZone, PodNetwork, ServiceRule } from "../network/network.js";

const serviceNameLabel = "kubernetes.io/service-name";
/** Reason of the Event about a Service whose node port cannot be opened. */
export const nodePortInUse = "NodePortInUse";
const retryMs = 500;

export interface ServiceProxyOptions {
  readonly view: View;
  readonly network: Pick<PodNetwork, "applyServices" | "applyNames">;
  readonly clock: Clock;
  readonly clusterDomain: string;
  readonly onError: (error: unknown) => void;
}

export interface ServiceProxy {
  /**
   * Resolves when new connections no longer reach the pod: its endpoints were seen to be not ready and the kernel
   * has the rules. Resolves at once for a pod no Service selects, and after `timeoutMs` at the latest.
   */
  endpointRemoved(podUid: string, timeoutMs: number): Promise<void>;
  stop(): void;
}

/** Keeps the host's translation and DNS names equal to Services and EndpointSlices (the role of kube-proxy). */
export function startServiceProxy(options: ServiceProxyOptions): ServiceProxy {
  const { view, network, clock } = options;
  /** Pods that the rules in the kernel send new connections to. */
  let served: ReadonlySet<string> = new Set();
  const waiters = new Set<() => void>();
  let dirty = false;
  let running = false;
  let stopped = false;

  const wake = () => {
    dirty = true;
    if (!running && !stopped) {
      running = true;
      queueMicrotask(() => void run());
    }
  };

  async function run(): Promise<void> {
    while (dirty && !stopped) {
      dirty = false;
      const services = view.list(serviceResource);
      const slices = view.list(endpointSliceResource);
      try {
        await network.applyServices(rulesOf(services, slices));
        network.applyNames(zoneOf(services, slices, options.clusterDomain));
        served = readyPods(slices);
        for (const check of waiters) check();
      } catch (error) {
        options.onError(error);
        clock.setTimer(retryMs, wake);
      }
    }
    running = false;
  }

  const subscriptions = [view.subscribe(serviceResource, wake), view.subscribe(endpointSliceResource, wake)];
  wake();

  /** A pod whose slice still calls it ready, in the store or in the kernel, may still get connections. */
  const isServed = (podUid: string) =>
    served.has(podUid) || readyPods(view.list(endpointSliceResource)).has(podUid);

  return {
    endpointRemoved(podUid, timeoutMs) {
      if (!isServed(podUid)) return Promise.resolve();
      return new Promise((resolve) => {
        const check = () => {
          if (!isServed(podUid)) finish();
        };
        const timer = clock.setTimer(timeoutMs, () => finish());
        const finish = () => {
          timer.cancel();
          waiters.delete(check);
          resolve();
        };
        waiters.add(check);
      });
    },
    stop() {
      stopped = true;
      for (const subscription of subscriptions) subscription.close();
    },
  };
}

/** Events on Services about node ports that other programs hold on 127.0.0.1. */
export function recordNodePorts(
  network: { onNodePort(handler: NodePortHandler): void },
  view: View,
  recorder: Pick<EventRecorder, "event">,
): void {
  network.onNodePort((rule, port, inUse) => {
    const [namespace = "", name = ""] = rule.slice(0, rule.lastIndexOf(":")).split("/");
    const service = view.get(serviceResource, namespace, name);
    if (service === undefined) return;
    if (inUse === undefined) recorder.event(service, "Normal", "NodePortOpened", `127.0.0.1:${port} is open`);
    else
      recorder.event(
        service,
        "Warning",
        nodePortInUse,
        `127.0.0.1:${port} is in use by another program (${(inUse as NodeJS.ErrnoException).code}); it is tried again`,
      );
  });
}

function readyPods(slices: readonly EndpointSlice[]): ReadonlySet<string> {
  return new Set(
    slices.flatMap((slice) =>
      (slice.endpoints ?? [])
        .filter((endpoint) => endpoint.conditions?.ready !== false)
        .map((endpoint) => endpoint.targetRef?.uid ?? ""),
    ),
  );
}

/** One rule for each Service port, in a stable order. Headless and external-name Services need none. */
export function rulesOf(services: readonly Service[], slices: readonly EndpointSlice[]): ServiceRule[] {
  const byService = groupByService(slices);
  return services
    .filter(
      (service) =>
        service.spec?.type !== "ExternalName" &&
        service.spec?.clusterIP !== "None" &&
        service.spec?.clusterIP,
    )
    .flatMap((service) => {
      const key = `${service.metadata.namespace ?? ""}/${service.metadata.name ?? ""}`;
      return (service.spec?.ports ?? []).map((port) => ({
        id: `${key}:${port.name ?? port.port}`,
        clusterIp: service.spec?.clusterIP,
        protocol: (port.protocol ?? "TCP") as ServiceRule["protocol"],
        port: port.port,
        nodePort: port.nodePort,
        endpoints: endpointsOf(byService.get(key) ?? [], port.name ?? ""),
      }));
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function endpointsOf(slices: readonly EndpointSlice[], portName: string): ServiceRule["endpoints"] {
  const found = slices.flatMap((slice) => {
    const port = slice.ports?.find((candidate) => (candidate.name ?? "") === portName)?.port;
    if (port === undefined) return [];
    return (slice.endpoints ?? [])
      .filter((endpoint) => endpoint.conditions?.ready !== false)
      .flatMap((endpoint) => endpoint.addresses.map((address) => ({ address, port })));
  });
  return found.sort((a, b) => (stableStringify(a) < stableStringify(b) ? -1 : 1));
}

/** Kubernetes DNS specification 1.1.0, §2.3 and §2.4: A and SRV records. */
export function zoneOf(
  services: readonly Service[],
  slices: readonly EndpointSlice[],
  domain: string,
): DnsZone {
  const addresses = new Map<string, readonly string[]>();
  const records = new Map<string, readonly { target: string; port: number }[]>();
  const byService = groupByService(slices);
  for (const service of services) {
    const { namespace = "", name = "" } = service.metadata;
    const host = `${name}.${namespace}.svc.${domain}`;
    const own = byService.get(`${namespace}/${name}`) ?? [];
    const headless = service.spec?.clusterIP === "None";
    const clusterIp = service.spec?.clusterIP;
    if (headless) addHeadless(addresses, host, own);
    else if (clusterIp) addresses.set(host, [clusterIp]);
    for (const port of service.spec?.ports ?? []) {
      if (!port.name) continue;
      const label = `_${port.name}._${(port.protocol ?? "TCP").toLowerCase()}.${host}`;
      const targets = headless ? hostnamesOf(own).map((hostname) => `${hostname}.${host}`) : [host];
      records.set(
        label,
        targets.map((target) => ({ target, port: port.port })),
      );
    }
  }
  return { addresses, services: records };
}

function addHeadless(
  addresses: Map<string, readonly string[]>,
  host: string,
  slices: readonly EndpointSlice[],
): void {
  const ready = slices
    .flatMap((slice) => slice.endpoints ?? [])
    .filter((endpoint) => endpoint.conditions?.ready !== false);
  addresses.set(
    host,
    ready.flatMap((endpoint) => endpoint.addresses),
  );
  for (const endpoint of ready) addresses.set(`${hostnameOf(endpoint)}.${host}`, endpoint.addresses);
}

function hostnamesOf(slices: readonly EndpointSlice[]): string[] {
  return slices
    .flatMap((slice) => slice.endpoints ?? [])
    .filter((endpoint) => endpoint.conditions?.ready !== false)
    .map(hostnameOf);
}

/** A pod without a hostname gets one from its address, as CoreDNS does. */
function hostnameOf(endpoint: { hostname?: string; addresses: readonly string[] }): string {
  return endpoint.hostname ?? (endpoint.addresses[0] ?? "").replaceAll(".", "-");
}

function groupByService(slices: readonly EndpointSlice[]): Map<string, EndpointSlice[]> {
  const groups = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    const key = `${slice.metadata.namespace ?? ""}/${slice.metadata.labels?.[serviceNameLabel] ?? ""}`;
    groups.set(key, [...(groups.get(key) ?? []), slice]);
  }
  return groups;
}
