import type { Container, ServiceSpec } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { Built } from "../lower/built.js";
import type { Finding } from "./pod-policies.js";
import { podsOf } from "./pods.js";

/** Services whose address answers at their own ports and no others, by `namespace/name`. */
type Services = ReadonlyMap<string, { readonly title: string; readonly ports: ReadonlySet<number> }>;

/** A text of an object that a program reads and that may hold a URL, and where it stands. */
interface Text {
  readonly text: string;
  readonly path: string;
  readonly what: string;
}

/** URLs to Services of the stack at ports that these do not open. */
export function addressFindings(
  all: readonly Built[],
): readonly { readonly built: Built; readonly finding: Finding }[] {
  const services = servicesOf(all);
  if (services.size === 0) return [];
  const findings = (built: Built, { path, text, what }: Text) =>
    closedPorts(text, built.object.metadata.namespace ?? "default", services).map((why) => ({
      built,
      finding: { code: "url-port-unknown" as const, path, what: `${what} has ${why}` },
    }));
  return [
    ...podsOf(all).flatMap(({ built, path, spec }) =>
      (["initContainers", "containers"] as const).flatMap((list) =>
        (spec[list] ?? [])
          .flatMap((container) => textsOf(container, `${path}.${list}[${container.name}]`))
          .flatMap((one) => findings(built, one)),
      ),
    ),
    ...all
      .filter(({ object }) => object.kind === "ConfigMap" && object.apiVersion === "v1")
      .flatMap((built) =>
        Object.entries((built.object["data"] ?? {}) as { readonly [key: string]: unknown })
          .flatMap(([key, text]) =>
            mayHoldUrl(text) ? [{ text, path: `data.${key}`, what: `key "${key}"` }] : [],
          )
          .flatMap((one) => findings(built, one)),
      ),
  ];
}

function textsOf({ args = [], command = [], env = [], name }: Container, at: string): readonly Text[] {
  const what = (by: string) => `container "${name}", by its ${by},`;
  const wordsOf = (field: "args" | "command", words: readonly unknown[]): readonly Text[] =>
    words.flatMap((text, index) =>
      mayHoldUrl(text) ? [{ text, path: `${at}.${field}[${index}]`, what: what(field) }] : [],
    );
  return [
    ...env.flatMap(({ name: variable, value: text }) =>
      mayHoldUrl(text)
        ? [{ text, path: `${at}.env[${variable}].value`, what: what(`variable ${variable}`) }]
        : [],
    ),
    ...wordsOf("args", args),
    ...wordsOf("command", command),
  ];
}

/** Few texts do: of all others neither place nor words are made. */
function mayHoldUrl(text: unknown): text is string {
  return typeof text === "string" && text.includes("://");
}

/** A headless one leads to its pods, an external one elsewhere: at whatever port is asked for. */
function servicesOf(all: readonly Built[]): Services {
  const services = new Map<string, { title: string; ports: ReadonlySet<number> }>();
  for (const { object, title } of all) {
    if (object.kind !== "Service" || object.apiVersion !== "v1") continue;
    const { clusterIP, ports = [], type } = (object["spec"] ?? {}) as Partial<ServiceSpec>;
    const { name, namespace = "default" } = object.metadata;
    if (clusterIP !== "None" && type !== "ExternalName" && ports.length > 0)
      services.set(`${namespace}/${name}`, { title, ports: new Set(ports.map(({ port }) => port)) });
  }
  return services;
}

/**
 * Scheme, host and port; not where what follows is still to be filled in, as in `http://web:$(PORT)`. Bounded, since a
 * ConfigMap can be a megabyte.
 */
const url =
  /(?<![\w+.-])([a-z][a-z\d+.-]{0,20}):\/\/(?:[^\s/@]{0,200}@)?([a-z\d][a-z\d.-]{0,252})(?::(\d{1,5}))?(?![\w:$({<%.-])/gi;

/** Source: WHATWG URL, "Special schemes". */
const portOfScheme: { readonly [scheme: string]: number } = { http: 80, https: 443, ws: 80, wss: 443 };

/** These name images, `oci://web:1`, whose tag is no port. */
const schemesOfImages: ReadonlySet<string> = new Set(["docker", "docker-image", "oci"]);

function closedPorts(text: string, namespace: string, services: Services): readonly string[] {
  const found = new Set<string>();
  for (const [, scheme = "", host = "", given] of text.matchAll(url)) {
    const [name, of = namespace, svc = "svc"] = host.replace(/\.$/, "").toLowerCase().split(".");
    const service = svc === "svc" ? services.get(`${of}/${name}`) : undefined;
    const port = given === undefined ? portOfScheme[scheme.toLowerCase()] : Number(given);
    if (service === undefined || port === undefined || schemesOfImages.has(scheme.toLowerCase())) continue;
    if (!service.ports.has(port)) {
      const opened = [...service.ports].join(", ");
      found.add(`a URL to "${host}" at port ${port}, and ${service.title} opens ${opened}`);
    }
  }
  return [...found];
}
