import { ingress, manifests, pod, service } from "infra";
import { v1 as pki } from "./generated/pki.example.org.js";

// Kinds of an operator: infra types crds -o generated made the module of these definitions.
export const definitions = manifests("./crds/*.yaml");

export const authority = pki.ClusterIssuer({
  metadata: { name: "authority" },
  spec: { url: "https://authority.example.org/directory" },
});

export const certificate = pki.Certificate({
  metadata: { name: "shop" },
  spec: {
    secretName: "shop-tls",
    commonName: "shop.example.org",
    dnsNames: ["shop.example.org", "www.shop.example.org"],
    renewBeforePercentage: 33,
    usages: ["digital signature", "server auth"],
    issuerRef: { kind: "ClusterIssuer", name: authority.metadata.name ?? "" },
    privateKey: { algorithm: "ECDSA", size: 256 },
  },
});

const shop = pod("shop", {
  containers: { shop: { image: "registry.example/shop:12", ports: { http: 8080 }, user: 1000 } },
});
const front = service("shop", { to: shop, ports: { 80: "http" } });
export const door = ingress("shop", {
  routes: { "shop.example.org": { "/": front.port("http") } },
  tls: { "shop.example.org": certificate.spec.secretName },
});

// What is there already stays as it is, and is checked all the same.
export const legacy = manifests("./legacy");
