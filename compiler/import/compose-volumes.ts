import type { ComposeContext } from "./compose-section.js";
import { Section } from "./compose-section.js";
import { type ComposeNode, commentsWithin, isListNode, isMapNode } from "./compose-tree.js";
import { memoryText, mountOf } from "./compose-units.js";
import { refer } from "./constructs/context.js";
import { kubernetesName } from "./names.js";
import { fromData, type SourceReference, type SourceValue, type Statement } from "./program.js";
import { besidePath } from "./source-reader.js";
import { membersOf, textValue } from "./text-parts.js";

/** What a mount is of, and how it is mounted. */
interface Mounted {
  readonly from: SourceValue;
  readonly path?: string;
  readonly readOnly?: boolean;
}

/** What a service sees of files that are not its image's. */
export class ServiceMounts {
  /** By path in the container. */
  readonly mounts = new Map<string, SourceValue>();
  /** Whether some of it outlives the container, so that no two may have it at a time. */
  hasClaim = false;

  add(target: string, { from, path, readOnly }: Mounted): void {
    const isPlain = path === undefined && readOnly === undefined;
    this.mounts.set(target, isPlain ? from : { members: membersOf({ from, path, readOnly }) });
  }
}

const files = { name: "files", arguments: [] };

/** Files beside a project that a ConfigMap may hold together. */
const mostFiles = 50;
const mostBytes = 900 * 1024;

/** Volumes, configs and secrets of a project, each a statement when it is first used. */
export class ComposeStorage {
  readonly statements: Statement[] = [];
  readonly #context: ComposeContext;
  readonly #top: { readonly [kind: string]: ReadonlyMap<string, ComposeNode> };
  readonly #made = new Map<string, Statement>();
  /** What services mount, by kind and name. */
  readonly #asked = new Set<string>();
  readonly #exact = new Map<string, SourceValue>();

  /** @param top - `volumes`, `configs` and `secrets` of the project. */
  constructor(context: ComposeContext, top: { readonly [kind: string]: ReadonlyMap<string, ComposeNode> }) {
    this.#context = context;
    this.#top = top;
  }

  /** Says what no service mounts. */
  end(): void {
    for (const [kind, nodes] of Object.entries(this.#top))
      for (const [name, node] of nodes)
        if (!this.#asked.has(`${kind} ${name}`))
          this.#context.differs(
            node,
            `${kind.slice(0, -1)} "${name}"`,
            "no service mounts it, so it is left out",
          );
  }

  /** @param service - its name, for what is made for it alone. */
  mount(node: ComposeNode, service: string, into: ServiceMounts): void {
    const context = this.#context;
    if (!isMapNode(node)) {
      const mount = mountOf(context.constant(node));
      if (mount === undefined || !mount.target.startsWith("/")) {
        context.invalid(node, "A volume is source:/target:options", "The target is an absolute path");
        return;
      }
      for (const option of mount.options)
        if (!["ro", "rw", "z", "Z", "cached", "delegated", "consistent", "nocopy"].includes(option))
          context.differs(node, `:${option}`, "volumes are not mounted so");
      this.#mountSource(node, { ...mount, isReadOnly: mount.options.includes("ro") }, service, into);
      return;
    }
    const section = new Section(context, node, "A volume");
    const type = section.takeText("type") ?? "volume";
    const source = section.takeText("source");
    const target = section.takeText("target") ?? "";
    const isReadOnly = section.takeBoolean("read_only") ?? false;
    section.ignore("consistency");
    const bind = section.section("bind");
    bind?.ignore("create_host_path", "selinux");
    bind?.differ({
      propagation: "mounts of the host do not show in it later",
      recursive: "all below is mounted",
    });
    bind?.end(["create_host_path", "selinux", "propagation", "recursive"]);
    const volume = section.section("volume");
    volume?.ignore("nocopy");
    volume?.differ({ labels: "a claim has its labels from the volume itself" });
    const subpath = volume?.takeText("subpath");
    volume?.end(["nocopy", "labels", "subpath"]);
    const tmpfs = section.section("tmpfs");
    const size = tmpfs?.take("size");
    tmpfs?.differ({ mode: "everybody may write to it" });
    tmpfs?.end(["size", "mode"]);
    section.end(["type", "source", "target", "read_only", "consistency", "bind", "volume", "tmpfs", "image"]);
    if (!target.startsWith("/")) context.invalid(node, "A volume needs a target, an absolute path");
    else if (type === "tmpfs") into.add(target, { from: this.memory(size) });
    else if (type === "volume")
      this.#mountSource(node, { source, target, isReadOnly, subpath, isNamed: true }, service, into);
    else if (type === "bind" && source !== undefined)
      this.#mountSource(
        node,
        { source: /^[./~]/.test(source) ? source : `./${source}`, target, isReadOnly },
        service,
        into,
      );
    else
      context.refuse(
        node,
        `A volume of type ${type}`,
        "no volume of a pod is like it",
        "Copy the files into an image",
      );
  }

  /** Space in memory. @param size - as Compose writes bytes. */
  memory(size: ComposeNode | undefined): SourceValue {
    const text = size === undefined ? undefined : this.#context.constant(size);
    const sizeLimit = text === undefined ? undefined : memoryText(text);
    if (size !== undefined && sizeLimit === undefined) this.#context.invalid(size, `"${text}" is no size`);
    return { call: ["emptyDir"], arguments: [{ members: membersOf({ medium: "Memory", sizeLimit }) }] };
  }

  #mountSource(
    node: ComposeNode,
    mount: {
      readonly source: string | undefined;
      readonly target: string;
      readonly isReadOnly: boolean;
      readonly subpath?: string | undefined;
      readonly isNamed?: boolean;
    },
    service: string,
    into: ServiceMounts,
  ): void {
    const { isReadOnly, source, subpath } = mount;
    const target = mount.target.replace(/(?<=.)\/+$/, "");
    const readOnly = isReadOnly ? { readOnly: true } : {};
    if (source === undefined || source === "") {
      this.#context.differsOnce(node, "A volume without a name", "lives as long as its pod");
      into.add(target, { from: { call: ["emptyDir"], arguments: [] }, ...readOnly });
    } else if (mount.isNamed === true || !/^[./~]/.test(source)) {
      const from = this.#volume(node, source);
      if (from === undefined) return;
      into.hasClaim = true;
      into.add(target, { from, ...(subpath === undefined ? {} : { path: subpath }), ...readOnly });
    } else if (source.startsWith("/"))
      into.add(target, { from: { call: ["hostPath"], arguments: [source] }, ...readOnly });
    else this.#bind(node, source, target, isReadOnly, service, into);
  }

  /** A named volume; Kubernetes wants to know how much it holds. */
  #volume(node: ComposeNode, name: string): SourceValue | undefined {
    const declared = this.#top["volumes"]?.get(name);
    this.#asked.add(`volumes ${name}`);
    if (declared === undefined) {
      this.#context.invalid(node, `The project has no volume "${name}"`, `Declare it: volumes: { ${name}: }`);
      return undefined;
    }
    const known = this.#made.get(`volumes ${name}`);
    if (known !== undefined) return { variable: known };
    const external = this.#exact.get(`volumes ${name}`);
    if (external !== undefined) return external;
    const section = new Section(this.#context, declared, `volume "${name}"`);
    const actual = section.takeText("name") ?? name;
    const isExternal = externalName(this.#context, section, actual);
    const labels = section.take("labels");
    const driver = section.take("driver");
    if (driver !== undefined && this.#context.constant(driver) !== "local")
      this.#context.refuse(
        driver,
        "driver",
        "a claim is of the cluster's own kinds of storage",
        "Say class: in the claim",
      );
    section.refuse({
      driver_opts: [
        "what a driver of Docker does, no claim says",
        'volume({ nfs: { server: "…", path: "/" } }) mounts a share',
      ],
    });
    section.end(["name", "external", "labels", "driver", "driver_opts"]);
    if (isExternal !== undefined) {
      const claimName = kubernetesName(isExternal);
      const from: SourceValue = {
        call: ["volume"],
        arguments: [fromData({ persistentVolumeClaim: { claimName } })],
      };
      this.#exact.set(`volumes ${name}`, from);
      return from;
    }
    this.#context.differsOnce(
      declared,
      "The size of volumes",
      "Compose has none, a claim needs one: 1Gi is written",
    );
    const annotations = labels === undefined ? [] : this.#context.constantPairs(labels);
    return this.#state(`volumes ${name}`, declared, {
      variable: `${name}-volume`,
      value: {
        call: ["claim"],
        arguments: [
          kubernetesName(actual),
          {
            members: membersOf({
              size: "1Gi",
              annotations: annotations.length === 0 ? undefined : annotationsValue(annotations),
            }),
          },
        ],
      },
    });
  }

  /** Files and folders beside the project: text that a ConfigMap holds. */
  #bind(
    node: ComposeNode,
    source: string,
    target: string,
    isReadOnly: boolean,
    service: string,
    into: ServiceMounts,
  ): void {
    const { reader } = this.#context;
    const otherwise = 'COPY it into the service\'s image, or mount a folder of the node: hostPath("/…")';
    const refuse = (why: string, instead = otherwise) =>
      this.#context.refuse(node, `The mount of ${source}`, why, instead);
    if (source.startsWith("~")) return refuse("whose home it is in is not known");
    const path = besidePath(node.folder, source);
    const kind = reader.kind(path);
    if (kind === undefined) return refuse("there is no such file or folder");
    const names = kind === "file" ? [path.split("/").at(-1) ?? ""] : reader.list(path);
    const paths = kind === "file" ? [path] : names.map((name) => `${path}/${name}`);
    if (paths.length === 0 || paths.length > mostFiles)
      return refuse(paths.length === 0 ? "the folder is empty" : "it holds more than a ConfigMap does");
    let size = 0;
    for (const file of paths) {
      const text = reader.kind(file) === "file" ? reader.text(file) : undefined;
      if (text === undefined)
        return refuse("it holds more than files of text, which is what a ConfigMap holds");
      size += Buffer.byteLength(text);
    }
    if (size > mostBytes) return refuse("it is longer than a ConfigMap may be");
    if (paths.some((file) => reader.stackPath(file) === undefined))
      return refuse("it is outside of the folder that the stack is written to", reader.wayIn(path));
    if (names.some((name) => !/^[-._a-zA-Z0-9]{1,253}$/.test(name)))
      return refuse("a file's name is no key of a ConfigMap");
    if (!isReadOnly)
      this.#context.differs(node, source, "programs see these files and cannot write to them; say :ro");
    const key = `bind ${path}`;
    const made =
      this.#made.get(key) ??
      this.#state(key, node, {
        variable: `${service}-${names.length === 1 ? names[0] : (path.split("/").at(-1) ?? "files")}`,
        value: {
          call: ["configMap"],
          arguments: [
            this.#context.freeName(kubernetesName(`${service}-${path.split("/").at(-1) ?? "files"}`)),
            {
              members: names.map((name, index) => ({
                name,
                value: { call: ["file"], arguments: [reader.stackPath(paths[index] ?? "") ?? ""] },
              })),
            },
          ],
        },
      }).variable;
    const from: SourceReference = refer(made, files);
    into.add(target, kind === "file" ? { from, path: names[0] ?? "" } : { from });
  }

  /** Configs and secrets as files: `source`, or a map. */
  mountFile(kind: "configs" | "secrets", node: ComposeNode, into: ServiceMounts): void {
    const context = this.#context;
    const section = isMapNode(node) ? new Section(context, node, kind) : undefined;
    const source = section === undefined ? context.constant(node) : (section.takeText("source") ?? "");
    const said = section?.takeText("target");
    section?.differ({
      uid: "files are root's, everybody may read them",
      gid: "files are root's, everybody may read them",
    });
    const mode = section?.take("mode");
    if (mode !== undefined && ![0o444, 0o644].includes(context.number(mode) ?? 0))
      context.differs(mode, "mode", "files of ConfigMaps and Secrets are 0644, which everybody may read");
    section?.end(["source", "target", "uid", "gid", "mode"]);
    const folder = kind === "secrets" ? "/run/secrets" : "";
    const target =
      said === undefined ? `${folder}/${source}` : said.startsWith("/") ? said : `${folder}/${said}`;
    const from = this.#file(kind, source, node);
    if (from !== undefined) into.add(target, { from, path: source });
  }

  #file(kind: "configs" | "secrets", name: string, node: ComposeNode): SourceValue | undefined {
    const context = this.#context;
    const { reader } = context;
    const id = `${kind} ${name}`;
    const declared = this.#top[kind]?.get(name);
    this.#asked.add(id);
    if (declared === undefined) {
      context.invalid(node, `The project has no ${kind.slice(0, -1)} "${name.slice(0, 80)}"`);
      return undefined;
    }
    const known = this.#made.get(id);
    if (known !== undefined) return refer(known, files);
    const exact = this.#exact.get(id);
    if (exact !== undefined) return exact;
    const section = new Section(context, declared, `"${name}"`);
    const actual = section.takeText("name") ?? name;
    const external = externalName(context, section, actual);
    const file = section.take("file");
    const environment = section.takeText("environment");
    const content = section.take("content");
    section.ignore("labels");
    section.refuse({
      driver: ["it names a program of Docker's that fetches it", "fromCommand(…) fetches a value at up"],
      driver_opts: ["they are for a program of Docker's", "fromCommand(…) fetches a value at up"],
      template_driver: ["templates are filled in by Docker", "Write the file out"],
    });
    section.end([
      "name",
      "external",
      "file",
      "environment",
      "content",
      "labels",
      "driver",
      "driver_opts",
      "template_driver",
    ]);
    if (external !== undefined) {
      const outside = kubernetesName(external);
      const from: SourceValue = {
        call: ["volume"],
        arguments: [
          fromData(
            kind === "secrets" ? { secret: { secretName: outside } } : { configMap: { name: outside } },
          ),
        ],
      };
      this.#exact.set(id, from);
      return from;
    }
    const beside = file === undefined ? "" : besidePath(file.folder, context.constant(file));
    const path = file === undefined ? undefined : reader.stackPath(beside);
    if (file !== undefined && kind === "configs" && reader.text(beside) === undefined)
      context.invalid(file, "There is no such file of text");
    if (file !== undefined && path === undefined) {
      context.refuse(
        file,
        `The ${kind.slice(0, -1)} "${name}"`,
        "its file is outside of the folder that the stack is written to",
        reader.wayIn(beside),
      );
      return undefined;
    }
    let value: SourceValue;
    if (kind === "secrets")
      value =
        path !== undefined
          ? { call: ["fromFile"], arguments: [path] }
          : environment !== undefined
            ? { call: ["fromEnv"], arguments: [environment] }
            : null;
    else
      value =
        path !== undefined
          ? { call: ["file"], arguments: [path] }
          : content !== undefined
            ? textValue(context.openText(content))
            : environment !== undefined
              ? textValue(context.openText(declared, context.passed(declared, environment)))
              : null;
    if (value === null) {
      context.invalid(declared, `Where "${name}" comes from is not said: file, environment or external`);
      return undefined;
    }
    return refer(
      this.#state(id, declared, {
        variable: `${name}-${kind.slice(0, -1)}`,
        value: {
          call: [kind === "secrets" ? "secret" : "configMap"],
          arguments: [context.freeName(kubernetesName(actual)), { members: [{ name, value }] }],
        },
      }).variable,
      files,
    );
  }

  #state(id: string, node: ComposeNode, of: Pick<Statement, "variable" | "value">): SourceReference {
    const comment = isListNode(node) ? [] : commentsWithin(node);
    const statement: Statement = { ...of, ...(comment.length === 0 ? {} : { comment }), exported: true };
    this.statements.push(statement);
    this.#made.set(id, statement);
    return { variable: statement };
  }
}

/** The name that something outside of the project has; v2 wrote `external: { name: … }`. */
function externalName(context: ComposeContext, section: Section, name: string): string | undefined {
  const node = section.take("external");
  if (node === undefined) return undefined;
  if (!isMapNode(node)) return context.boolean(node) ? name : undefined;
  const inner = new Section(context, node, "external");
  const old = inner.takeText("name") ?? name;
  inner.end(["name"]);
  return old;
}

export function annotationsValue(
  pairs: readonly (readonly [name: string, value: string, node: ComposeNode])[],
): SourceValue {
  return { members: pairs.map(([name, value]) => ({ name, value })) };
}
