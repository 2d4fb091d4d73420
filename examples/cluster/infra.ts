import {
  autoscaler,
  configMap,
  cronJob,
  daemonSet,
  deployment,
  disruptionBudget,
  emptyDir,
  generated,
  ingress,
  job,
  secret,
  service,
} from "infra";

// For a cluster: `infra compile`, then `kubectl apply -f infra.out/manifests`. Images come from a registry by name.
const release = "registry.example/shop:3";

const settings = configMap("settings", { mode: "careful" });
const login = secret("login", { token: generated() });

// The shop itself: as many pods as its use of CPU asks for, reached by its host name.
const shop = deployment("shop", {
  containers: {
    main: { image: release, ports: { http: 8080 }, readiness: { http: "/ready", port: "http" } },
  },
});
const front = service("shop", { to: shop, ports: { 80: "http" } });
export const entry = ingress("shop", {
  class: "nginx",
  tls: { "shop.example.org": "shop-certificate" },
  routes: { "shop.example.org": { "/": front.port("http") }, "*": { "/status": front.port("http") } },
});
export const budget = disruptionBudget("shop", { of: shop, max: 1 });
export const scale = autoscaler("shop", {
  of: shop,
  min: 2,
  max: 10,
  cpu: "70%",
  down: { after: "10m", by: "25%", every: "1m" },
});

// Once for each release.
export const migrate = job("migrate", {
  retries: 2,
  deadline: "10m",
  keep: "1h",
  containers: { main: { image: release, args: ["migrate"], env: { TOKEN: login.key("token") } } },
});

// Every night, four parts, two at a time.
export const report = cronJob("report", {
  schedule: "15 3 * * *",
  timeZone: "Europe/Berlin",
  overlap: "forbid",
  startWithin: "30m",
  restart: "OnFailure",
  completions: 4,
  parallelism: 2,
  indexed: true,
  history: { succeeded: 1 },
  containers: { main: { image: release, args: ["report"], mounts: { "/tmp": emptyDir() } } },
  patch: { spec: { jobTemplate: { spec: { podReplacementPolicy: "Failed" } } } },
});

// On every node.
export const collector = daemonSet("collector", {
  update: { unavailable: "10%" },
  minReady: "5s",
  containers: {
    main: {
      image: "registry.example/collector:1.2",
      ports: { metrics: 9100 },
      env: { MODE: settings.key("mode") },
      readiness: { tcp: "metrics" },
    },
  },
});
export const metrics = service("collector", { to: collector, ports: { 9100: "metrics" } });
