import { configMap, deployment, file, image, scratch } from "infra";

const web = image("web", { from: scratch(), copy: { "/app": "./src" }, cmd: ["/app/main"], user: 1000 });
export const settings = configMap("settings", { ui: file("./ui.properties"), up: file("./../secrets") });
export const api = deployment("api", { containers: { web: { image: web } } });
