import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { createHost } from "../../cli/host.js";
import { compile } from "../../compiler/compile.js";
import type { Diagnostic } from "../../compiler/diagnostics/reporter.js";
import type { Position } from "../../compiler/diagnostics/span.js";
import type { TypeDescription } from "../../stdlib/constructs/description.js";
import { description } from "../../stdlib/constructs/generated/description.js";
import { stackFolder } from "../support/stack-folder.js";

/**
 * Whatever is wrong with a field is said where the field stands: each field of each construct, and of what nests in
 * it, is given values that its type takes and Kubernetes may not.
 */
const packageRoot = fileURLToPath(new URL("../../", import.meta.url));

const head = `import * as infra from "infra";
const { claimPerPod, combined, configMap, deployment, downward, emptyDir, generated, hostPath, namespace, secret, service, serviceAccount, volume } = infra;
const settings = configMap("settings", { a: "x" });
const password = secret("password", { a: generated() });
const clerk = serviceAccount("clerk");
const api = deployment("api", { containers: { main: { image: "x:1", ports: { http: 80 } } } });
const front = service("front", { to: api, ports: { 80: "http" } });
`;

/** TypeScript; or a list or an object of it. */
type Code = string | readonly Code[] | { readonly [name: string]: Code };

/** A value with something wrong, and the way to that. */
interface Wrong {
  readonly code: Code;
  readonly path: readonly string[];
}

const words = ["", "A b!", "..", "x".repeat(300)];
const wrongText: { readonly [form: string]: readonly string[] } = {
  AbsolutePath: ["/a:b", "/a/../b"],
  AddressRange: ["10.0.0.0/99", "1:2/3"],
  Cpu: ["0.00001", "99999999999999999999"],
  CronSchedule: ["61 * * * *", "a b c d e"],
  Duration: ["0s", "100h", "99999999999999999999h"],
  ImageName: [" x:1", "A B:c"],
  Memory: ["0Mi", "0.1k", "99999999999999999999T"],
  Percentage: ["0%", "101%", "99999999999%"],
  PodField: ["metadata.labels['a b']"],
  PodFileField: ["metadata.labels['a b']"],
  Port: ["0/UDP", "70000/TCP"],
};
const wrongNumbers = ["-1", "0", "1.5", "1e12"];
const wrongKeys = [...words, "a_b", "a/b", "é", "*"];
const wrongVolumes = [
  'emptyDir({ sizeLimit: "0.1k" })',
  'hostPath("/a/../b")',
  'claimPerPod("A b", { size: "1Gi" })',
  'claimPerPod("data", { size: "0Mi" })',
  'claimPerPod("data", { size: "1Gi", labels: { "a b": "x" } })',
  'settings.files({ "../x": "a" })',
  'password.files({ "..": "a" })',
  "downward.files({ x: \"metadata.labels['a b']\" })",
  'combined(clerk.token({ expires: "1s" }), settings.files({ "../x": "a" }))',
  'volume({ nfs: { server: "", path: "x" } })',
  "volume({})",
];

/** What is right of each type of objects, for a wrong field to stand in. */
const container = { image: '"x:1"', ports: { http: "80" } };
const pod = { containers: { main: container } };
const sound: { readonly [type: string]: { readonly [field: string]: Code } } = {
  AutoscalerSpec: { of: "api", max: "3" },
  CalledPorts: { of: "api", ports: ["80"] },
  CallerPorts: { of: "api", ports: ["80"] },
  ClaimSpec: { size: '"1Gi"' },
  Container: container,
  ContainerOptions: { image: '"x:1"' },
  CronJobSpec: { ...pod, schedule: '"@daily"' },
  DaemonSetSpec: pod,
  DeploymentSpec: pod,
  DisruptionBudgetSpec: { of: "api", min: "1" },
  ExternalServiceSpec: { external: '"a.example"' },
  Hook: { http: '"/"', port: '"http"' },
  IngressSpec: { default: 'front.port("http")' },
  JobSpec: pod,
  Mount: { from: "emptyDir()" },
  NamedPermission: { verbs: ['"get"'], only: ['"a"'] },
  NetworkPolicySpec: { of: "api", from: ["api"], to: ["api"] },
  PeerPods: { pods: { a: '"b"' } },
  PodSpec: pod,
  PrefixedSource: { prefix: '"A_"', from: "settings" },
  PriorityClassSpec: { value: "1" },
  Probe: { http: '"/"', port: '"http"' },
  Route: { to: 'front.port("http")' },
  ServiceSpec: { to: "api", ports: { 80: '"http"' } },
  StatefulSetSpec: pod,
  Taint: { key: '"a"', effect: '"NoSchedule"' },
};
const soundValues: { readonly [name: string]: Code } = {
  ...{ AbsolutePath: '"/a"', AddressRange: '"10.0.0.0/8"', Backend: 'front.port("http")', Port: "80" },
  ...{ ConfigMap: "settings", Secret: "password", SecretProvider: "generated()" },
  ...{ Volume: "emptyDir()", Workload: "api" },
};
/** Keys of maps that are not of any name. */
const soundKeys: { readonly [field: string]: string } = {
  ...{ containers: "main", env: "A", hostAliases: "10.0.0.1", may: "pods", mayEverywhere: "pods" },
  ...{
    "/": "/a",
    mounts: "/a",
    nodePorts: "http",
    portNames: "http",
    ports: "80",
    routes: "a.example",
    tls: "a.example",
  },
};
/** Of which an object has one. */
const rivals = ["http", "tcp", "grpc", "exec", "sleep"];
/** What is said of more than the one field, or of what its value asks for beside it. */
const elsewhere: readonly (readonly [field: RegExp, said: RegExp])[] = [
  [/^autoscaler\.min$/, /spec\.maxReplicas: .* greater than or equal to `minReplicas`/],
  [/^secret\.type$/, /has no key/],
  [/\.dns\.policy$/, /dnsConfig: Required value: must provide/],
  [/\.in$/, /cannot use .*, which is in namespace "default"/],
  [/\.defaults$/, /empty selector/],
];
/** Written in more than one construct the same way: it is enough in some, whose pods stand elsewhere. */
const lists = ["containers", "init", "sidecars"];
const listsIn: { readonly [type: string]: readonly string[] } = {
  ...{
    DeploymentSpec: lists,
    CronJobSpec: ["sidecars"],
    PodSpec: ["containers"],
    StatefulSetSpec: ["containers"],
  },
  ...{ DaemonSetSpec: [], JobSpec: [] },
};

function* wrongOf(type: TypeDescription, field: string): Generator<Wrong> {
  switch (type.kind) {
    case "text":
      for (const text of words) yield { code: JSON.stringify(text), path: [] };
      return;
    case "number":
      for (const code of wrongNumbers) yield { code, path: [] };
      return;
    case "form":
      for (const text of wrongText[type.name] ?? []) yield { code: JSON.stringify(text), path: [] };
      return;
    case "boolean":
      yield { code: "true", path: [] };
      return;
    case "literal":
      yield { code: JSON.stringify(type.value), path: [] };
      return;
    case "value":
      if (type.name === "Volume") for (const code of wrongVolumes) yield { code, path: [] };
      return;
    case "object":
      yield* wrongIn(type.name);
      return;
    case "union":
      for (const one of type.of) yield* wrongOf(one, field);
      return;
    case "list": {
      // Only an object in a list has a place of its own.
      for (const { code, path } of wrongOf(type.of, field))
        yield { code: [code], path: path.length === 0 ? [] : ["0", ...path] };
      const item = soundOf(type.of);
      if (item !== undefined) for (const code of [[], [item, item]]) yield { code, path: [] };
      return;
    }
    case "map": {
      const key = soundKeys[field] ?? "a";
      for (const { code, path } of wrongOf(type.of, "/"))
        yield { code: { [key]: code }, path: [key, ...path] };
      const member = soundOf(type.of);
      if (member !== undefined) for (const key of wrongKeys) yield { code: { [key]: member }, path: [key] };
      return;
    }
  }
}

function* wrongIn(typeName: string): Generator<Wrong> {
  for (const [field, { type }] of Object.entries(description.types[typeName]?.fields ?? {})) {
    if (field === "patch" || (lists.includes(field) && listsIn[typeName]?.includes(field) === false))
      continue;
    const others = rivals.includes(field) ? rivals.filter((name) => name !== field) : [];
    if (others.includes("http")) others.push("port");
    if (typeName === "DisruptionBudgetSpec" && field === "max") others.push("min");
    const around = Object.fromEntries(
      Object.entries(sound[typeName] ?? {}).filter(([name]) => !others.includes(name)),
    );
    for (const { code, path } of wrongOf(type, field))
      yield { code: { ...around, [field]: code }, path: [field, ...path] };
  }
}

function soundOf(type: TypeDescription): Code | undefined {
  switch (type.kind) {
    case "text":
      return '"http"';
    case "number":
      return "1";
    case "literal":
      return JSON.stringify(type.value);
    case "form":
    case "value":
      return soundValues[type.name];
    case "object":
      return sound[type.name];
    case "list":
    case "map": {
      const one = soundOf(type.of);
      return one === undefined ? undefined : type.kind === "list" ? [one] : { "/": one };
    }
    case "union":
      return type.of.map(soundOf).find((one) => one !== undefined);
    default:
      return undefined;
  }
}

/** A program, with a line for each member of what it makes. */
class Program {
  text = head;
  #line = head.split("\n").length;
  #column = 1;

  get position(): Position {
    return { line: this.#line, column: this.#column };
  }

  write(code: string): void {
    this.text += code;
    const lines = code.split("\n");
    this.#line += lines.length - 1;
    this.#column = (lines.length > 1 ? 1 : this.#column) + (lines.at(-1) as string).length;
  }

  /** @returns where the member at the end of the path stands, with its key. */
  print(code: Code, [step, ...path]: readonly string[]): readonly [from: Position, to: Position] {
    const from = this.position;
    let within: readonly [Position, Position] | undefined;
    if (typeof code === "string") this.write(code);
    else {
      const isList = Array.isArray(code);
      this.write(isList ? "[\n" : "{\n");
      for (const [name, member] of Object.entries(code)) {
        const start = this.position;
        if (!isList) this.write(`${JSON.stringify(name)}: `);
        const [inner, to] = this.print(member, name === step ? path : []);
        if (name === step) within = [path.length === 0 ? start : inner, to];
        this.write(",\n");
      }
      this.write(isList ? "]" : "}");
    }
    return within ?? [from, this.position];
  }
}

/** One construct with one wrong field. */
interface Case {
  readonly field: string;
  /** Its lines, and where the field stands. */
  readonly lines: readonly [first: number, last: number];
  readonly at: readonly [from: Position, to: Position];
}

function printAll(program: Program, construct: string): readonly Case[] {
  const cases: Case[] = [];
  const { options, spec } = description.constructs[construct] ?? {};
  const data = construct === "secret" ? "{ a: generated() }" : '{ a: "x" }';
  for (const [type, before] of [[spec, ""] as const, [options, `${data}, `] as const])
    for (const { code, path } of type === undefined ? [] : wrongOf(type, construct)) {
      const name = `r${cases.length}`;
      program.write(`export const ${name} = infra.${construct}("${name}", ${before}`);
      const first = program.position.line;
      const at = program.print(code, path);
      cases.push({ field: [construct, ...path].join("."), lines: [first, program.position.line], at });
      program.write(" as never);\n");
    }
  return cases;
}

function isWithin({ line, column }: Position, [from, to]: readonly [Position, Position]): boolean {
  const isAfter = line > from.line || (line === from.line && column >= from.column);
  return isAfter && (line < to.line || (line === to.line && column < to.column));
}

for (const construct of Object.keys(description.constructs)) {
  if (construct === "image") continue; // becomes no object
  test(`what is wrong with a field is said where the field stands: ${construct}`, async (t) => {
    const program = new Program();
    const cases = printAll(program, construct);
    const folder = await stackFolder(t, { "infra.ts": program.text });
    const { diagnostics } = await compile(createHost(packageRoot, join(folder, "cache")), {
      entry: join(folder, "infra.ts"),
      output: join(folder, "infra.out"),
      stack: "places",
      namespace: "default",
      set: {},
      check: false,
      version: "0.0.0",
    });
    const misplaced: string[] = [];
    const placed = new Set<string>();
    for (const { message, span, severity } of diagnostics.filter(isOfField)) {
      const start = span?.start ?? { line: 0, column: 0 };
      const of = cases.find(({ lines: [first, last] }) => start.line >= first && start.line <= last);
      const field = of?.field ?? "-";
      if (of !== undefined && isWithin(start, of.at)) placed.add(field);
      else if (!elsewhere.some(([path, said]) => path.test(field) && said.test(message)))
        misplaced.push(`${severity} ${field} ${start.line - (of?.lines[0] ?? 0)}:${start.column} ${message}`);
    }
    t.deepEqual(misplaced, []);
    t.true(placed.size > 0);
  });
}

/** Warnings weigh the whole of an object. */
function isOfField({ severity }: Diagnostic): boolean {
  return severity === "error";
}
