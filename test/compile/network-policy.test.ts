import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { parse } from "yaml";
import type { NetworkPolicySpec } from "../../stdlib/kubernetes/generated/networking-v1.js";
import { findings } from "../support/findings.js";

const stack = (policy: string) => `import { deployment, namespace, networkPolicy } from "infra";
export const far = namespace("far");
const containers = (ports: object) => ({ a: { image: "x:1", ports } });
export const b = deployment("b", { containers: containers({ pg: 5432, metrics: 9090, "53": "53/UDP" }) });
export const a = deployment("a", { containers: containers({ http: 80 }) });
export const c = deployment("c", { in: far, containers: containers({ slow: 80 }) });
export const policy = networkPolicy("policy", ${policy});
`;

const pods = (name: string) => ({ podSelector: { matchLabels: { "app.kubernetes.io/name": name } } });
const inFar = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "far" } } };
const tcp = (port: number | string) => ({ protocol: "TCP" as const, port });
const udp = (port: number | string) => ({ protocol: "UDP" as const, port });

const lowers = test.macro({
  title: (_, policy = "") => policy,
  async exec(t: ExecutionContext, policy: string, expected: Pick<NetworkPolicySpec, "egress" | "ingress">) {
    const { lines, work } = await findings(t, stack(policy));
    t.deepEqual(lines, []);
    const folder = join(work, "infra.out/manifests");
    const [file = ""] = (await readdir(folder)).filter((name) => name.includes("networkpolicy"));
    const { egress, ingress } = parse(await readFile(join(folder, file), "utf8")).spec as NetworkPolicySpec;
    t.deepEqual({ egress, ingress }, { egress: undefined, ingress: undefined, ...expected });
  },
});

test(lowers, '{ of: a, to: [{ of: b, ports: ["pg"] }], dns: false }', {
  egress: [{ to: [pods("b")], ports: [tcp("pg")] }],
});
test(
  lowers,
  '{ of: a, to: [b, { of: "10.0.0.0/8", ports: [443, "53/UDP"] }, { of: c, ports: [443, "53/UDP"] }], dns: false }',
  {
    egress: [
      { to: [pods("b")] },
      { to: [{ ipBlock: { cidr: "10.0.0.0/8" } }, { ...inFar, ...pods("c") }], ports: [tcp(443), udp(53)] },
    ],
  },
);
test(lowers, '{ of: a, to: [{ of: "anywhere", ports: [443] }], dns: false }', {
  egress: [{ ports: [tcp(443)] }],
});
test(lowers, '{ of: b, from: [a, { of: b, ports: ["metrics", "53"] }, far], ports: ["pg"] }', {
  ingress: [
    { from: [pods("a"), inFar], ports: [tcp("pg")] },
    { from: [pods("b")], ports: [tcp("metrics"), udp(53)] },
  ],
});
test(lowers, '{ of: "all", from: [a], ports: ["http", 9090] }', {
  ingress: [{ from: [pods("a")], ports: [tcp("http"), tcp(9090)] }],
});

const refuses = test.macro({
  title: (_, policy = "") => policy,
  async exec(t: ExecutionContext, policy: string, expected: readonly string[]) {
    const { diagnostics } = await findings(t, stack(policy));
    t.deepEqual(
      diagnostics.map(({ hint, message }) => (hint === undefined ? message : `${message} (${hint})`)),
      expected,
    );
  },
});

test(refuses, '{ of: a, to: [b], ports: ["pg"] }', [
  'networkPolicy "policy" has no field "ports" without "from" (write to: [{ of: …, ports: ["pg"] }])',
]);
test(refuses, '{ of: a, from: [{ of: b, ports: ["http"] }], ports: ["http"] }', [
  'networkPolicy "policy" has no field "ports", since each of "from" has its own',
]);
test(refuses, '{ of: a, to: [{ of: b, ports: ["http"] }] }', [
  'deployment "b" opens no port named "http" (It opens 53, metrics, pg)',
]);
test(refuses, '{ of: a, to: [{ of: "10.0.0.0/8", ports: ["https", 70000] }] }', [
  'networkPolicy "policy": "to[0].ports[0]" must be a port such as 8080 or "53/UDP": names are those of a workload',
  '"70000" is no port (A port is 1 to 65535, such as 8080 or "53/UDP")',
]);
test(refuses, "{ of: a, from: [{ of: b, ports: [] }] }", [
  'networkPolicy "policy": "from[0].ports" must be a list of ports, or left out for all of them',
]);
test(refuses, '{ of: "all", from: [a], ports: ["slow"] }', [
  'namespace "default" opens no port named "slow" (It opens 53, http, metrics, pg)',
]);
test(refuses, '{ of: a, to: [{ of: b, port: ["pg"] }] }', [
  'networkPolicy "policy" has no field "to[0].port" (did you mean "ports"?)',
]);
