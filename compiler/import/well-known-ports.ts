/** Names that people know ports by. Source: IANA's service names, and the manuals of what listens there. */
const names: { readonly [port: number]: string } = {
  22: "ssh",
  25: "smtp",
  53: "dns",
  80: "http",
  443: "https",
  1025: "smtp",
  1883: "mqtt",
  2379: "etcd",
  3000: "http",
  3306: "mysql",
  4222: "nats",
  5000: "http",
  5432: "postgres",
  5672: "amqp",
  6379: "redis",
  8000: "http",
  8080: "http",
  8086: "influxdb",
  8443: "https",
  9000: "http",
  9090: "http",
  9092: "kafka",
  9200: "elastic",
  11211: "memcached",
  15672: "management",
  27017: "mongodb",
};

/**
 * Ports by name, `image()` and containers have them so: well known ones by their name, others by number; the second of
 * a name has its number too. Names have at most 15 characters.
 */
export function namePorts(
  ports: readonly { readonly port: number; readonly protocol: string }[],
): ReadonlyMap<string, number | string> {
  const named = new Map<string, number | string>();
  const seen = new Set<string>();
  for (const { port, protocol } of ports) {
    const value = protocol === "TCP" ? port : `${port}/${protocol}`;
    if (seen.has(String(value))) continue;
    seen.add(String(value));
    const wished = names[port] ?? `port-${port}`;
    const suffix = protocol === "TCP" ? String(port) : `${port}-${protocol.toLowerCase()}`;
    named.set(named.has(wished) ? `${wished.slice(0, 14 - suffix.length)}-${suffix}` : wished, value);
  }
  return named;
}

/** Ports that official images open without a word in the Compose file. Source: their Dockerfiles, EXPOSE. */
const ofImages: { readonly [image: string]: readonly number[] } = {
  caddy: [80, 443],
  couchdb: [5984],
  elasticsearch: [9200],
  etcd: [2379],
  grafana: [3000],
  httpd: [80],
  influxdb: [8086],
  mariadb: [3306],
  memcached: [11211],
  minio: [9000],
  mongo: [27017],
  mysql: [3306],
  nats: [4222],
  nginx: [80],
  postgres: [5432],
  prometheus: [9090],
  rabbitmq: [5672],
  redis: [6379],
  valkey: [6379],
  wordpress: [80],
};

/** What an image by this name listens at, when it is a well known one. */
export function knownPorts(image: string): readonly number[] {
  const name = /([a-z0-9_-]+)(?::[^/]*)?(?:@.*)?$/.exec(image)?.[1] ?? "";
  return Object.hasOwn(ofImages, name) ? (ofImages[name] ?? []) : [];
}
