import {
  claimPerPod,
  generated,
  type Memory,
  type Namespace,
  secret,
  service,
  statefulSet,
  text,
} from "infra";

export interface CacheOptions {
  readonly in: Namespace;
  readonly size: Memory;
}

/** A key-value store with a disk of its own and a password. */
export function cache(name: string, { size, ...place }: CacheOptions) {
  const login = secret(name, { password: generated() }, place);
  const store = statefulSet(name, {
    ...place,
    volumeGroup: 999,
    containers: {
      cache: {
        image: "registry.example/cache:7",
        user: 999,
        ports: { cache: 6379 },
        env: { PASSWORD: login.key("password") },
        mounts: { "/data": claimPerPod("data", { size }) },
        readiness: { tcp: "cache" },
      },
    },
  });
  const front = service(name, { ...place, to: store, ports: { 6379: "cache" } });
  return { front, url: text`cache://:${login.key("password")}@${front.address("cache")}` };
}
