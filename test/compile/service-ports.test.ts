import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { parse } from "yaml";
import type { ServicePort } from "../../stdlib/kubernetes/generated/core-v1.js";
import { findings } from "../support/findings.js";

const names = test.macro({
  title: (_, spec = "") => spec,
  async exec(t: ExecutionContext, spec: string, expected: readonly string[]) {
    const { lines, work } = await findings(
      t,
      `import { deployment, service } from "infra";
const ports = { http: 8080, "http-81": 8081, "90": 90, "91": 91 };
const to = deployment("a", { containers: { a: { image: "x:1", ports } } });
export const front = service("front", { to, ${spec} });
`,
    );
    t.deepEqual(lines, []);
    const text = await readFile(join(work, "infra.out/manifests/01-service-front.yaml"), "utf8");
    t.deepEqual(
      (parse(text).spec.ports as ServicePort[]).map(
        ({ name, nodePort, port, targetPort }) =>
          `${port} ${name ?? "-"} to ${targetPort}${nodePort === undefined ? "" : ` at ${nodePort}`}`,
      ),
      expected,
    );
  },
});

test(names, 'ports: { 80: "http", 8080: "http" }', ["80 http to http", "8080 http-8080 to http"]);
test(names, 'ports: { 80: "http", 81: "http", 82: "http-81" }', [
  ...["80 http to http", "81 http-81-1 to http", "82 http-81 to http-81"],
]);
test(names, 'ports: { 80: "http", 81: "http" }, portNames: { http: "web" }, nodePorts: { http: 30080 }', [
  ...["80 web to http at 30080", "81 web-81 to http"],
]);
test(names, 'ports: { 80: "90" }', ["80 - to 90"]);
test(names, 'ports: { 80: "90", 81: "91" }', ["80 port-80 to 90", "81 port-81 to 91"]);
