import { configMap, deployment } from "infra";

const settings = configMap("settings", { mode: "fast" });
const key = "made" as string as "mode";
export const api = deployment("api", {
  containers: { web: { image: "web:1", env: { MODE: settings.key(key) } } },
});
