import type { TypeDescription } from "../../stdlib/constructs/description.js";
import { description } from "../../stdlib/constructs/generated/description.js";
import { nearest } from "../diagnostics/row.js";
import type { Authored, Model, Resource } from "../model/authored.js";
import { meantAmount, meantNumber } from "./meant-amount.js";

/** What is written under a field, where something of another shape was. */
const shapes: { readonly [field: string]: string } = {
  afterStart: '{ exec: ["/app/warm-up"] }',
  beforeStop: '{ exec: ["/app/drain"] }',
  containers: '{ web: { image: "shop:1" } }, by name',
  copy: '{ "/app": "./app" }, by the path in the image',
  env: '{ MODE: "fast" }, by name',
  expose: "{ http: 80 }, by name",
  init: '{ migrate: { image: "shop:1" } }, by name',
  labels: '{ team: "shop" }',
  liveness: '{ http: "/healthz", port: "http" }',
  mounts: '{ "/data": emptyDir() }, by the path in the container',
  nodes: '{ disk: "ssd" }',
  placement: '{ nodes: { disk: "ssd" } }',
  ports: "{ http: 80 }, by name",
  readiness: '{ http: "/healthz", port: "http" }',
  resources: '{ cpu: "100m", memory: "64Mi" }',
  routes: '{ "shop.example": { "/": front.port("http") } }',
  selector: '{ app: "web" }, the labels themselves',
  sidecars: '{ log: { image: "shop:1" } }, by name',
  startup: '{ http: "/healthz", port: "http" }',
  strategy: "{ surge: 1, unavailable: 0 }",
};

/**
 * What would fit where a value of another type stands: a key of the ConfigMap, the text with its unit, the map instead
 * of the list. Undefined where nothing is near.
 * @param path - of the value: what stands there by its field.
 * @param ofService - whether the value is a Service's, whose ports are told otherwise.
 */
export function meantValue(
  model: Model,
  type: TypeDescription,
  written: Authored,
  path: string,
  ofService: boolean,
): string | undefined {
  const parts = partsOf(type);
  const resource = written.resource === undefined ? undefined : model.resources[written.resource];
  if (resource !== undefined) return partOfResource(resource, parts);
  if (written.reference !== undefined)
    return takes(parts, "ConfigMap") && "of" in written.reference
      ? "the ConfigMap or Secret itself, without what follows its name"
      : /^routes\.[^/]+$/.test(path)
        ? 'by its path: { "/": front.port("http") }'
        : undefined;
  const { value } = written;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return meantLiteral(type, value, path, ofService, model);
  const [last = "", parent = ""] = stepsUp(path);
  const isMap = parts.some(({ kind }) => kind === "map" || kind === "object");
  if (Array.isArray(value) && isMap)
    return last === "ports" && ofService
      ? '{ 80: "http" }, the port to the name of the container\'s'
      : shapes[last];
  if (value === null) return "leave it out";
  if (!written.isObject) return undefined;
  if (/^(data|stringData|binaryData)$/.test(path))
    return `its keys stand here themselves, without "${path}" around them`;
  if (takes(parts, "TextReference")) return fromVariable(written);
  if (last === "matchLabels") return shapes["selector"];
  return parent === "command" || last === "command" ? '["/app/server", "--verbose"]' : undefined;
}

/** The same of a value that is written out; without a model, of those that need no other value. */
export function meantLiteral(
  type: TypeDescription,
  value: string | number | boolean,
  path: string,
  ofService: boolean,
  model?: Model,
): string | undefined {
  const parts = partsOf(type);
  const [last = "", parent = ""] = stepsUp(path);
  if (typeof value === "string") return fromText(model, value, parts, last);
  if (typeof value === "number") return portMeant(value, last, parent, ofService) ?? fromNumber(value, parts);
  return accepts(parts, "text") ? `in quotes: "${value}"` : undefined;
}

/** Names on the way to a value, its own first. */
function stepsUp(path: string): readonly string[] {
  return path
    .replace(/\[\d+\]$/, "")
    .split(".")
    .reverse();
}

function partsOf(type: TypeDescription): readonly TypeDescription[] {
  return type.kind === "union" ? type.of.flatMap(partsOf) : [type];
}

function accepts(parts: readonly TypeDescription[], kind: TypeDescription["kind"]): boolean {
  return parts.some((part) => part.kind === kind);
}

function takes(parts: readonly TypeDescription[], value: string): boolean {
  return parts.some((part) => part.kind === "value" && part.name === value);
}

/** What of a resource fits, where the resource itself does not. */
function partOfResource(
  { construct, spec, title }: Resource,
  parts: readonly TypeDescription[],
): string | undefined {
  const [key] = spec.entries().map(([name]) => name);
  const [port] = (spec.get("ports")?.entries() ?? []).flatMap(([, { text }]) =>
    text === undefined ? [] : [text],
  );
  if (construct === "configMap" || construct === "secret") {
    if (takes(parts, "TextReference") && key !== undefined) return `one key of ${title}: add .key("${key}")`;
    if (takes(parts, "Volume")) return `its keys as files: add .files()`;
  }
  if (construct === "service" && port !== undefined) {
    if (takes(parts, "Backend")) return `one port of ${title}: add .port("${port}")`;
    if (takes(parts, "TextReference"))
      return `its host and port: add .address("${port}"); the host alone: .host`;
  }
  return undefined;
}

function fromText(
  model: Model | undefined,
  text: string,
  parts: readonly TypeDescription[],
  field: string,
): string | undefined {
  const literals = parts.flatMap((part) =>
    part.kind === "literal" && typeof part.value === "string" ? [part.value] : [],
  );
  const literal = nearest(text, literals);
  if (literal !== undefined) return `did you mean "${literal}"?`;
  if (parts.some((part) => part.kind === "form" && part.name === "ImageName"))
    return /^[\w./-]+$/.test(text) ? `with the tag that says which: "${text}:1.2.3"` : undefined;
  for (const part of parts) {
    const found =
      part.kind === "value"
        ? model && valueNamed(model, text, part.name)
        : part.kind === "form"
          ? withForm(text, part.name)
          : undefined;
    if (found !== undefined) return found;
    if (part.kind === "number" && /^-?\d+(\.\d+)?$/.test(text)) return `without quotes: ${text}`;
    if (part.kind === "boolean" && /^(true|false)$/i.test(text))
      return `without quotes: ${text.toLowerCase()}`;
    if (part.kind === "list" && part.of.kind === "text")
      return `one text for each word: [${text
        .split(/\s+/)
        .map((word) => `"${word}"`)
        .join(", ")}]`;
  }
  return accepts(parts, "map") || accepts(parts, "object") ? shapes[field] : undefined;
}

/** A name where the value itself is meant. */
function valueNamed(model: Model, name: string, value: string): string | undefined {
  const makers = Object.entries(description.constructs).filter(([, one]) => one.value === value);
  const made = model.resources.find(
    (one) => one.name === name && makers.some(([construct]) => construct === one.construct),
  );
  if (made !== undefined) return `the ${made.construct} itself, not its name`;
  if (value === "Volume")
    return name.startsWith("/")
      ? `a path of the node: hostPath("${name}")`
      : "emptyDir(), a claim, or files() of a ConfigMap";
  const [maker] = makers.map(([construct]) => construct);
  return maker === undefined || makers.length > 1 || !/^[a-z0-9-]+$/.test(name)
    ? undefined
    : `the value itself: const it = ${maker}("${name}", { … })`;
}

function withForm(text: string, form: string): string | undefined {
  const amount = meantAmount(text, form);
  if (amount !== undefined) return amount;
  if (form === "Port") return /^\d+$/.test(text) ? `without quotes: ${text}` : undefined;
  if (/^\d+$/.test(text)) return fromNumber(Number(text), [{ kind: "form", name: form }]);
  if (/^[\w.-][\w./-]*$/.test(text)) {
    if (form === "AbsolutePath") return `write "/${text.replace(/^\.\//, "")}"`;
    if (form === "RelativePath") return `write "./${text}"`;
  }
  return undefined;
}

function fromNumber(value: number, parts: readonly TypeDescription[]): string | undefined {
  for (const part of parts) {
    if (part.kind === "text") return `in quotes: "${value}"`;
    const found = part.kind === "form" ? meantNumber(value, part.name) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A number where a port is meant by its name. */
function portMeant(value: number, field: string, around: string, ofService: boolean): string | undefined {
  if (ofService && around === "ports" && !/^\d+$/.test(field))
    return `the number first: { ${value}: "${field}" }`;
  const isPort = ["port", "tcp", "grpc"].includes(field) || (ofService && around === "ports");
  return isPort ? 'the port by its name, as the container gives it: "http"' : undefined;
}

/** A variable as Kubernetes writes it: an object with a value, or with where it comes from. */
function fromVariable(written: Authored): string | undefined {
  const from = written.get("valueFrom") ?? written;
  const of = (name: string) => from.get(name);
  const secret = of("secretKeyRef");
  if (secret !== undefined) return `a key of a secret: login.key("${secret.get("key")?.text ?? "password"}")`;
  const config = of("configMapKeyRef");
  if (config !== undefined)
    return `a key of a ConfigMap: settings.key("${config.get("key")?.text ?? "mode"}")`;
  const fact = of("fieldRef");
  if (fact !== undefined)
    return `a fact of the pod: downward("${fact.get("fieldPath")?.text ?? "metadata.name"}")`;
  return of("value") === undefined ? undefined : "the value itself, without an object around it";
}
