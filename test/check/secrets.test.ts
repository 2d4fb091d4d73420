import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { findings } from "../support/findings.js";

test("what the API refuses of a Secret is found at the name, key, label or option that it is about", async (t) => {
  const { diagnostics, lines } = await findings(
    t,
    `import { generated, secret } from "infra";
export const a = secret("A_b", { "x y": generated() });
export const b = secret("b", { x: generated() }, { labels: { "bad key!": "bad value!" }, annotations: { "bad!": "x" } });
export const c = secret("c", { ".dockerconfigjson": generated() }, { type: "kubernetes.io/dockerconfigjson" });
export const d = secret("d", { x: generated() }, { type: "kubernetes.io/service-account-token" });
export const e = secret("e", { x: generated({ length: 1048576 }), y: generated({ length: 1 }) });
export const good = [
  secret("f", { x: generated({ length: 1048576 }) }, { labels: { a: "b" } }),
  secret("g", { x: generated() }, { type: "kubernetes.io/service-account-token", annotations: { "kubernetes.io/service-account.name": "clerk" } }),
];
`,
  );
  t.deepEqual(
    lines.map((line) => line.replace(/: (a|name part|must consist) .*$/, "")),
    [
      '2:18 name-invalid: secret "A_b": Invalid value: "A_b"',
      '2:34 field-invalid: secret "A_b": data[x y]: Invalid value: "x y"',
      '3:62 field-invalid: secret "b": metadata.labels: Invalid value: "bad key!"',
      '3:74 field-invalid: secret "b": metadata.labels: Invalid value: "bad value!"',
      '3:105 field-invalid: secret "b": metadata.annotations: Invalid value: "bad!"',
      '4:53 field-invalid: secret "c": data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": must be JSON',
      '5:58 field-invalid: secret "d": metadata.annotations[kubernetes.io/service-account.name]: Required value',
      '6:30 field-invalid: secret "e": data: must have at most 1048576 bytes',
    ],
  );
  t.true(diagnostics.every(({ severity }) => severity === "error"));
});

test("a Secret has the keys of its type; its type is shown", async (t) => {
  const { diagnostics, lines } = await findings(
    t,
    `import { fromEnv, generated, secret } from "infra";
const x = generated();
export const bad = [
  secret("a", { x }, { type: "kubernetes.io/tls" }),
  secret("b", { x }, { type: "kubernetes.io/basic-auth" }),
  secret("c", { x }, { type: "kubernetes.io/ssh-auth" }),
  secret("d", { x }, { type: "kubernetes.io/dockerconfigjson" }),
];
export const good = [
  secret("e", { "tls.crt": x, "tls.key": x }, { type: "kubernetes.io/tls" }),
  secret("f", { password: x }, { type: "kubernetes.io/basic-auth" }),
  secret("g", { ".dockerconfigjson": fromEnv("DOCKER") }, { type: "kubernetes.io/dockerconfigjson" }),
];
`,
  );
  t.deepEqual(lines, [
    '4:15 config-key-unknown: secret "a" has no key "tls.crt"',
    '4:15 config-key-unknown: secret "a" has no key "tls.key"',
    '5:15 config-key-unknown: secret "b" has no key "username"',
    '6:15 config-key-unknown: secret "c" has no key "ssh-privatekey"',
    '7:15 config-key-unknown: secret "d" has no key ".dockerconfigjson"',
  ]);
  t.deepEqual(
    diagnostics.map(
      ({ related: [first] }) => `${first?.span.start.line}:${first?.span.start.column} ${first?.note}`,
    ),
    [
      ...["4:30 of a type that needs it", "4:30 of a type that needs it"],
      "5:30 of a type that needs a username or a password",
      ...["6:30 of a type that needs it", "7:30 of a type that needs it"],
    ],
  );
});

test("a generated value has a length that can be made", async (t) => {
  const { lines } = await findings(
    t,
    `import { generated, secret } from "infra";
export const a = secret("a", {
  a: generated({ length: -4 }),
  b: generated({ length: 1e9 }),
  c: generated({ length: 1.5 }),
  d: generated({ length: "9" as never }),
  e: generated({ length: 1 }),
});
`,
  );
  const expected = (key: string) =>
    `field-type: secret "a": "${key}.length" must be a whole number of letters and digits, 1 to 1048576`;
  t.deepEqual(lines, [
    `3:26 ${expected("a")}`,
    `4:26 ${expected("b")}`,
    `5:26 ${expected("c")}`,
    `6:26 ${expected("d")}`,
  ]);
});

test("an Ingress takes its certificate from a Secret that has one", async (t) => {
  const { diagnostics, lines } = await findings(
    t,
    `import { deployment, generated, ingress, secret, service } from "infra";
import { core, networking } from "infra/kubernetes";
export const api = deployment("api", { containers: { a: { image: "x:1", ports: { http: 80 } } } });
export const front = service("api", { to: api, ports: { 80: "http" } });
export const cert = secret("cert", { cert: generated() });
export const half = core.v1.Secret({ metadata: { name: "half" }, stringData: { "tls.crt": "a" } });
export const whole = secret("whole", { "tls.crt": generated(), "tls.key": generated() });
const routes = { "a.example": { "/": front.port("http") } };
export const a = ingress("a", { routes, tls: { "a.example": cert } });
export const b = networking.v1.Ingress({ metadata: { name: "b" }, spec: { rules: [{ host: "b.example" }],
  tls: [{ hosts: ["b.example"], secretName: "half" }] } });
export const good = ["whole", "elsewhere"].map((name) => ingress(name, { routes: { [name]: routes["a.example"] }, tls: { [name]: name } }));
`,
  );
  t.deepEqual(lines, [
    '9:61 config-key-unknown: secret "cert" has no key "tls.crt"',
    '9:61 config-key-unknown: secret "cert" has no key "tls.key"',
    '11:45 config-key-unknown: Secret "half" has no key "tls.key"',
  ]);
  t.deepEqual(
    diagnostics.map(({ related }) => related.map(({ span }) => span.start.line)),
    [[5], [5], [6]],
  );
});

test("what is said of a secret itself is in its declaration", async (t) => {
  const { lines, work } = await findings(
    t,
    `import { generated, secret } from "infra";
export const a = secret("a", { x: generated() }, { annotations: { team: "shop" }, labels: { tier: "data" } });
`,
  );
  t.deepEqual(lines, []);
  const { secrets } = JSON.parse(await readFile(join(work, "infra.out", "secrets.json"), "utf8"));
  t.deepEqual(secrets[0].annotations, { team: "shop" });
  t.is(secrets[0].labels.tier, "data");
});
