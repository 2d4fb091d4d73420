import { claimPerPod, configMap, deployment, disruptionBudget, namespace, networkPolicy, service, serviceAccount } from "infra";

const shop = namespace("shop");
const settings = configMap("settings", { mode: "fast" });
const clerk = serviceAccount("clerk", { in: shop, may: { "deploymens.apps": ["get"] } });
export const api = deployment("api", {
  in: shop,
  account: clerk,
  containers: {
    web: {
      image: "web:1",
      ports: { http: 8080 },
      env: { MODE: settings.key("mode") },
      mounts: { "/data": claimPerPod("data", { size: "1Gi" }) },
      readiness: { http: "/", port: "http", exec: ["true"] } as never,
    },
  },
});
export const front = service("api", { to: api, ports: { 80: "http" } });
export const callers = networkPolicy("api", { in: shop, of: api, from: [], ports: ["htp" as "http"] });
export const budget = disruptionBudget("api", { in: shop, of: api } as never);
export const idle = deployment("idle", {} as never);
