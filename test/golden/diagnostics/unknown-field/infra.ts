import { deployment } from "infra";
import { core } from "infra/kubernetes";

export const api = deployment("api", {
  replica: 3,
  containers: { web: { image: "web:1", prots: { http: 8080 } } },
});
export const raw = core.v1.Service({ metadata: { name: "raw" }, spec: { ports: [{ port: 80, targetport: 8080 }] } });
