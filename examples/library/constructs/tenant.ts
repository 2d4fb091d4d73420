import { type Memory, namespace, networkPolicy } from "infra";
import { core } from "infra/kubernetes";

export interface TenantOptions {
  /** All that its pods may ask for together. */
  readonly cpu: `${number}`;
  readonly memory: Memory;
}

/** A namespace for one team: closed to the others, and no larger than agreed. */
export function tenant(name: string, { cpu, memory }: TenantOptions) {
  const home = namespace(name, { podSecurity: "restricted" });
  return {
    home,
    closed: networkPolicy(`${name}-closed`, { in: home, of: "all", from: [home] }),
    // No construct says this: the exact object does.
    quota: core.v1.ResourceQuota({
      metadata: { name, namespace: name },
      spec: { hard: { "requests.cpu": cpu, "requests.memory": memory } },
    }),
  };
}
