import type { Pod } from "../../stdlib/kubernetes/generated/core-v1.js";

export interface ResolverSettings {
  /** Address of the instance's DNS, as pods reach it. */
  readonly dnsAddress: string;
  readonly clusterDomain: string;
  /** Text of the host's own resolv.conf, for `dnsPolicy: Default`. */
  readonly hostResolvConf: string;
}

/** The name a pod's processes see: `spec.hostname`, else its own, cut to what the kernel takes. */
export function podHostname(pod: Pod): string {
  return (pod.spec?.hostname || pod.metadata.name || "").slice(0, 63).replace(/[-.]+$/, "");
}

/** /etc/hosts. Source: kubelet `managedHostsFileContent`. */
export function hostsFile(pod: Pod, podIP: string): string {
  const lines = [
    "# Written by infra for this pod.",
    "127.0.0.1\tlocalhost",
    "::1\tlocalhost ip6-localhost ip6-loopback",
    "fe00::0\tip6-localnet",
    "fe00::0\tip6-mcastprefix",
    "fe00::1\tip6-allnodes",
    "fe00::2\tip6-allrouters",
    `${podIP}\t${podHostname(pod)}`,
    ...(pod.spec?.hostAliases ?? []).map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join("\t")}`),
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * /etc/resolv.conf. Source: kubelet `pkg/kubelet/network/dns`. `timeout:1 attempts:5` carry names over a restart of the
 * daemon, whose DNS is away for a moment.
 */
export function resolvConf(pod: Pod, settings: ResolverSettings): string {
  const { dnsConfig = {}, dnsPolicy = "ClusterFirst" } = pod.spec ?? {};
  const base = baseOf(dnsPolicy, pod.metadata.namespace ?? "default", settings);
  const options = new Map(base.options);
  for (const { name = "", value } of dnsConfig.options ?? []) options.set(name, value);
  const nameservers = [...new Set([...base.nameservers, ...(dnsConfig.nameservers ?? [])])];
  const searches = [...new Set([...base.searches, ...(dnsConfig.searches ?? [])])];
  const written = [...options].map(([name, value]) => (value === undefined ? name : `${name}:${value}`));
  return [
    ...nameservers.map((address) => `nameserver ${address}\n`),
    searches.length === 0 ? "" : `search ${searches.join(" ")}\n`,
    written.length === 0 ? "" : `options ${written.join(" ")}\n`,
  ].join("");
}

interface Resolver {
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly (readonly [string, string | undefined])[];
}

function baseOf(policy: string, namespace: string, settings: ResolverSettings): Resolver {
  if (policy === "None") return { nameservers: [], searches: [], options: [] };
  if (policy === "Default") return parseResolvConf(settings.hostResolvConf);
  const { clusterDomain, dnsAddress } = settings;
  return {
    nameservers: [dnsAddress],
    searches: [`${namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain],
    options: [
      ["ndots", "5"],
      ["timeout", "1"],
      ["attempts", "5"],
    ],
  };
}

/** Source: resolv.conf(5). The last `search` or `domain` counts. */
export function parseResolvConf(text: string): Resolver {
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/));
  const of = (keyword: string) => lines.filter(([first]) => first === keyword).map(([, ...rest]) => rest);
  return {
    nameservers: of("nameserver").flatMap(([address]) => (address === undefined ? [] : [address])),
    searches: [...of("domain"), ...of("search")].at(-1) ?? [],
    options: of("options")
      .flat()
      .map((option) => {
        const [name = "", value] = option.split(":");
        return [name, value] as const;
      }),
  };
}
