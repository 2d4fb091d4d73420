import { deployment } from "infra";

export const site = deploymnt("site", { containers: { web: { image: deployment } } });
