import { configMap } from "infra";

export const a = configMap("a", { x: "1 });
export const b = configMap("b", { x: "1" });
