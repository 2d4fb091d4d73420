import {
  claim,
  claimPerPod,
  combined,
  configMap,
  deployment,
  downward,
  emptyDir,
  externalService,
  generated,
  hostPath,
  namespace,
  networkPolicy,
  node,
  pod,
  priorityClass,
  secret,
  service,
  serviceAccount,
  statefulSet,
  volume,
} from "infra";

// What a platform team writes beside the applications: for a cluster, `infra compile` and `kubectl apply`.
const release = "registry.example/orders:7";

export const shop = namespace("shop", { podSecurity: "baseline" });
export const urgent = priorityClass("urgent", { value: 100_000, description: "Orders before reports" });
export const disks = node("worker-1", {
  labels: { disk: "ssd" },
  taints: [{ key: "dedicated", value: "orders", effect: "NoSchedule" }],
});

const settings = configMap("orders", { mode: "strict", "limits.json": "{}" }, { in: shop });
const login = secret("database", { password: generated({ length: 40 }) }, { in: shop });

// A database: pods with names and disks of their own.
const database = statefulSet("database", {
  in: shop,
  replicas: 3,
  start: "parallel",
  claims: { whenScaled: "delete" },
  grace: "2m",
  volumeGroup: 999,
  placement: {
    nodes: { disk: "ssd" },
    tolerates: [{ key: "dedicated", value: "orders", effect: "NoSchedule" }],
    spread: "zones",
  },
  containers: {
    database: {
      image: "registry.example/database:16",
      user: 999,
      ports: { sql: 5432 },
      env: { PASSWORD: login.key("password"), POD: downward("metadata.name") },
      mounts: { "/var/lib/database": claimPerPod("data", { size: "10Gi", class: "fast" }) },
      startup: { tcp: "sql", every: "2s", failures: 60 },
      readiness: { exec: ["database-ready"], every: "5s", timeout: "2s" },
      beforeStop: { exec: ["database-stop", "--fast"] },
      resources: { cpu: "500m", memory: "1Gi", storage: "1Gi" },
    },
  },
});
const databaseService = service("database", { in: shop, to: database, ports: { 5432: "sql" }, sticky: "1h" });

// Who it is for the Kubernetes API, and what it may do there.
const clerk = serviceAccount("orders", {
  in: shop,
  may: {
    pods: ["get", "list"],
    "leases.coordination.k8s.io": { verbs: ["get", "update"], only: ["orders"] },
  },
  mayEverywhere: { nodes: ["list"] },
});

const uploads = claim("uploads", { in: shop, size: "5Gi", access: "ReadWriteMany" });
const scratch = emptyDir({ medium: "Memory", sizeLimit: "64Mi" });

const orders = deployment("orders", {
  in: shop,
  replicas: 2,
  account: clerk,
  priority: urgent,
  hostAliases: { "192.0.2.10": ["ledger.example.org"] },
  dns: { searches: ["example.org"], options: { ndots: 2 } },
  placement: { near: [database] },
  init: { migrate: { image: release, args: ["migrate"], env: { DATABASE: databaseService.address("sql") } } },
  sidecars: {
    proxy: {
      image: "registry.example/proxy:2",
      ports: { metrics: 9100 },
      readiness: { http: "/ready", port: "metrics" },
    },
  },
  containers: {
    orders: {
      image: release,
      pull: "Always",
      ports: { http: 8080, grpc: 9000 },
      env: { FIRST: database.host(0) },
      envFrom: [settings, { prefix: "DB_", from: login }],
      mounts: {
        "/uploads": uploads,
        "/scratch": scratch,
        "/etc/orders": combined(settings.files(), downward.files({ labels: "metadata.labels" })),
        "/etc/limits.json": { from: settings.files(), path: "limits.json" },
        "/var/run/token": clerk.token({ audience: "ledger", expires: "20m" }),
        "/archive": volume({ nfs: { server: "files.example.org", path: "/orders" } }),
      },
      liveness: { grpc: "grpc" },
      readiness: { http: "/ready", port: "http", headers: { "X-Probe": "1" } },
      afterStart: { http: "/warm", port: "http" },
      beforeStop: { sleep: "5s" },
      patch: { terminationMessagePolicy: "FallbackToLogsOnError" },
    },
  },
});
export const front = service("orders", {
  in: shop,
  to: orders,
  type: "LoadBalancer",
  ports: { 80: "http" },
  allowFrom: ["198.51.100.0/24"],
  keepCaller: true,
});
export const peers = service("orders-peers", {
  in: shop,
  to: orders,
  type: "Headless",
  ports: { 9000: "grpc" },
});
export const ledger = externalService("ledger", {
  in: shop,
  external: "ledger.example.org",
  ports: { 443: "https" },
});

// Who may call whom: the database is for the orders alone.
export const callers = networkPolicy("database-callers", {
  in: shop,
  of: database,
  from: [orders, database],
  ports: ["sql"],
});
export const calls = networkPolicy("orders-calls", {
  in: shop,
  of: orders,
  to: [
    { of: database, ports: ["sql"] },
    { of: "198.51.100.0/24", ports: [443] },
  ],
});
export const closed = networkPolicy("closed", { in: shop, of: "all", from: [] });

// A look at a node, for people: it has what is the node's instead of its own.
export const inspect = pod("inspect", {
  restart: "Never",
  host: { network: true, processes: true },
  containers: {
    shell: {
      image: "registry.example/tools:1",
      command: ["sleep", "1h"],
      stdin: true,
      tty: true,
      privileged: true,
      capabilities: { add: ["SYS_PTRACE"] },
      mounts: { "/host/log": { from: hostPath("/var/log", { type: "Directory" }), readOnly: true } },
    },
  },
});
