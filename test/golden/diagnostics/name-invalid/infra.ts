import { configMap, deployment } from "infra";

export const settings = configMap("Settings", { a: "1" });
export const api = deployment("my_api", { containers: { "web server": { image: "web:1" } } });
