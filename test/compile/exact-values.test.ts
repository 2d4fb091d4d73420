import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { parse } from "yaml";
import { runCli } from "../support/cli.js";

const program = `
import { autoscaler, disruptionBudget, ingress, service } from "infra";
import { apps, networking } from "infra/kubernetes";

const legacy = apps.v1.Deployment({
  metadata: { name: "legacy" },
  spec: {
    selector: { matchLabels: { app: "legacy" } },
    template: {
      metadata: { labels: { app: "legacy", tier: "web" } },
      spec: { containers: [{ name: "web", image: "web:1", ports: [{ name: "http", containerPort: 8080 }] }] },
    },
  },
});
const front = service("legacy", { to: legacy, ports: { 80: PORT } });
const edge = networking.v1.IngressClass({ metadata: { name: "edge" }, spec: { controller: "example.org/edge" } });
export const entry = ingress("legacy", { class: edge, routes: { "*": { "/": front.port(PORT) } } });
export const budget = disruptionBudget("legacy", { of: legacy, max: 1 });
export const scale = autoscaler("legacy", { of: legacy, max: 4 });
`;

async function compile(port: string, t: { teardown(undo: () => Promise<void>): void }) {
  const work = await mkdtemp(join(tmpdir(), "infra-exact-"));
  t.teardown(() => rm(work, { recursive: true }));
  await writeFile(join(work, "infra.ts"), program.replaceAll("PORT", JSON.stringify(port)));
  const result = await runCli(work, ["compile", "--stack", "exact"]);
  const manifest = async (name: string) => {
    const found = (await readdir(join(work, "infra.out/manifests"))).find((file) => file.endsWith(name));
    return parse(await readFile(join(work, "infra.out/manifests", found ?? ""), "utf8"));
  };
  return { ...result, manifest };
}

test("an exact object is a value: what refers to it finds its pods, ports and name", async (t) => {
  const { code, error, manifest } = await compile("http", t);
  t.is(code, 0, error);
  const service = await manifest("-service-legacy.yaml");
  t.deepEqual(service.spec.selector, { app: "legacy" });
  t.like(service.spec.ports[0], { port: 80, targetPort: "http" });
  const deployment = await manifest("-deployment-legacy.yaml");
  t.is(
    deployment.metadata.labels["infra.dev/stack"],
    "exact",
    "it belongs to the stack by being referred to",
  );
  t.deepEqual((await manifest("-horizontalpodautoscaler-legacy.yaml")).spec.scaleTargetRef, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    name: "legacy",
  });
  t.is((await manifest("-ingress-legacy.yaml")).spec.ingressClassName, "edge");
  t.deepEqual((await manifest("-poddisruptionbudget-legacy.yaml")).spec.selector.matchLabels, {
    app: "legacy",
  });
});

test("a port that an exact object does not open is reported at its place", async (t) => {
  const { code, error } = await compile("htp", t);
  t.is(code, 1);
  t.regex(error, /port-name-unknown.*Deployment "legacy" opens no port named "htp"/);
  t.regex(error, /infra\.ts:15:\d+/);
});
