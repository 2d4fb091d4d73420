/**
 * What every type and field of the schema table means, in our words.
 *
 * The texts are read by line: `Type: meaning`, and below it `  field: meaning @default value`. `Type as Other` has
 * Other's fields where it names none of its own, `Type@v1beta1` is of one version alone, and `*Ending` of all types of
 * all groups that end so. Large: import it when it is asked for.
 */
import { typeTable } from "../generated/table.js";
import { common } from "./common.js";
import { coreCluster } from "./core-cluster.js";
import { corePods } from "./core-pods.js";
import { coreVolumes } from "./core-volumes.js";
import * as extension from "./extension.js";
import { meta } from "./meta.js";
import * as networkAccess from "./network-access.js";
import * as storageDevices from "./storage-devices.js";
import * as workloads from "./workloads.js";

export interface Meaning {
  readonly text: string;
  /** What holds where the field is left out: a JSON value, or words. */
  readonly default?: string;
}

interface Entry {
  readonly meaning: Meaning;
  /** Type of the same group that has the fields this one does not name. */
  readonly as: string | undefined;
  readonly fields: ReadonlyMap<string, Meaning>;
}

type Group = ReadonlyMap<string, Entry>;

/** @param type - row of the schema table, `"core.v1.PodSpec"`. */
export function meaningOfType(type: string): Meaning | undefined {
  return entriesFor(type).find(({ meaning }) => meaning.text !== "")?.meaning;
}

/** With the default that the table knows, where the text has none. */
export function meaningOfField(type: string, field: string): Meaning | undefined {
  const found = entriesFor(type)
    .map(({ fields }) => fields.get(field))
    .find((meaning) => meaning !== undefined);
  const known = typeTable[type]?.fields[field]?.default;
  if (found === undefined || found.default !== undefined || !isTelling(known)) return found;
  return { ...found, default: JSON.stringify(known) };
}

/** `{}` and `""` say no more than that the field is not there. */
function isTelling(value: unknown): boolean {
  return value !== undefined && value !== "" && JSON.stringify(value) !== "{}";
}

/** Entries with what there is to say of a type, the nearest first. */
function entriesFor(type: string): readonly Entry[] {
  const [group = "", version = "", name = ""] = type.split(".");
  const own: Entry[] = [];
  const entries = groupOf(group);
  for (let at: string | undefined = name; at !== undefined; ) {
    const versioned: Entry | undefined = entries.get(`${at}@${version}`);
    const general: Entry | undefined = entries.get(at);
    own.push(...[versioned, general].filter((entry) => entry !== undefined));
    at = (versioned ?? general)?.as;
  }
  return [
    ...own,
    ...endings()
      .filter(([ending]) => name.endsWith(ending))
      .map(([, entry]) => entry),
  ];
}

const texts: { readonly [group: string]: string } = {
  meta,
  core: corePods + coreVolumes + coreCluster,
  ...workloads,
  ...networkAccess,
  ...storageDevices,
  ...extension,
};
const parsed = new Map<string, Group>();

/** Entries by name, `PodSpec` or `DeviceRequest@v1beta1`: read when they are asked for. */
function groupOf(group: string): Group {
  const entries = parsed.get(group) ?? parse(Object.hasOwn(texts, group) ? (texts[group] ?? "") : "");
  parsed.set(group, entries);
  return entries;
}

/** All of them, by group. */
export function groups(): ReadonlyMap<string, Group> {
  return new Map(Object.keys(texts).map((group) => [group, groupOf(group)]));
}

let parsedEndings: readonly (readonly [ending: string, entry: Entry])[] | undefined;

/** What is said of all types with one ending, the longest first. */
function endings() {
  parsedEndings ??= [...parse(common)]
    .map(([name, entry]) => [name.slice(1), entry] as const)
    .sort(([a], [b]) => b.length - a.length);
  return parsedEndings;
}

function parse(text: string): Group {
  const entries = new Map<string, Entry>();
  let fields = new Map<string, Meaning>();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const [, indent, name = "", as, rest = ""] = /^( {2})?([*$\w@-]+)(?: as (\w+))?:(.*)$/.exec(line) ?? [];
    if (name === "") throw new Error(`No description: ${line}`);
    if ((indent === undefined ? entries : fields).has(name)) throw new Error(`Described twice: ${name}`);
    const meaning = meaningOf(rest.trim());
    if (indent !== undefined) fields.set(name, meaning);
    else {
      fields = new Map();
      entries.set(name, { meaning, as, fields });
    }
  }
  return entries;
}

function meaningOf(text: string): Meaning {
  const at = text.indexOf("@default ");
  return at < 0 ? { text } : { text: text.slice(0, at).trim(), default: text.slice(at + "@default ".length) };
}
