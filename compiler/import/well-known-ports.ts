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
