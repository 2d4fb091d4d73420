import type { ObjectDescription, TypeDescription } from "../../stdlib/constructs/description.js";
import { description } from "../../stdlib/constructs/generated/description.js";
import type { ValueReference } from "../../stdlib/constructs/graph.js";
import type { Reporter } from "../diagnostics/reporter.js";
import { spanOver } from "../diagnostics/span.js";
import type { Authored, Model, Resource } from "../model/authored.js";
import { insteadOf } from "./kubernetes-words.js";
import { meantValue } from "./meant-value.js";

/** What text of each form looks like, and the words for it. */
export const forms: {
  readonly [name: string]: {
    readonly pattern: RegExp;
    /** Where text has to look otherwise than a number. */
    readonly text?: RegExp;
    readonly words: string;
  };
} = {
  AbsolutePath: { pattern: /^\//, words: 'an absolute path such as "/app"' },
  AddressRange: { pattern: /^[0-9a-f.:]+\/\d+$/i, words: 'a range of addresses such as "10.0.0.0/8"' },
  Cpu: { pattern: /^\d+(\.\d+)?m?$/, words: 'cores such as "250m" or 2' },
  CronSchedule: {
    pattern: /^(\S+ +\S+ +\S+ +\S+ +\S+|@(yearly|annually|monthly|weekly|daily|midnight|hourly)|@every \S+)$/,
    words: 'a schedule such as "15 3 * * *" or "@daily"',
  },
  Duration: { pattern: /^\d+(\.\d+)?[smh]$/, words: 'a duration such as "5s"' },
  ImageName: { pattern: /^.+:.+$/, words: 'an image with its tag, such as "registry.example/shop:3"' },
  Memory: { pattern: /^\d+(\.\d+)?([KMGT]i|[kMGT])$/, words: 'bytes such as "64Mi"' },
  Percentage: { pattern: /^\d+(\.\d+)?%$/, words: 'a percentage such as "80%"' },
  PodField: {
    pattern:
      /^(metadata\.(name|namespace|uid)|metadata\.(labels|annotations)\['.+'\]|spec\.(nodeName|serviceAccountName)|status\.(podIPs?|hostIPs?))$/,
    words: 'a fact of the pod such as "status.podIP"',
  },
  PodFileField: {
    pattern: /^metadata\.(name|namespace|uid|labels|annotations|(labels|annotations)\['.+'\])$/,
    words: 'a fact of the pod such as "metadata.labels"',
  },
  Port: { pattern: /^\d+$/, text: /^\d+\/(TCP|UDP|SCTP)$/, words: 'a port such as 8080 or "53/UDP"' },
  RelativePath: { pattern: /^\.\//, words: 'a path beside the stack such as "./src"' },
};

/** What each typed reference is a value of. */
const valueOfReference: { readonly [K in ValueReference["kind"]]: string } = {
  claimPerPod: "Volume",
  combined: "Volume",
  configFiles: "Volume",
  configKey: "TextReference",
  debian: "ImageBase",
  downward: "TextReference",
  downwardFiles: "Volume",
  emptyDir: "Volume",
  exactVariable: "TextReference",
  exactVolume: "Volume",
  file: "FileContents",
  hostPath: "Volume",
  podHost: "TextReference",
  provider: "SecretProvider",
  scratch: "ImageBase",
  secretFiles: "Volume",
  secretKey: "SecretRef",
  serviceAddress: "TextReference",
  serviceHost: "TextReference",
  servicePort: "Backend",
  text: "TextReference",
  token: "Volume",
};

/** A value that is one of another too. */
export const isAlso: { readonly [value: string]: string } = { Claim: "Volume", StatefulSet: "Workload" };

const valueWords: { readonly [value: string]: string } = {
  Backend: 'a port of a Service, front.port("http")',
  ConfigMap: "a ConfigMap",
  Exact: "an exact Kubernetes object",
  FileContents: 'file("./…")',
  Image: "an image",
  ImageBase: "debian(…), scratch()",
  Namespace: "a namespace",
  PriorityClass: "a priority class",
  Secret: "a Secret",
  SecretProvider: 'a provider, such as generated() or fromEnv("NAME")',
  SecretRef: "a secret's key",
  ServiceAccount: "a service account",
  TextReference: "a reference",
  Volume: "a volume",
  Workload: "a workload of this stack",
};

/** Holds what an author wrote against the declarations of the stdlib, as the type checker does for those who let it. */
export function checkWritten(model: Model, resource: Resource, reporter: Reporter): void {
  const construct = description.constructs[resource.construct];
  if (construct === undefined) return reportLeaks(model, resource.title, resource.spec, "", reporter);
  const { call, name, spec } = resource;
  if (!spec.isObject) {
    reporter.report("arguments-wrong", call, { construct: resource.construct, name }, [], call);
    return;
  }
  const checker = new Checker(model, resource.title, reporter);
  checker.check(construct.spec, resource.spec, "");
  if (construct.options !== undefined && resource.options !== undefined)
    checker.check(construct.options, resource.options, "options");
}

/**
 * A secret where everybody may read it: said with its way there.
 *
 * @returns false when the value is no secret.
 */
function reportLeak(model: Model, written: Authored, where: string, reporter: Reporter): boolean {
  const key = secretKeyIn(written.value);
  if (key === undefined) return false;
  const secret = model.resources[key.of];
  const taken = model.locator.call(key.call);
  reporter.report(
    "secret-leaked",
    written.span,
    { what: `${secret?.title ?? "a secret"}, key "${key.key}",`, where },
    [
      ...(secret?.call === undefined ? [] : [{ span: secret.call, note: "the secret is made here" }]),
      ...(taken === undefined ? [] : [{ span: taken, note: "its key is taken here" }]),
    ],
  );
  return true;
}

/** Exact objects, and patches, hold no typed references: a secret in one is there to be read. */
function reportLeaks(model: Model, title: string, written: Authored, path: string, reporter: Reporter): void {
  if (written.reference !== undefined) reportLeak(model, written, `in ${title}, "${path}"`, reporter);
  else {
    for (const [name, member] of written.entries())
      reportLeaks(model, title, member, join(path, name), reporter);
    for (const [index, item] of written.items().entries())
      reportLeaks(model, title, item, `${path}[${index}]`, reporter);
  }
}

type SecretKey = Extract<ValueReference, { kind: "secretKey" }>;

/** A secret's key, by itself or within a text. */
function secretKeyIn(value: unknown): SecretKey | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { "@value": reference } = value as { readonly "@value"?: { readonly kind?: string } };
  if (reference?.kind === "secretKey") return reference as SecretKey;
  for (const member of Object.values(value)) {
    const found = secretKeyIn(member);
    if (found !== undefined) return found;
  }
  return undefined;
}

class Checker {
  readonly #model: Model;
  readonly #title: string;
  readonly #reporter: Reporter;

  constructor(model: Model, title: string, reporter: Reporter) {
    this.#model = model;
    this.#title = title;
    this.#reporter = reporter;
  }

  check(type: TypeDescription, written: Authored, path: string): void {
    if (type.kind === "object" && written.isObject) return this.#object(type.name, written, path);
    if (type.kind === "map" && written.isObject) {
      for (const [name, member] of written.entries()) this.check(type.of, member, join(path, name));
      return;
    }
    if (type.kind === "list" && Array.isArray(written.value)) {
      for (const [index, item] of written.items().entries()) this.check(type.of, item, `${path}[${index}]`);
      return;
    }
    if (type.kind === "union" && !type.of.some((part) => this.#fits(part, written))) {
      const within = this.#partOf(type.of, written);
      if (within !== undefined) return this.check(within, written, path);
    } else if (this.#fits(type, written)) {
      if (type.kind === "patch") reportLeaks(this.#model, this.#title, written, path, this.#reporter);
      const part = type.kind === "union" ? this.#partOf(type.of, written) : undefined;
      if (part !== undefined) this.check(part, written, path);
      return;
    }
    if (reportLeak(this.#model, written, `in ${this.#title}, "${path}"`, this.#reporter)) return;
    const { span } = written;
    const instead = meantValue(this.#model, type, written, path, this.#title.startsWith("service "));
    const data = {
      resource: this.#title,
      path,
      expected: words(type),
      ...(instead === undefined ? {} : { instead }),
    };
    this.#reporter.report("field-type", span, data, [], span);
  }

  #object(typeName: string, written: Authored, path: string): void {
    const { fields } = objectType(typeName);
    const known = Object.keys(fields);
    for (const [name, member] of written.entries()) {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (field !== undefined) this.check(field.type, member, join(path, name));
      else this.#unknown(typeName, known, name, member, path);
    }
    for (const name of known) {
      if (fields[name]?.required === true && written.get(name) === undefined)
        this.#reporter.report("field-missing", written.span, {
          resource: this.#title,
          path: join(path, name),
        });
    }
  }

  #unknown(typeName: string, known: readonly string[], name: string, member: Authored, path: string): void {
    const { keySpan, span } = member;
    const instead = insteadOf(typeName, name, keySpan?.file);
    const data = {
      resource: this.#title,
      path: join(path, name),
      known,
      ...(instead === undefined ? {} : { instead }),
    };
    this.#reporter.report("field-unknown", keySpan, data, [], spanOver(keySpan, span));
  }

  /** Of several kinds of objects the one that knows the most of the fields. */
  #partOf(parts: readonly TypeDescription[], written: Authored): TypeDescription | undefined {
    const names = written.entries().map(([name]) => name);
    const known = (part: TypeDescription) =>
      part.kind === "object"
        ? names.filter((name) => Object.hasOwn(objectType(part.name).fields, name)).length
        : 0;
    const [best] = parts
      .filter((part) => this.#isContainer(part, written))
      .sort((a, b) => known(b) - known(a));
    return best;
  }

  /** An object or list whose members have types of their own. */
  #isContainer(type: TypeDescription, written: Authored): boolean {
    if (type.kind === "list") return Array.isArray(written.value);
    return (type.kind === "object" || type.kind === "map") && written.isObject;
  }

  #fits(type: TypeDescription, written: Authored): boolean {
    const { value } = written;
    switch (type.kind) {
      case "any":
        return true;
      case "text":
      case "number":
      case "boolean":
        return typeof value === (type.kind === "text" ? "string" : type.kind);
      case "literal":
        return value === type.value;
      case "form":
        return (typeof value === "string" || typeof value === "number") && hasForm(value, type.name);
      case "value":
        return this.#isValue(type.name, written);
      case "union":
        return type.of.some((part) => this.#fits(part, written));
      case "patch":
        return written.isObject;
      default:
        return this.#isContainer(type, written);
    }
  }

  #isValue(name: string, written: Authored): boolean {
    const { reference, resource } = written;
    if (reference !== undefined) return valueOfReference[reference.kind] === name;
    const made = resource === undefined ? undefined : this.#model.resources[resource];
    if (made === undefined) return false;
    const value = made.construct === "l1" ? "Exact" : description.constructs[made.construct]?.value;
    return value !== undefined && (value === name || isAlso[value] === name);
  }
}

/** Whether text, or a number, looks like one of a form. */
export function hasForm(value: string | number, name: string): boolean {
  const { pattern, text = pattern } = forms[name] ?? {};
  return (typeof value === "string" ? text : pattern)?.test(String(value)) ?? true;
}

function objectType(name: string): ObjectDescription {
  const found = description.types[name];
  if (found === undefined) throw new Error(`the description has no type "${name}"`);
  return found;
}

/** A type as a person says it. */
export function words(type: TypeDescription): string {
  switch (type.kind) {
    case "text":
      return "text";
    case "number":
      return "a number";
    case "boolean":
      return "a boolean";
    case "literal":
      return JSON.stringify(type.value);
    case "form":
      return forms[type.name]?.words ?? type.name;
    case "value":
      return valueWords[type.name] ?? type.name;
    case "list":
      return type.of.kind === "text" ? "a list of texts" : "a list";
    case "union":
      return alternatives([...new Set(type.of.map(words))]);
    default:
      return "an object";
  }
}

function alternatives(all: readonly string[]): string {
  return all.length === 1 ? (all[0] ?? "") : `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`;
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
