import { configMap, deployment, emptyDir, image, input, scratch, service } from "infra";

// The smallest whole stack: one image without packages, its settings, and a Service before it.
const mode = input.choice("mode", ["fast", "careful"], { default: "fast", help: "How the program works" });

const app = image("app", { from: scratch(), cmd: ["/app"], user: 1000, expose: { http: 8080 } });
const settings = configMap("settings", { mode });

const web = deployment("web", {
  containers: {
    app: {
      image: app,
      env: { MODE: settings.key("mode") },
      mounts: { "/tmp": emptyDir({ medium: "Memory" }) },
      readOnlyRoot: true,
      resources: { cpu: "50m", memory: "32Mi" },
      readiness: { tcp: "http" },
    },
  },
});

export const front = service("web", { to: web, ports: { 80: "http" } });
