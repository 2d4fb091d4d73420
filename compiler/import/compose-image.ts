import { type ComposeContext, Section } from "./compose-section.js";
import { isMapNode } from "./compose-tree.js";
import { type ImportedImage, readImage } from "./dockerfile.js";
import type { SourceValue, Statement } from "./program.js";
import { besidePath } from "./source-reader.js";
import { constantText, type Inputs, type Text, textValue } from "./text-parts.js";

/** Images of a project: services that build the same share one. */
export interface ComposeImages {
  readonly statements: Statement[];
  readonly made: Map<string, ImportedImage>;
  readonly names: Set<string>;
}

export interface ServiceImage {
  readonly value: SourceValue;
  readonly built: ImportedImage | undefined;
  /** Of one that is not built. */
  readonly name: string | undefined;
}

/** `build` or `image` of a service. */
export function buildImage(
  context: ComposeContext,
  inputs: Inputs,
  images: ComposeImages,
  service: string,
  section: Section,
): ServiceImage {
  const build = section.take("build");
  const image = section.take("image");
  if (build === undefined) {
    if (image === undefined) {
      context.invalid(section.node, "A service has an image or a build");
      return { value: "", built: undefined, name: undefined };
    }
    const text = context.openText(image);
    const constant = constantText(text);
    const name = constant ?? "";
    const hasTag =
      /:[^/]*$/.test(name) && text.some((part) => typeof part === "string" && part.includes(":"));
    if (hasTag) return { value: textValue(text), built: undefined, name };
    // A name from a variable alone does not say that it has a tag, which the type of an image's name asks for.
    const known = context.constant(image);
    return { value: /[:@][^/]*$/.test(known) ? known : `${known}:latest`, built: undefined, name: known };
  }

  const inner = isMapNode(build) ? new Section(context, build, "build") : undefined;
  const folder = inner === undefined ? context.constant(build) : (inner.takeText("context") ?? ".");
  const file = inner?.takeText("dockerfile");
  const inline = inner?.takeText("dockerfile_inline");
  const target = inner?.takeText("target");
  const argumentsNode = inner?.take("args");
  inner?.ignore(
    "cache_from",
    "cache_to",
    "isolation",
    "labels",
    "no_cache",
    "provenance",
    "pull",
    "sbom",
    "shm_size",
    "tags",
    "ulimits",
  );
  inner?.differ({
    extra_hosts: "commands are run without network while building",
    network: "commands are run without network while building",
    platforms: "packages are of the architecture in infra.lock",
  });
  inner?.refuse({
    additional_contexts: ["an image copies from one folder", "Put the files into the folder that is built"],
    entitlements: ["builds have no more rights than others", "Leave them out"],
    privileged: ["builds have no more rights than others", "Leave it out"],
    secrets: ["secrets have no place in an image", "COPY what the command needs"],
    ssh: ["secrets have no place in an image", "COPY what the command needs"],
  });
  inner?.end(buildMembers);
  const none = { value: "", built: undefined, name: undefined };
  if (/^[a-z]+:\/\/|^git@|\.git(#|$)/.test(folder)) {
    context.refuse(
      build,
      `build: ${folder}`,
      "it is fetched over the network",
      "Fetch it once into a folder beside the project",
    );
    return none;
  }
  const given = new Map<string, Text>(
    (argumentsNode === undefined ? [] : context.pairs(argumentsNode)).map(({ name, node, value }) => [
      name,
      context.openText(node, value ?? context.passed(node, name)),
    ]),
  );
  const path = besidePath(build.folder, folder);
  const dockerfile = besidePath(path, file ?? "Dockerfile");
  const values = [...given].map(([name, value]) => [name, constantText(value)]);
  const key = JSON.stringify([path, dockerfile, inline ?? "", target ?? "", values]);
  const known = images.made.get(key);
  if (known !== undefined) return { value: { variable: known.image }, built: known, name: undefined };
  const text = inline ?? context.reader.text(dockerfile);
  if (text === undefined) {
    context.invalid(build, `There is no Dockerfile "${dockerfile}"`);
    return none;
  }
  let name = service;
  for (let number = 2; images.names.has(name); number += 1) name = `${service}-${number}`;
  images.names.add(name);
  const built = readImage(
    context.reader,
    inline === undefined ? dockerfile : "dockerfile_inline",
    text,
    context.reporter,
    {
      name,
      suffix: "-image",
      folder: path,
      arguments: given,
      inputs,
      forContainer: true,
      ...(target === undefined ? {} : { target }),
    },
  );
  if (built === undefined) return none;
  images.statements.push(...built.statements);
  images.made.set(key, built);
  return { value: { variable: built.image }, built, name: undefined };
}

/** Source: Compose specification, schema/compose-spec.json, "service", "build". */
const buildMembers = (
  "additional_contexts args cache_from cache_to context dockerfile dockerfile_inline entitlements extra_hosts isolation " +
  "labels network no_cache platforms privileged provenance pull sbom secrets shm_size ssh tags target ulimits"
).split(" ");
