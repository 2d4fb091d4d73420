import { configMap } from "infra";

const forgotten = configMap("forgotten", { a: "1" });
export const kept = configMap("kept", { a: "1" });
