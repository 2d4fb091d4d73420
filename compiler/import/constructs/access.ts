import { kindRows } from "../../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../../stdlib/schema/objects.js";
import { isRecord } from "../objects.js";
import type { SourceMember, SourceValue } from "../program.js";
import { at, type Companion, type Construct, textMap } from "./context.js";
import { Comments, Members, objectOf } from "./members.js";
import { setDescribed } from "./workloads.js";

export const serviceAccount: Construct = (context) => {
  const { companions, object } = context;
  const members = new Members(context.comments);
  for (const [member, kind] of [
    ["may", "Role"],
    ["mayEverywhere", "ClusterRole"],
  ] as const) {
    const own = companions.filter((one) => one.object.kind.startsWith(kind));
    const role = own.find((one) => one.object.kind === kind);
    if (role === undefined) continue;
    const comments = own.map((one) => new Comments(one.found.remarks));
    const permissions = permissionsOf(role.object, comments[own.indexOf(role)]);
    if (permissions === undefined) return undefined;
    const above = own.flatMap(({ found }, index) => [...found.comment, ...(comments[index]?.rest() ?? [])]);
    members.add({
      name: member,
      value: { members: permissions },
      ...(above.length === 0 ? {} : { comment: above }),
    });
  }
  setDescribed(context, members, textMap(object.metadata.labels));
  return { call: ["serviceAccount"], arguments: [object.metadata.name ?? "", members.object] };
};

/**
 * Roles and bindings that `may` and `mayEverywhere` of an account make: named as it makes them, for it alone. Whether
 * they are the same to the last field is tried afterwards.
 */
export function companionsOf<T extends Companion>(
  account: T,
  find: (kind: string, name: string, namespace: string) => T | undefined,
  namespace: string,
): readonly T[] {
  const { name = "" } = account.object.metadata;
  return (["Role", "ClusterRole"] as const).flatMap((kind) => {
    const wished = kind === "Role" ? name : `${namespace}-${name}`;
    const role = find(kind, wished, kind === "Role" ? namespace : "");
    const binding = find(`${kind}Binding`, wished, kind === "Role" ? namespace : "");
    if (role === undefined || binding === undefined || permissionsOf(role.object) === undefined) return [];
    const [subject, ...more] = listAt(binding.object, "subjects");
    const isOwn = isRecord(subject) && subject["kind"] === "ServiceAccount" && subject["name"] === name;
    return isOwn && more.length === 0 && at(binding.object, ["roleRef", "kind"]) === kind
      ? [role, binding]
      : [];
  });
}

const verbs = new Set(
  "get list watch create update patch delete deletecollection bind escalate impersonate use approve sign *".split(
    " ",
  ),
);
/** Of the core group; its kinds themselves are in the table. */
const coreParts = new Set(
  (
    "* namespaces/finalize namespaces/status nodes/log nodes/metrics nodes/proxy nodes/stats nodes/status " +
    "persistentvolumeclaims/status persistentvolumes/status pods/attach pods/binding pods/ephemeralcontainers " +
    "pods/eviction pods/exec pods/log pods/portforward pods/proxy pods/resize pods/status " +
    "replicationcontrollers/scale replicationcontrollers/status resourcequotas/status serviceaccounts/token " +
    "services/proxy services/status"
  ).split(" "),
);

/** A role's rules as `may` says them, resource to verbs; undefined when it has no words for one. */
function permissionsOf(role: KubeObject, comments?: Comments): readonly SourceMember[] | undefined {
  const found = new Map<string, SourceMember>();
  for (const [index, rule] of listAt(role, "rules").entries()) {
    const groups = textsAt(rule, "apiGroups");
    const resources = textsAt(rule, "resources");
    const may = textsAt(rule, "verbs");
    const only = textsAt(rule, "resourceNames");
    const [group] = groups ?? [];
    if (!isRecord(rule) || "nonResourceURLs" in rule || groups?.length !== 1 || group === undefined)
      return undefined;
    if (resources === undefined || resources.length === 0 || may === undefined || may.length === 0)
      return undefined;
    if (!may.every((verb) => verbs.has(verb))) return undefined;
    const value: SourceValue = only === undefined || only.length === 0 ? may : objectOf({ verbs: may, only });
    const comment = comments?.take(["rules", index]) ?? [];
    for (const [at, resource] of resources.entries()) {
      const name = resourceName(group, resource);
      if (name === undefined || found.has(name)) return undefined;
      found.set(name, { name, value, ...(at > 0 || comment.length === 0 ? {} : { comment }) });
    }
  }
  return found.size === 0 ? undefined : [...found.values()];
}

function resourceName(group: string, resource: string): string | undefined {
  if (group === "*") return resource === "*" ? "*" : undefined;
  if (group !== "") return /^[a-z*][a-z/*]*$/.test(resource) ? `${resource}.${group}` : undefined;
  const isKind = kindRows.some((row) => row.group === "" && row.resource === resource);
  return isKind || (resource !== "*" && coreParts.has(resource)) ? resource : undefined;
}

function listAt(value: unknown, name: string): readonly unknown[] {
  const list = at(value, [name]);
  return Array.isArray(list) ? list : [];
}

function textsAt(value: unknown, name: string): readonly string[] | undefined {
  const list = at(value, [name]);
  return Array.isArray(list) && list.every((item) => typeof item === "string") ? list : undefined;
}
