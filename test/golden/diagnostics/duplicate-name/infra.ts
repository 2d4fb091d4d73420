import { configMap } from "infra";

export const one = configMap("settings", { a: "1" });
export const two = configMap("settings", { a: "2" });
