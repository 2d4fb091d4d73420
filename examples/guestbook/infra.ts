import {
  configMap,
  debian,
  deployment,
  downward,
  emptyDir,
  file,
  generated,
  image,
  input,
  secret,
  service,
} from "infra";

const replicas = input.number("replicas", { default: 3, min: 1, max: 20, help: "Web pods to run" });

// The store: redis from distribution packages. Its data lives as long as its pod.
const redis = image("redis", {
  from: debian({ packages: ["redis-server"], users: { redis: 999 } }),
  copy: { "/usr/local/bin/start-redis": "./src/start-redis.sh" },
  user: "redis",
  cmd: ["/bin/sh", "/usr/local/bin/start-redis"],
  expose: { redis: 6379 },
});

const password = secret("redis", { password: generated() });

const store = deployment("redis", {
  strategy: "recreate", // never two stores behind one name
  containers: {
    redis: {
      image: redis,
      env: { REDIS_PASSWORD: password.key("password") },
      mounts: { "/data": emptyDir() },
      resources: { cpu: "100m", memory: "64Mi" },
      readiness: { tcp: "redis", every: "1s" },
    },
  },
});
const storeService = service("redis", { to: store, ports: { 6379: "redis" } });

// The web tier: finds the store by name, shows what it knows about itself.
const web = image("web", {
  from: debian({ packages: ["python3"], users: { web: 1000 } }),
  copy: { "/app": "./src/web" },
  workdir: "/app",
  user: "web",
  cmd: ["python3", "main.py"],
  expose: { http: 8080 },
});

const settings = configMap("settings", { "ui.properties": file("./ui.properties") });

const api = deployment("web", {
  replicas,
  strategy: { surge: 1, unavailable: 0 },
  containers: {
    web: {
      image: web,
      env: {
        STORE: storeService.address("redis"),
        REDIS_PASSWORD: password.key("password"),
        POD_NAME: downward("metadata.name"),
        POD_IP: downward("status.podIP"),
      },
      mounts: {
        "/etc/ui": settings.files(),
        "/etc/podinfo": downward.files({ labels: "metadata.labels" }),
      },
      resources: { cpu: "100m", memory: "64Mi" },
      readiness: { http: "/ready", port: "http", every: "1s" },
      liveness: { http: "/live", port: "http", every: "5s" },
    },
  },
});

export const front = service("web", { to: api, ports: { 80: "http" }, nodePorts: { http: 30080 } });
