import { createHash } from "node:crypto";
import { stableStringify } from "../../stdlib/base/json.js";
import type { BuildStep, ImageBase, ImageBuild, ImageConfig } from "../../stdlib/schema/bundle.js";
import type { Authored, Resource } from "../model/authored.js";
import { byName } from "./config.js";
import { type LowerContext, portOf, resourceOf, textMapOf, textsOf } from "./context.js";

/** Part of every build key: raised when the same inputs are to give other layers. */
const builderVersion = 1;

/** The stack's images, lowered when they are first referred to, bases before what stands on them. */
export class LoweredImages {
  readonly #context: LowerContext;
  readonly #builds = new Map<Resource, ImageBuild>();
  readonly #underWay = new Set<Resource>();

  constructor(context: LowerContext) {
    this.#context = context;
  }

  /** Bases before what stands on them, otherwise by name: the order of the source has no meaning. */
  get builds(): readonly ImageBuild[] {
    const byName = new Map([...this.#builds.values()].map((build) => [build.name, build]));
    const ordered = new Set<ImageBuild>();
    const add = (build: ImageBuild): void => {
      const base = build.from.kind === "image" ? byName.get(build.from.name) : undefined;
      if (base !== undefined && base !== build && !ordered.has(base)) add(base);
      ordered.add(build);
    };
    for (const name of [...byName.keys()].sort()) add(byName.get(name) as ImageBuild);
    return [...ordered];
  }

  /** `<stack>/<image>:b-…`, what manifests say. */
  reference(image: Resource): string {
    return this.build(image)?.reference ?? "";
  }

  /** Numeric id of the image's user; undefined for root by default, or when only the base knows. */
  userId(image: Resource): number | undefined {
    const user = image.spec.get("user");
    if (user === undefined) {
      const base = resourceOf(this.#context, image.spec.get("from"), "image");
      return base === undefined || base === image || this.#underWay.has(base) ? undefined : this.userId(base);
    }
    if (user.number !== undefined) return user.number;
    const name = user.text ?? "";
    return /^\d+$/.test(name) ? Number(name) : usersOf(this.#context, image)[name];
  }

  /** Whether commands ran while it or a base of it was built: they may have made files that programs write to. */
  isBuiltByCommands(image: Resource): boolean {
    if (image.spec.get("run") !== undefined) return true;
    const base = resourceOf(this.#context, image.spec.get("from"), "image");
    return base !== undefined && base !== image && !this.#underWay.has(base) && this.isBuiltByCommands(base);
  }

  build(image: Resource): ImageBuild | undefined {
    const known = this.#builds.get(image);
    if (known !== undefined) return known;
    if (this.#underWay.has(image)) {
      this.#context.reporter.report("image-cycle", image.call, { image: image.name });
      return undefined;
    }
    this.#underWay.add(image);
    const build = this.#lower(image);
    this.#underWay.delete(image);
    this.#builds.set(image, build);
    return build;
  }

  #lower(image: Resource): ImageBuild {
    const context = this.#context;
    const from = image.spec.get("from");
    const base = resourceOf(context, from, "image");
    const baseBuild = base === undefined ? undefined : this.build(base);
    const steps = [...copySteps(context, image), ...runSteps(image)];
    const body = { from: baseOf(context, from, base), steps, config: configOf(context, image) };
    checkUser(context, image);

    const digest = createHash("sha256")
      .update(
        stableStringify({
          builderVersion,
          base: baseBuild?.key ?? null,
          ...body,
          steps: steps.map(withoutPlace),
        }),
      )
      .digest("hex");
    const key = `b-${digest.slice(0, 32)}`;
    const place = image.call === undefined ? {} : { place: { file: image.call.file, ...image.call.start } };
    return { name: image.name, key, reference: `${context.stack}/${image.name}:${key}`, ...body, ...place };
  }
}

/** Moving a line, or the file a copy comes from, is no change of content. */
function withoutPlace(step: BuildStep): unknown {
  const { place, ...rest } = step;
  if (rest.kind === "run") return rest;
  return {
    ...rest,
    files: rest.files.map((file) => (file.type === "file" ? { ...file, source: "" } : file)),
  };
}

function baseOf(context: LowerContext, from: Authored | undefined, base: Resource | undefined): ImageBase {
  if (base !== undefined) return { kind: "image", name: base.name };
  const reference = from?.reference;
  if (reference?.kind === "debian" && from !== undefined) {
    const locked = context.locked(reference.packages, from);
    return {
      kind: "debian",
      suite: locked?.suite ?? "",
      architecture: locked?.architecture ?? "",
      packages: locked?.packages ?? [],
      users: Object.fromEntries(Object.entries(reference.users).sort(byName)),
    };
  }
  return { kind: "scratch" };
}

function copySteps(context: LowerContext, image: Resource): BuildStep[] {
  return (image.spec.get("copy")?.entries() ?? []).flatMap(([to, value]) => {
    const source = value.text;
    const files = source === undefined ? undefined : context.copied(source, value);
    return files === undefined ? [] : [{ kind: "copy" as const, to, files, ...placeOf(value) }];
  });
}

function runSteps(image: Resource): BuildStep[] {
  return (image.spec.get("run")?.items() ?? []).flatMap((command) => {
    const argv = textsOf(command);
    return argv === undefined ? [] : [{ kind: "run" as const, argv, ...placeOf(command) }];
  });
}

function placeOf(value: Authored) {
  return value.span === undefined ? {} : { place: { file: value.span.file, ...value.span.start } };
}

function configOf(context: LowerContext, image: Resource): ImageConfig {
  const { spec } = image;
  const env = textMapOf(spec.get("env")) ?? {};
  const workdir = spec.get("workdir")?.text;
  const user = spec.get("user");
  const entrypoint = textsOf(spec.get("entrypoint"));
  const cmd = textsOf(spec.get("cmd"));
  const expose: { [name: string]: { port: number; protocol: "TCP" | "UDP" | "SCTP" } } = {};
  for (const [name, value] of [...(spec.get("expose")?.entries() ?? [])].sort(byName)) {
    const port = portOf(context, value);
    if (port !== undefined) expose[name] = port;
  }
  return {
    env: Object.fromEntries(Object.entries(env).sort(byName)),
    ...(workdir === undefined ? {} : { workdir }),
    ...(user === undefined ? {} : { user: String(user.value) }),
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(cmd === undefined ? {} : { cmd }),
    expose,
  };
}

/** Accounts of the image's base, through other images of the stack. */
function usersOf(context: LowerContext, image: Resource, depth = 0): { readonly [name: string]: number } {
  const from = image.spec.get("from");
  const base = resourceOf(context, from, "image");
  if (base !== undefined && depth < context.model.resources.length) return usersOf(context, base, depth + 1);
  const reference = from?.reference;
  return { root: 0, ...(reference?.kind === "debian" ? reference.users : {}) };
}

function checkUser(context: LowerContext, image: Resource): void {
  const user = image.spec.get("user");
  const name = user?.text;
  if (name === undefined || /^\d+$/.test(name)) return;
  const users = usersOf(context, image);
  if (!Object.hasOwn(users, name)) {
    context.reporter.report("user-unknown", user?.span, {
      image: image.name,
      user: name,
      known: Object.keys(users).sort(),
    });
  }
}
