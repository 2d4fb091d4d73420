import { accept, deployment } from "infra";

export * from "./rules.js";

// An old program that only runs as root, until it is replaced. Everything else is held to the rules.
export const legacy = accept(
  deployment("legacy", {
    labels: { team: "billing" },
    containers: { legacy: { image: "registry.example/legacy:1.9", user: 0 } },
  }),
  "run-as-root",
  "written in 2009; its successor is on the way, ticket 12",
);
