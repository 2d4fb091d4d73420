import { description } from "../../stdlib/constructs/generated/description.js";
import { languageDiagnostics } from "./language-rows.js";
import { policyDiagnostics } from "./policy-rows.js";
import { type Fix, row, shortList, spelling, suggestion } from "./row.js";
import type { Span } from "./span.js";

/**
 * Every diagnostic the compiler can report: its severity, its message and what to do about it.
 * Codes are public: scripts filter by them and `infra explain` describes them.
 */

export const diagnostics = {
  ...languageDiagnostics,
  ...policyDiagnostics,

  // Reading the program
  syntax: row<{ text: string }>({
    severity: "error",
    message: ({ text }) => text,
    about: "The file is not valid TypeScript.",
  }),
  "import-missing": row<{ text: string }>({
    severity: "error",
    message: ({ text }) => text,
    hint: ({ text }) => {
      const [, name] = /^cannot find "(@?[\w-][\w./-]*)"$/.exec(text) ?? [];
      return name === undefined || name.startsWith("infra/")
        ? undefined
        : `A package stands in the stack's folder: npm install ${/^(@[^/]+\/)?[^/]+/.exec(name)?.[0]}`;
    },
    about: "An import names a file or package that is not there.",
  }),
  "export-missing": row<{ file: string; name: string; known: readonly string[] }>({
    severity: "error",
    message: ({ file, name }) => `"${file}" exports no "${name}"`,
    hint: ({ known, name }) =>
      suggestion(name, known) ?? (known.length === 0 ? undefined : `It exports ${shortList(known)}`),
    fixes: ({ known, name }) => spelling(name, known),
    about:
      "An import asks a file for a name that it does not export. A `.infra` file exports all its definitions, " +
      "a TypeScript file what is marked so.",
  }),
  "type-error": row<{
    code: string;
    text: string;
    /** What is said instead. */
    words?: string;
    call?: Span;
  }>({
    severity: "error",
    message: ({ code, text, words }) => words ?? `${text} (${code})`,
    hint: ({ text }) => ofTypeError(text),
    about: "The type checker's own message. --no-check compiles in spite of it.",
  }),
  exception: row<{ text: string; isLast?: boolean }>({
    severity: "error",
    message: ({ text }) => `the program threw: ${text}`,
    hint: ({ isLast }) =>
      isLast === true ? "the last line it reached: what was thrown says no place" : undefined,
    about: "The stack's own code threw an exception while it was evaluated.",
  }),
  "endless-program": row<{ seconds: number }>({
    severity: "error",
    message: ({ seconds }) => `the program did not end within ${seconds} s of processor time`,
    hint: () => "Look for a loop that never ends",
    about: "Evaluation has a limit of processor time. The place is where the program was when it ran out.",
  }),
  "program-too-large": row<{ megabytes: number }>({
    severity: "error",
    message: ({ megabytes }) => `the program used more than ${megabytes} MB of memory`,
    about: "Evaluation has a memory limit. The place is the last loop or function that the program reached.",
  }),
  "program-stopped": row<{ why: string }>({
    severity: "error",
    message: ({ why }) => `the program was stopped: ${why}`,
    about:
      "A program ends there that leaves its context, breaks the engine it runs on, or is killed from outside, as the kernel does where memory runs out. The place is the last loop or function that it reached.",
  }),
  "sandbox-open": row<{ refused: string; doors: string }>({
    severity: "warning",
    message: ({ refused, doors }) =>
      doors === ""
        ? `the kernel refuses ${refused}: its system call filters stand alone around a program that breaks out of its V8 context`
        : `the kernel refuses ${refused}: ${doors} would be open to a program that breaks out of its V8 context`,
    hint: () => "Compile only stacks you trust here, or allow it; docs/hermetic.md says how",
    about:
      "A stack is evaluated behind walls of the kernel's. On this machine none of them stands before what is named, or one alone before everything. Said once, and no matter to --strict: the stack is not at fault. infra doctor names them.",
  }),
  "undeclared-input": row<{ what: string; instead: string }>({
    severity: "error",
    message: ({ what }) => `a stack cannot use ${what}: the same source must give the same bundle`,
    hint: ({ instead }) => instead,
    about:
      "Clock, randomness, environment, files and network are closed to stacks, so that a compile can be repeated and reviewed.",
  }),
  "value-unusable": row<{ resource: string; path: string; what: string }>({
    severity: "error",
    message: ({ resource, path, what }) =>
      path === "" ? `${resource} is ${what}` : `${resource} has ${what} at "${path}"`,
    hint: () => "Only plain data and the stdlib's own values fit there",
    about: "Functions, Maps, objects of a class, cycles, NaN and the like have no meaning in a resource.",
  }),

  "secret-leaked": row<{ what: string; where: string }>({
    severity: "error",
    message: ({ what, where }) => `${what} would be written down ${where}`,
    hint: () =>
      'It can go into a container\'s env, files() of it can be mounted; text`…` makes a variable of it, text("…") in .infra',
    about:
      "A secret's value is known at `infra up` alone, and is in no manifest, image, plan or log. Where its key would " +
      "become part of one, the place is named, with where the key was taken and the secret made.",
  }),

  // Inputs and files
  "input-missing": row<{ name: string }>({
    severity: "error",
    message: ({ name }) => `input "${name}" has no value and no default`,
    hint: ({ name }) => `Give it one: --set ${name}=…`,
    about: "An input without a default must be given with --set.",
  }),
  "input-invalid": row<{ name: string; given: string; what: string; takes?: string }>({
    severity: "error",
    message: ({ name, given, what }) => `input "${name}": "${given}" ${what}`,
    hint: ({ takes }) => (takes === undefined ? undefined : `It takes ${takes}`),
    about: "A value given with --set does not fit the input's type or bounds.",
  }),
  "input-declaration": row<{ name: string; why: string }>({
    severity: "error",
    message: ({ name, why }) => `input "${name}": ${why}`,
    about:
      "An input is declared so that no value fits it, or in two ways: its default is out of its bounds or none of its " +
      "choices, its name cannot be given, an option is no option.",
  }),
  "input-unknown": row<{ name: string; known: readonly string[] }>({
    severity: "error",
    message: ({ name }) => `the stack declares no input "${name}"`,
    hint: ({ known }) => (known.length === 0 ? "It declares none" : `It declares ${known.join(", ")}`),
    about: "--set names an input that the stack does not declare.",
  }),
  "file-missing": row<{ path: string; why: string }>({
    severity: "error",
    message: ({ path, why }) => `cannot read "${path}": ${why}`,
    hint: () => "Paths are relative to the stack's folder and stay inside it",
    about: "A file to copy, or to read into a ConfigMap, is not there.",
  }),
  "lock-missing": row<{ packages: string }>({
    severity: "error",
    message: ({ packages }) => `infra.lock does not say which versions of ${packages} to use`,
    hint: () => "Run infra lock, and commit infra.lock",
    about: "Package versions and hashes come from the lock file, so that a compile needs no network.",
  }),
  "lock-invalid": row<{ why: string }>({
    severity: "error",
    message: ({ why }) => `infra.lock cannot be used: ${why}`,
    hint: () => "Run infra lock to write it anew",
    about: "The lock file was damaged, or written by another version.",
  }),

  // Resources
  "name-invalid": row<{ resource: string; why: string }>({
    severity: "error",
    message: ({ resource, why }) => `${resource}: ${withoutPattern(why)}`,
    about: "Names become host names and labels, so their letters are few.",
  }),
  "name-missing": row<{ resource: string; kind: string; isGenerated: boolean }>({
    severity: "error",
    message: ({ isGenerated, kind }) =>
      isGenerated ? `a ${kind} of a stack cannot have generateName for a name` : `a ${kind} has no name`,
    hint: ({ isGenerated }) =>
      isGenerated
        ? 'Each infra up would make another one: write name: "…" instead'
        : 'Write metadata: { name: "…" }',
    about:
      "A stack finds its objects by their names: what is there is changed, and what has left the stack goes.",
  }),
  "name-duplicate": row<{ resource: string }>({
    severity: "error",
    message: ({ resource }) => `${resource} is made twice`,
    hint: () => "Rename one of them",
    about: "Two resources of one kind cannot share a name, unless they are in different namespaces.",
  }),
  "patch-identity": row<{ resource: string; construct: string; path: string; isGone: boolean }>({
    severity: "error",
    message: ({ isGone, path, resource }) =>
      `the patch of ${resource} cannot ${isGone ? "take away" : "change"} ${path}`,
    hint: ({ construct, path }) =>
      path === "metadata"
        ? "Name the labels and annotations that are meant"
        : path === "metadata.name"
          ? `The name is what ${construct} is given first`
          : path === "metadata.namespace"
            ? "Write in, beside the patch"
            : "An object of another kind is written as Kubernetes has it",
    about: "Kind, name and namespace are what an object is found by: others in the stack refer to it.",
  }),
  "patch-loses": row<{
    resource: string;
    list: "containers" | "initContainers" | "volumes";
    lost: readonly string[];
  }>({
    severity: "error",
    message: ({ list, lost, resource }) =>
      `the patch of ${resource} replaces the list of ${list}, and loses ${lost.join(", ")}`,
    hint: ({ list }) =>
      list === "volumes"
        ? 'Mount what is meant, mounts: { "/data": … }, or name all volumes'
        : `Write it beside the image: ${list === "containers" ? "containers" : "init"}: { web: { patch: { … } } }`,
    about:
      "A patch merges objects and replaces lists, as a JSON merge patch does (RFC 7386). Containers and volumes are " +
      "lists of what several fields of the construct say: each container has a patch of its own.",
  }),
  "label-reserved": row<{ resource: string; key: string; what: "label" | "annotation" }>({
    severity: "error",
    message: ({ key, resource, what }) => `${resource}: the ${what} "${key}" is infra's own`,
    hint: () => "Leave it out, or choose another name",
    about:
      "By labels and annotations of infra.dev a stack knows which objects are its own, and when pods have to restart. The " +
      "compiler and infra up write them.",
  }),
  "resource-not-exported": row<{ resource: string; entry: string; export?: string | undefined }>({
    severity: "warning",
    message: ({ entry, resource }) =>
      `${resource} is neither exported by ${entry} nor referred to, so it is left out`,
    hint: ({ entry, export: line }) =>
      line === undefined ? "Export it, or remove it" : `Write ${line} in ${entry}, or remove it`,
    fixes: ({ entry, export: line }) =>
      line === undefined ? [] : [{ kind: "add-import", file: entry, line }],
    about: "A stack is what its module exports and what that refers to.",
  }),
  "arguments-wrong": row<{ construct: string; name: string; wrong?: "count" | "exact" }>({
    severity: "error",
    message: ({ construct, wrong }) => {
      if (wrong === "exact") return `${construct}() is given one object, with its name in it`;
      if (wrong === "count") return `${construct}() is given too many arguments`;
      return `${construct}() is given a name, and then what it is`;
    },
    hint: ({ construct, name, wrong }) =>
      wrong === "exact"
        ? `write ${construct}({ metadata: { name: "${name || "web"}" }, … })`
        : `write ${construct}("${name || "web"}", { … })`,
    about:
      "The first argument of a construct is its name, the second an object with its fields. An exact object is one object, with its name in its metadata.",
  }),
  "export-unusable": row<{ export: string; what: string }>({
    severity: "error",
    message: (data) => `the export "${data.export}" is a ${data.what}: no resource is found in it`,
    hint: ({ what }) =>
      what === "promise"
        ? "Leave out async and await: a stack is made at once"
        : "Export an object or a list",
    about:
      "Resources are looked for in what a stack exports: itself, or in objects and lists. A promise is not waited for, " +
      "since a stack asks nothing of the world.",
  }),
  "stack-empty": row<{ functions: readonly string[] }>({
    severity: "warning",
    message: () => "the stack exports no resource",
    hint: ({ functions }) =>
      functions.length === 0
        ? "Export what it should run: export const web = deployment(…)"
        : `It exports functions: call one, export const web = ${functions[0] === "default" ? "make" : functions[0]}(…)`,
    about: "A stack is what its module exports.",
  }),
  "port-name-unknown": row<{
    workload: string;
    /** The one that has to open it. */
    container?: string;
    port: string | number;
    known: readonly string[];
  }>({
    severity: "error",
    message: ({ container, port, workload }) =>
      `${container === undefined ? "" : `container "${container}" of `}${workload} opens no port ${typeof port === "number" ? port : `named "${port}"`}`,
    hint: ({ known, port }) =>
      suggestion(String(port), known) ??
      (known.length === 0 ? "It opens none" : `It opens ${known.join(", ")}`),
    fixes: ({ known, port, workload }) => [
      ...spelling(String(port), known),
      { kind: "open-port", resource: workload, port: String(port) },
    ],
    about: "Probes and Services refer to container ports by name.",
  }),
  "port-number-invalid": row<{ given: string; of?: "node" | "service" }>({
    severity: "error",
    message: ({ given, of }) =>
      `"${given}" is no port${of === undefined ? "" : { node: " of a node", service: " of a Service" }[of]}`,
    hint: ({ of }) =>
      of === "node"
        ? "A node port is 30000 to 32767"
        : of === "service"
          ? "It is a number, 1 to 65535, and leads to a port by its name"
          : 'A port is 1 to 65535, such as 8080 or "53/UDP"',
    about: "Ports are 1 to 65535; node ports 30000 to 32767.",
  }),
  "config-key-unknown": row<{ resource: string; key: string; known: readonly string[] }>({
    severity: "error",
    message: ({ resource, key }) => `${resource} has no key "${key}"`,
    hint: ({ key, known }) => suggestion(key, known) ?? `It has ${known.join(", ") || "none"}`,
    fixes: ({ key, known, resource }) => [...spelling(key, known), { kind: "add-key", resource, key }],
    about:
      "A reference names a key that the ConfigMap or Secret does not hold. A Secret of a type such as kubernetes.io/tls has the " +
      "keys of that type, and one that an Ingress takes its certificate from has tls.crt and tls.key.",
  }),
  "kind-unknown": row<{
    apiVersion: string;
    kind: string;
    known: readonly string[];
    /** The API version that has it. */
    instead: string | undefined;
  }>({
    severity: "error",
    message: ({ apiVersion, kind }) => `"${apiVersion}" has no kind "${kind}"`,
    hint: ({ instead, kind, known }) => {
      if (instead !== undefined) return `Write "${instead}"; its fields may be others`;
      if (kind === "PodSecurityPolicy")
        return "Kubernetes has none since 1.25: label the namespace with pod-security.kubernetes.io/enforce";
      return suggestion(kind, known) ?? (known.length === 0 ? undefined : `It has ${known.join(", ")}`);
    },
    fixes: ({ apiVersion, instead, kind, known }) =>
      instead === undefined ? spelling(kind, known) : [{ kind: "replace", from: apiVersion, to: instead }],
    about:
      "Kubernetes 1.35, and the definitions of the stack, have no kind of this name in this API version. Versions that " +
      "Kubernetes has removed are of that sort: the newer one may have other fields, which are then checked.",
  }),
  "kind-unkept": row<{ apiVersion: string; kind: string }>({
    severity: "error",
    message: ({ apiVersion, kind }) => `a ${kind} (${apiVersion}) is no object that a cluster keeps`,
    hint: () => "It is sent to the API server, and its answer is read: with kubectl create, or by a program",
    about:
      "Reviews, bindings, evictions and the like are requests, and some kinds are what the server makes of others. They " +
      "have types, and nothing of them stays that a stack could change or take away.",
  }),
  "kind-undefined": row<{ apiVersion: string; kind: string; known: readonly string[] }>({
    severity: "warning",
    message: ({ apiVersion, kind }) =>
      `nothing here says what a ${kind} (${apiVersion}) looks like, so it is not checked`,
    hint: ({ kind, known }) =>
      suggestion(kind, known) ??
      "Put its CustomResourceDefinition into the stack, or write it with a module that infra types makes of it",
    about:
      "An object of a custom kind is held to the schema of its CustomResourceDefinition. Without one its fields, its " +
      "scope and its namespace are taken as they are.",
  }),
  "definition-invalid": row<{ why: string }>({
    severity: "error",
    message: ({ why }) => why,
    about: "infra types cannot make types of a CustomResourceDefinition: its schema is not a structural one.",
  }),
  "field-invalid": row<{
    resource: string;
    path: string;
    why: string;
    /** The place is of what is around the field, so that several mistakes may be told there. */
    around?: boolean;
  }>({
    severity: "error",
    message: ({ resource, path, why }) =>
      [resource, path, withoutPattern(why).replace(/^Invalid value: "": /, "")].filter(Boolean).join(": "),
    hint: ({ why }) => {
      const { given, supported } = unsupportedIn(why);
      const number = quotedNumber(why);
      return suggestion(given, supported) ?? (number === undefined ? undefined : `without quotes: ${number}`);
    },
    fixes: ({ why }) => {
      const { given, supported } = unsupportedIn(why);
      const number = quotedNumber(why);
      return number === undefined ? spelling(given, supported) : [withoutQuotes(number)];
    },
    about: "The Kubernetes API would refuse the object.",
  }),
  "field-unknown": row<{
    resource: string;
    path: string;
    known: readonly string[];
    /** The object that has such a field, `""` for the top, and a field that stands there. */
    belongs?: string;
    beside?: string;
    /** How the construct says it. */
    instead?: string;
    /** What is around it, where it is that which leaves no room for it. */
    where?: string;
  }>({
    severity: "error",
    message: ({ resource, path, where = "" }) => `${resource} has no field "${path}"${where}`,
    hint: ({ path, known, belongs, beside, instead }) => {
      const name = path.split(".").at(-1) ?? path;
      if (instead !== undefined) return `write ${instead}`;
      if (belongs === undefined) return suggestion(name, known);
      const where = belongs === "" ? "the top" : `"${belongs}"`;
      return `"${name}" belongs to ${where}${beside === undefined ? "" : `, beside "${beside}"`}`;
    },
    fixes: ({ path, known, belongs, instead }) =>
      belongs === undefined && instead === undefined ? spelling(path.split(".").at(-1) ?? path, known) : [],
    about:
      "The construct or the Kubernetes object has no such field: it is misspelt, or it stands one object too deep or " +
      "too far out, as a wrong indentation makes it.",
  }),
  "field-type": row<{
    resource: string;
    path: string;
    expected: string;
    /** What would fit, of what stands there. */
    instead?: string;
  }>({
    severity: "error",
    message: ({ resource, path, expected }) => `${resource}: "${path}" must be ${expected}`,
    hint: ({ instead }) => instead,
    fixes: ({ instead }) => {
      const [, value] = /^without quotes: (.+)$/.exec(instead ?? "") ?? [];
      return value === undefined ? [] : [withoutQuotes(value)];
    },
    about: "A value has the wrong type.",
  }),
  "field-missing": row<{ resource: string; path: string }>({
    severity: "error",
    message: ({ resource, path }) => `${resource} needs "${path}"`,
    fixes: ({ path }) => [{ kind: "add-field", field: path.split(".").at(-1) ?? path }],
    about: "A field that has no default is not given.",
  }),
  "choose-one": row<{ resource: string; of: readonly string[]; given?: readonly string[] }>({
    severity: "error",
    message: ({ resource, of }) => `${resource} needs exactly one of ${of.join(", ")} here`,
    hint: ({ given }) =>
      given === undefined
        ? undefined
        : given.length === 0
          ? "None is given"
          : `Given are ${given.join(" and ")}`,
    about: "Alternatives that exclude each other: one has to be chosen, and only one.",
  }),
  "already-taken": row<{ resource: string; what: string; other: string }>({
    severity: "error",
    message: ({ other, resource, what }) => `${resource} wants ${what}, which ${other} has`,
    hint: () => "Leave it out of one of them",
    about:
      "The API server gives it to one object alone: a port of the nodes, whatever its protocol; the address of a Service; to be " +
      "the priority class of pods that name none.",
  }),
  "other-namespace": row<{ resource: string; other: string; namespace: string }>({
    severity: "error",
    message: ({ resource, other, namespace }) =>
      `${resource} cannot use ${other}, which is in namespace "${namespace}"`,
    hint: () => "Make it in the same namespace too",
    about:
      "A pod uses ConfigMaps, Secrets, claims and accounts of its own namespace alone; a Service sends to pods of its own.",
  }),
  "resource-name-unknown": row<{ resource: string; name: string; known: readonly string[] }>({
    severity: "error",
    message: ({ resource, name }) => `${resource}: Kubernetes has no resource "${name}"`,
    hint: ({ name, known }) => suggestion(name, known) ?? 'Outside the core group write "deployments.apps"',
    fixes: ({ name, known }) => spelling(name, known),
    about: "A permission names a resource, in the plural and with its API group: `pods`, `deployments.apps`.",
  }),
  "user-unknown": row<{ image: string; user: string; known: readonly string[] }>({
    severity: "error",
    message: ({ image, user }) => `image "${image}" has no account "${user}"`,
    hint: ({ known, user }) =>
      suggestion(user, known) ?? `Add it: debian({ packages, users: { ${user}: 1000 } })`,
    fixes: ({ known, user }) => spelling(user, known),
    about: "An image's user is an account of its base, or a number.",
  }),
  "image-cycle": row<{ image: string }>({
    severity: "error",
    message: ({ image }) => `image "${image}" is built from itself`,
    about: "Images are built in order; none can stand on itself.",
  }),

  // Reading what was written for other tools
  "yaml-invalid": row<{ why: string }>({
    severity: "error",
    message: ({ why }) => why,
    about:
      "A YAML file cannot be read, or holds something else than Kubernetes objects. It is read as kubectl reads it: " +
      "YAML 1.1, no key twice in one map, nesting and aliases within bounds.",
  }),
  "compose-invalid": row<{ why: string; instead?: string }>({
    severity: "error",
    message: ({ why }) => why,
    hint: ({ instead }) => instead,
    about: "A Compose file says something that the Compose specification does not know, or not in this form.",
  }),
  "dockerfile-invalid": row<{ why: string; instead?: string }>({
    severity: "error",
    message: ({ why }) => why,
    hint: ({ instead }) => instead,
    about:
      "A Dockerfile cannot be read: an unknown instruction, a missing argument, a stage that is not there.",
  }),
  "import-refused": row<{ what: string; why: string; instead?: string }>({
    severity: "error",
    message: ({ what, why }) => `${what} cannot be imported: ${why}`,
    hint: ({ instead }) => instead,
    about:
      "What is imported says something that a stack cannot say, and leaving it out would change what runs. " +
      "Nothing is written; the hint says what to write instead.",
  }),
  "import-differs": row<{ what: string; why: string }>({
    severity: "warning",
    message: ({ what, why }) => `${what}: ${why}`,
    about: "What is imported will run, in a way that differs from the original as the message says.",
  }),
  "object-left-out": row<{ resource: string; why: string }>({
    severity: "warning",
    message: ({ resource, why }) => `${resource} is left out: ${why}`,
    about:
      "An import writes what people describe. What a controller makes of that is made again, and a kustomization is " +
      "an instruction to a tool: import what it builds, `kubectl kustomize FOLDER | infra import -`.",
  }),
  "object-twice": row<{ resource: string; inStack?: boolean }>({
    severity: "error",
    message: ({ inStack, resource }) =>
      inStack === true
        ? `${resource} is in the stack already, and says something else there`
        : `${resource} is there twice, and not the same`,
    hint: ({ inStack }) =>
      inStack === true ? "Change it in the stack, or leave it out here" : "Remove the one that is not meant",
    about:
      "Two of the objects to import have the same kind, namespace and name, and say different things. With --add, one " +
      "of them is the stack's.",
  }),
} as const;

/** What the type checker does not know of the stdlib. */
function ofTypeError(text: string): string | undefined {
  const [, member, value] = /^Property '(.+?)' does not exist on type '(\w+)</.exec(text) ?? [];
  if (value === "ConfigMap" || value === "Secret")
    return `a key of it: .key("${member}"); all as files: .files()`;
  if (value === "Service") return 'of a Service: .address("http"), .host, .port("http")';
  if (/^Type 'string' is not assignable to type .*`/.test(text))
    return `text keeps its form in one piece, "nginx:\${version}", not as a sum`;
  const [, name] = /^Cannot find name '(\w+)'/.exec(text) ?? [];
  return name !== undefined && Object.hasOwn(description.constructs, name)
    ? `import { ${name} } from "infra"`
    : undefined;
}

/** What was given, and what the API would take, in its own words. */
function unsupportedIn(why: string): { readonly given: string; readonly supported: readonly string[] } {
  const [, given = "", list = ""] = /^Unsupported value: "(.*?)": supported values: (.*)$/.exec(why) ?? [];
  return { given, supported: [...list.matchAll(/"([^"]*)"/g)].map(([, word = ""]) => word) };
}

/** Of text where a whole number belongs: the number. */
function quotedNumber(why: string): string | undefined {
  return /^cannot use string "(-?\d+)" as .*integer$/.exec(why)?.[1];
}

function withoutQuotes(value: string): Fix {
  return { kind: "replace", from: `"${value}"`, to: value };
}

/** The API quotes the expression that it tests text with after its words and examples for the same. */
function withoutPattern(why: string): string {
  return why.replace(/, regex used for validation is '.*'\)$/s, ")");
}

export type DiagnosticCode = keyof typeof diagnostics;
export type DiagnosticData<C extends DiagnosticCode> = Parameters<(typeof diagnostics)[C]["message"]>[0];
