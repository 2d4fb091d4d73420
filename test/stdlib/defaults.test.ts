import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { parse } from "yaml";
import { description } from "../../stdlib/constructs/generated/description.js";
import { applyDefaults } from "../../stdlib/schema/defaults/defaults.js";
import { kindRowOf } from "../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { runCli } from "../support/cli.js";

type Members = { readonly [name: string]: unknown };
/** A spec, or a part of one, with or without its documented defaults spelled out. */
type Spell = (type: string, rest?: Members) => Members;

/** Documented defaults that are values; the others are words, such as `the image's`. */
function literalDefaults(type: string): Members {
  const fields = Object.entries(description.types[type]?.fields ?? {});
  return Object.fromEntries(
    fields.flatMap(([name, { default: otherwise }]) => {
      const text = otherwise?.replaceAll("`", "") ?? "";
      return /^("[^"]*"|\d+|true|false)$/.test(text) ? [[name, JSON.parse(text)]] : [];
    }),
  );
}

/** Code among the data: what stands in the program without quotes. */
const code = (text: string) => `\u0000${text}\u0000`;

function program(spell: Spell): string {
  const probe = (handler: Members) => spell("Probe", handler);
  const http = (path: string) => probe({ http: path, port: "http" });
  const web = spell("Container", {
    image: "registry.example/web:1",
    ports: { http: 8080 },
    startup: http("/start"),
    liveness: http("/live"),
    readiness: http("/ready"),
    afterStart: spell("Hook", { http: "/warm", port: "http" }),
  });
  const { readOnlyRoot: _, ...plain } = spell("ContainerOptions", { image: "registry.example/web:1" });
  const pods = {
    containers: { web },
    init: { first: plain },
    dns: spell("Dns", { servers: ["192.0.2.53"] }),
    host: spell("HostNamespaces"),
  };
  const workload = (type: string, rest: Members = {}) => spell(type, { ...pods, ...rest });
  const of = code("api");
  const constructs: { readonly [name: string]: readonly [construct: string, spec: Members] } = {
    api: ["deployment", workload("DeploymentSpec")],
    agent: ["daemonSet", workload("DaemonSetSpec")],
    store: ["statefulSet", workload("StatefulSetSpec", { claims: spell("ClaimRetention") })],
    once: ["job", spell("JobSpec", { containers: { web: plain } })],
    nightly: [
      "cronJob",
      spell("CronJobSpec", {
        containers: { web: plain },
        schedule: "@daily",
        history: spell("JobHistory"),
      }),
    ],
    single: ["pod", workload("PodSpec")],
    disk: ["claim", spell("ClaimSpec", { size: "1Gi" })],
    front: ["service", spell("ServiceSpec", { to: of, ports: { 80: "http" } })],
    scale: ["autoscaler", spell("AutoscalerSpec", { of, max: 3 })],
    callers: ["networkPolicy", spell("NetworkPolicySpec", { of, to: [code("store")] })],
    urgent: ["priorityClass", spell("PriorityClassSpec", { value: 10 })],
  };
  const calls = Object.entries(constructs).map(([name, [construct, spec]]) => {
    const text = JSON.stringify(spec).replaceAll(/"\\u0000(.+?)\\u0000"/g, "$1");
    return `export const ${name} = ${construct}("${name}", ${text});\n`;
  });
  const names = [...new Set(Object.values(constructs).map(([construct]) => construct))];
  return `import { configMap, generated, secret, ${names.join(", ")} } from "infra";
${calls.join("")}
export const settings = configMap("settings", { mode: "fast" }, ${JSON.stringify(spell("ConfigMapOptions"))});
export const login = secret("login", { password: generated(${JSON.stringify(spell("GeneratedOptions"))}) }, ${JSON.stringify(spell("SecretOptions"))});
`;
}

/** What the program makes, as an API server would keep it. */
async function objectsOf(t: ExecutionContext, source: string): Promise<ReadonlyMap<string, KubeObject>> {
  const work = await mkdtemp(join(tmpdir(), "infra-defaults-"));
  t.teardown(() => rm(work, { recursive: true }));
  await writeFile(join(work, "infra.ts"), source);
  const { code: status, error } = await runCli(work, ["compile", "--stack", "defaults"]);
  t.is(status, 0, error);
  const folder = join(work, "infra.out/manifests");
  const objects = new Map<string, KubeObject>();
  for (const file of await readdir(folder)) {
    const object = parse(await readFile(join(folder, file), "utf8")) as KubeObject;
    const row = kindRowOf(object);
    if (row === undefined) throw new Error(`${file} has no known kind`);
    objects.set(file, applyDefaults(row, object));
  }
  objects.set("secrets", parse(await readFile(join(work, "infra.out/secrets.json"), "utf8")));
  return objects;
}

test("a documented default is what leaving it out means", async (t) => {
  const left = await objectsOf(
    t,
    program((_, rest = {}) => rest),
  );
  const said = await objectsOf(
    t,
    program((type, rest = {}) => ({ ...literalDefaults(type), ...rest })),
  );
  t.deepEqual([...said.keys()], [...left.keys()]);
  for (const [file, object] of said) t.deepEqual(comparable(object), comparable(left.get(file)), file);
});

/** Fields of the API whose zero is the same as their absence. */
const zeroIsAbsent: ReadonlySet<string> = new Set(["minReadySeconds"]);

/** Columns differ where more is said. */
function comparable(object: unknown): unknown {
  const text = JSON.stringify(object, (name, value) =>
    name === "place" || (zeroIsAbsent.has(name) && !value) ? undefined : value,
  );
  return JSON.parse(text);
}

test("what nobody has to write is there, and gives way to what is said", async (t) => {
  const own = await objectsOf(
    t,
    `import { deployment, scratch, image } from "infra";
const app = image("app", { from: scratch(), cmd: ["/app"], user: 1000 });
export const web = deployment("web", { replicas: 2, containers: { app: { image: app } } });
export const other = deployment("other", {
  replicas: 2,
  placement: { spread: "off" },
  containers: {
    app: {
      image: app,
      readOnlyRoot: false,
      escalation: true,
      capabilities: { drop: [], add: ["NET_BIND_SERVICE"] },
      resources: { cpu: "1", cpuLimit: "2", memory: "1Gi", memoryLimit: "2Gi" },
    },
  },
  patch: { spec: { template: { spec: { securityContext: { seccompProfile: { type: "Unconfined" } }, enableServiceLinks: true } } } },
});
`,
  );
  const podOf = (name: string) => {
    const object = [...own].find(([file]) => file.endsWith(`-deployment-${name}.yaml`))?.[1];
    return (object as unknown as { spec: { template: { spec: Members & { containers: Members[] } } } }).spec
      .template.spec;
  };
  t.like(podOf("web"), {
    securityContext: { seccompProfile: { type: "RuntimeDefault" } },
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 30,
    topologySpreadConstraints: [
      { topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" },
    ],
  });
  const [safe] = podOf("web").containers;
  t.like(safe, {
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    },
    resources: { requests: { cpu: "50m", memory: "64Mi" } },
    volumeMounts: [{ mountPath: "/tmp" }],
  });
  t.like(podOf("other"), {
    securityContext: { seccompProfile: { type: "Unconfined" } },
    enableServiceLinks: true,
    topologySpreadConstraints: undefined,
  });
  const [overridden] = podOf("other").containers;
  t.like(overridden, {
    securityContext: { allowPrivilegeEscalation: true, capabilities: { add: ["NET_BIND_SERVICE"] } },
    resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "2", memory: "2Gi" } },
    volumeMounts: undefined,
  });
});
