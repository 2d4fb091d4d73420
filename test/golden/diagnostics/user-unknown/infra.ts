import { deployment, image, scratch } from "infra";

const web = image("web", { from: scratch(), user: "www", cmd: ["/web"] });
export const api = deployment("api", { containers: { web: { image: web } } });
