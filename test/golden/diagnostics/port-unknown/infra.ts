import { deployment, service } from "infra";

export const api = deployment("api", {
  containers: {
    web: { image: "web:1", ports: { http: 8080 } },
    side: { image: "side:1", ports: { metrics: 9090 }, liveness: { http: "/", port: "http" } },
  },
});
export const front = service("api", { to: api, ports: { 80: "htp" as "http" } });
