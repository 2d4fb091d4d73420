import { configMap, deployment, generated, secret } from "infra";

const password = secret("redis", { password: generated() });
export const url = configMap("url", { url: password.key("password") as unknown as string });
export const api = deployment("api", { containers: { web: { image: "web:1", env: { P: password.key("pass" as "password") } } } });
