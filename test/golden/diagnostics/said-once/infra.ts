import { deployment, image, scratch, service, serviceAccount } from "infra";

const base = image("base", { from: scratch() });
const robot = serviceAccount("robot");

export const site = deployment("site", {
  containers: {
    web: {
      image: "example.org/site:1",
      user: 1000,
      ports: { http: 8080 },
      readiness: { http: "/" },
      liveness: { http: "/", port: 8080 },
      env: { PASSWORD: robot },
    },
    log: { image: "example.org/log:1", user: 1000 },
  },
});

export const ofNothing = service("of-nothing", { to: base, ports: { 80: "http" } });
export const turned = service("turned", { to: site, ports: { http: 80 } });
export const low = service("low", { to: site, ports: { 80: "http" }, nodePorts: { http: 3080 } });

export const misspelt = deployment("misspelt", { container: {} });

const bare = deployment("bare", { containers: { web: { image: "example.org/site:1", user: 1000 } } });
const front = service("bare", { to: bare, ports: { 80: "http" } });
export const caller = deployment("caller", {
  containers: { web: { image: base, user: 1000, env: { FRONT: front.address("http") } } },
});
