import { input } from "infra";
import { cache } from "./constructs/cache.js";
import { tenant } from "./constructs/tenant.js";
import { webApp } from "./constructs/web-app.js";

// Reusable constructs are functions: plain values in, resources out. What they return belongs to the stack.
const domain = input.text("domain", { default: "example.org", help: "Where the shop is reached" });

export const team = tenant("shop", { cpu: "4", memory: "8Gi" });

const search = webApp("search", { in: team.home, image: "registry.example/search:3", pods: [1, 3] });
const shop = webApp("shop", {
  in: team.home,
  image: "registry.example/shop:12",
  host: `shop.${domain}`,
  pods: [2, 10],
  env: { SEARCH: search.front.address("http") },
});
const sessions = cache("sessions", { in: team.home, size: "1Gi" });

export const worker = webApp("checkout", {
  in: team.home,
  image: "registry.example/checkout:5",
  pods: [1, 2],
  env: { SESSIONS: sessions.url },
});
export { search, sessions, shop };
