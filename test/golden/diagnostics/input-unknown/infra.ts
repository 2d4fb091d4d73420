import { configMap, input } from "infra";

const mode = input.choice("mode", ["fast", "slow"], { default: "fast" });
const count = input.number("count", { min: 1 });
export const settings = configMap("settings", { mode, count });
