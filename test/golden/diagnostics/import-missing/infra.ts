import { configMap } from "infra";
import { names } from "./names.js";

export const settings = configMap("settings", { names: names.join(",") });
