import { isAbsolute } from "node:path";

/** Whether a value read from a bundle is what the format says: undefined, or the path of what is not. */
export type Shape = (value: unknown, path: string) => string | undefined;

const is =
  (test: (value: unknown) => boolean): Shape =>
  (value, path) =>
    test(value) ? undefined : path || "it";
const text = is((value) => typeof value === "string");
const number = is((value) => Number.isSafeInteger(value) && (value as number) >= 0);
const constant = (...values: readonly unknown[]) => is((value) => values.includes(value));
const optional =
  (shape: Shape): Shape =>
  (value, path) =>
    value === undefined ? undefined : shape(value, path);

/** A path that stays where it starts, for it is joined to a folder of this machine's. */
const inner = is(
  (value) =>
    typeof value === "string" &&
    !isAbsolute(value) &&
    !/\0/.test(value) &&
    !value.split(/[/\\]/).includes(".."),
);

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(shape: Shape): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) return path || "it";
    for (const [index, item] of value.entries()) {
      const wrong = shape(item, `${path}[${index}]`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

function mapOf(shape: Shape): Shape {
  return (value, path) => {
    if (!isObject(value)) return path || "it";
    for (const [name, member] of Object.entries(value)) {
      const wrong = shape(member, `${path}["${name}"]`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

/** Members that the format does not name are left alone: a later version may have them. */
function object(members: { readonly [name: string]: Shape }): Shape {
  return (value, path) => {
    if (!isObject(value)) return path || "it";
    for (const [name, shape] of Object.entries(members)) {
      const own = Object.hasOwn(value, name) ? value[name] : undefined;
      const wrong = shape(own, path === "" ? name : `${path}.${name}`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

function oneOf(member: string, shapes: { readonly [value: string]: Shape }): Shape {
  return (value, path) => {
    const tag = isObject(value) ? value[member] : undefined;
    const shape = typeof tag === "string" && Object.hasOwn(shapes, tag) ? shapes[tag] : undefined;
    return shape === undefined ? `${path}.${member}` : shape(value, path);
  };
}

const place = object({ file: text, line: number, column: number });
const lockedPackage = object({
  name: text,
  version: text,
  architecture: text,
  path: inner,
  sha256: text,
  size: number,
});
const version = constant(1);

const build = object({
  formatVersion: version,
  stack: text,
  sourceRoot: text,
  images: listOf(
    object({
      name: text,
      key: text,
      reference: text,
      from: oneOf("kind", {
        scratch: object({}),
        image: object({ name: text }),
        debian: object({
          suite: text,
          architecture: text,
          packages: listOf(lockedPackage),
          users: mapOf(number),
        }),
      }),
      steps: listOf(
        oneOf("kind", {
          copy: object({
            to: text,
            files: listOf(
              oneOf("type", {
                file: object({ path: inner, source: inner, sha256: text, size: number, mode: number }),
                directory: object({ path: inner, mode: number }),
                symlink: object({ path: inner, target: text }),
              }),
            ),
            place: optional(place),
          }),
          run: object({ argv: listOf(text), place: optional(place) }),
        }),
      ),
      config: object({
        env: mapOf(text),
        workdir: optional(text),
        user: optional(text),
        entrypoint: optional(listOf(text)),
        cmd: optional(listOf(text)),
        expose: mapOf(object({ port: number, protocol: constant("TCP", "UDP", "SCTP") })),
      }),
      place: optional(place),
    }),
  ),
});

const secrets = object({
  formatVersion: version,
  secrets: listOf(
    object({
      namespace: text,
      name: text,
      type: text,
      labels: mapOf(text),
      annotations: optional(mapOf(text)),
      keys: mapOf(
        oneOf("provider", {
          generated: object({ length: number }),
          environment: object({ variable: text }),
          file: object({ path: text }),
          command: object({ argv: listOf(text) }),
          age: object({ path: text, key: optional(text) }),
        }),
      ),
      place: optional(place),
    }),
  ),
});

const provenance = object({ formatVersion: version, objects: mapOf(mapOf(place)) });

const record = object({
  formatVersion: version,
  stack: text,
  namespace: text,
  entry: text,
  versions: object({ infra: text, kubernetes: text }),
  options: object({ set: mapOf(text) }),
  accepted: listOf(object({ resource: text, code: text, reason: text })),
  inputs: mapOf(text),
  outputs: mapOf(text),
  digest: text,
});

/** What each manifest needs for anything to be done with it; the rest is for the API's own rules. */
export const manifestShape = object({
  apiVersion: text,
  kind: text,
  metadata: object({
    name: optional(text),
    namespace: optional(text),
    labels: optional(mapOf(text)),
    annotations: optional(mapOf(text)),
  }),
});

/** `build.json` and its neighbours, as stdlib/schema/bundle.ts has them. */
export const bundleShapes = {
  "build.json": build,
  "secrets.json": secrets,
  "provenance.json": provenance,
  "compile.json": record,
} as const satisfies { readonly [file: string]: Shape };
