import { deployment } from "infra";

export const api = deployment("api", {
  replicas: "3",
  containers: { web: { image: "web:1", command: "python main.py", resources: { memory: "64MB" }, liveness: { http: "/", port: "http", every: "5" } } },
});
