import {
  configMap,
  deployment,
  fromAge,
  fromCommand,
  fromEnv,
  generated,
  ingress,
  input,
  secret,
  service,
  text,
} from "infra";

// One program, several environments: what differs is declared here and given in env/<name>.yaml.
//   infra compile --env prod                  the bundle of production
//   infra compile --env prod --against dev    what production has otherwise
const host = input.text("host", { help: "Where the shop is reached" });
const replicas = input.number("replicas", { default: 1, min: 1, max: 20, help: "Pods of the shop" });
const logLevel = input.choice("logLevel", ["debug", "info", "warning"], {
  default: "info",
  env: "SHOP_LOG_LEVEL",
  help: "How much the shop writes",
});
const isPublic = input.boolean("public", { default: false, help: "Whether it is reached from outside" });

// Values are fetched or made by whoever runs `infra up`. The bundle says from where, and never what.
const login = secret("shop", {
  database: fromEnv("SHOP_DATABASE_PASSWORD"),
  payment: fromAge("./payment.age"),
  mail: fromCommand("pass", "show", "shop/mail"),
  session: generated({ length: 48 }),
});
const settings = configMap("shop", { LOG_LEVEL: logLevel, HOST: host });

const shop = deployment("shop", {
  replicas,
  containers: {
    shop: {
      image: "registry.example/shop:7.1",
      ports: { http: 8080 },
      envFrom: [settings],
      env: {
        DATABASE_URL: text`postgres://shop:${login.key("database")}@database.example.org/shop`,
        MAIL_PASSWORD: login.key("mail"),
        SESSION_KEY: login.key("session"),
      },
      mounts: { "/run/secrets/shop": login.files({ payment: "payment" }) },
      readiness: { http: "/ready", port: "http" },
    },
  },
});
const front = service("shop", { to: shop, ports: { 80: "http" } });

// A stack is what its module exports: without an Ingress where nobody is to come from outside.
export const resources = isPublic
  ? [front, ingress("shop", { routes: { [host]: { "/": front.port("http") } } })]
  : [front];
