/* What the mistakes are made with. */
import {
  claim,
  configMap,
  deployment,
  file,
  generated,
  image,
  scratch,
  secret,
  service,
  serviceAccount,
} from "infra";

export const web = image("web", { from: scratch(), expose: { http: 8080 }, user: 1000 });
export const settings = configMap("settings", { "ui.properties": file("./ui.properties"), mode: "fast" });
export const password = secret("login", { password: generated() });
export const api = deployment("api", { containers: { web: { image: web, ports: { metrics: 9090 } } } });
export const front = service("front", { to: api, ports: { 80: "http" } });
export const disk = claim("disk", { size: "1Gi" });
export const clerk = serviceAccount("clerk", { may: { pods: ["get"] } });
export const once = { main: { image: "x:1" } } as const;
