import {
  autoscaler,
  claim,
  configMap,
  cronJob,
  deployment,
  disruptionBudget,
  ingress,
  networkPolicy,
  service,
} from "infra";

// One shop, three times: here, in main.infra, and as infra import writes it from k8s/. All make the same bundle.
const release = "registry.example/bookshop:4.2";

const settings = configMap("bookshop", { currency: "EUR", "catalog.json": '{"pageSize": 24}\n' });

// The catalogue keeps its search index on a disk of its own.
const index = claim("catalog-index", { size: "2Gi" });
const catalog = deployment("catalog", {
  strategy: "recreate", // the disk is for one pod at a time
  containers: {
    catalog: {
      image: release,
      args: ["catalog"],
      ports: { grpc: 9000 },
      mounts: {
        "/var/lib/catalog": index,
        "/etc/bookshop": settings.files({ "catalog.json": "catalog.json" }),
      },
      resources: { cpu: "200m", memory: "256Mi" },
      startup: { grpc: "grpc", every: "2s", failures: 30 },
      readiness: { grpc: "grpc", every: "5s" },
    },
  },
});
const catalogService = service("catalog", { to: catalog, ports: { 9000: "grpc" } });

const web = deployment("web", {
  grace: "20s",
  containers: {
    web: {
      image: release,
      args: ["web"],
      ports: { http: 8080 },
      env: { CATALOG: catalogService.address("grpc"), CURRENCY: settings.key("currency") },
      resources: { cpu: "100m", memory: "128Mi" },
      readiness: { http: "/ready", port: "http", every: "5s" },
      liveness: { http: "/live", port: "http" },
      beforeStop: { sleep: "3s" },
    },
  },
});
const front = service("web", { to: web, ports: { 80: "http" } });

export const shop = ingress("bookshop", {
  class: "public",
  routes: { "books.example.org": { "/": front.port("http") } },
  tls: { "books.example.org": "books-certificate" },
});
export const scale = autoscaler("web", { of: web, min: 2, max: 8, cpu: "70%" });
export const budget = disruptionBudget("web", { of: web, max: 1 });
export const callers = networkPolicy("catalog", { of: catalog, from: [web], ports: ["grpc"] });

export const reindex = cronJob("reindex", {
  schedule: "30 3 * * *",
  overlap: "forbid",
  deadline: "20m",
  containers: {
    reindex: {
      image: release,
      args: ["reindex"],
      env: { CATALOG: catalogService.address("grpc") },
      resources: { cpu: "500m", memory: "512Mi" },
    },
  },
});
