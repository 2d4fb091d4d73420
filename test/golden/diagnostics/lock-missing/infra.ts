import { debian, deployment, image } from "infra";

const web = image("web", { from: debian({ packages: ["python3", "curl"] }), cmd: ["python3"], user: 1000 });
export const api = deployment("api", { containers: { web: { image: web } } });
