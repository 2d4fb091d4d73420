import { configMap } from "infra";

const stamp = () => `built ${Date.now()}`;
export const build = configMap("build", { stamp: stamp() });
