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

const bookshopImage = "registry.example/bookshop:4.2";

// The catalogue keeps its search index on a disk of its own.
export const catalogIndex = claim("catalog-index", { size: "2Gi" });

export const bookshop = configMap("bookshop", {
  "catalog.json": '{"pageSize": 24}\n',
  currency: "EUR",
});

export const catalog = deployment("catalog", {
  containers: {
    catalog: {
      image: bookshopImage,
      args: ["catalog"],
      ports: { grpc: 9000 },
      mounts: {
        "/var/lib/catalog": catalogIndex,
        "/etc/bookshop": bookshop.files({ "catalog.json": "catalog.json" }),
      },
      resources: { cpu: "200m", memory: "256Mi" },
      startup: { grpc: "grpc", every: "2s", failures: 30 },
      readiness: { grpc: "grpc", every: "5s" },
    },
  },
  // the disk is for one pod at a time
  strategy: "recreate",
});

export const catalogService = service("catalog", { to: catalog, ports: { 9000: "grpc" } });

export const web = deployment("web", {
  containers: {
    web: {
      image: bookshopImage,
      args: ["web"],
      ports: { http: 8080 },
      env: { CATALOG: catalogService.address("grpc"), CURRENCY: bookshop.key("currency") },
      resources: { cpu: "100m", memory: "128Mi" },
      liveness: { http: "/live", port: "http" },
      readiness: { http: "/ready", port: "http", every: "5s" },
      beforeStop: { sleep: "3s" },
    },
  },
  grace: "20s",
  placement: { spread: "nodes" },
});

export const catalogNetworkPolicy = networkPolicy("catalog", {
  of: catalog,
  from: [web],
  ports: ["grpc"],
});

export const reindex = cronJob("reindex", {
  schedule: "30 3 * * *",
  overlap: "forbid",
  deadline: "20m",
  containers: {
    reindex: {
      image: bookshopImage,
      args: ["reindex"],
      env: { CATALOG: catalogService.address("grpc") },
      resources: { cpu: "500m", memory: "512Mi" },
    },
  },
});

export const webService = service("web", { to: web, ports: { 80: "http" } });

export const bookshopIngress = ingress("bookshop", {
  class: "public",
  routes: { "books.example.org": { "/": webService.port("http") } },
  tls: { "books.example.org": "books-certificate" },
});

export const webAutoscaler = autoscaler("web", { of: web, min: 2, max: 8, cpu: "70%" });

export const webBudget = disruptionBudget("web", { of: web, max: 1 });
