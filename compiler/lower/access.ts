import { isDeepStrictEqual } from "node:util";
import type { ServiceAccount } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { PolicyRule } from "../../stdlib/kubernetes/generated/rbac-v1.js";
import { kindRows } from "../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { Authored, Resource } from "../model/authored.js";
import { type Built, builtOf, type Origins } from "./built.js";
import { clusterMetadata, describedMetadata, originsOf } from "./config.js";
import { defined } from "./container.js";
import { isPlain, type LowerContext, namespaceOf, textsOf } from "./context.js";
import { patched } from "./patch.js";

/** The account; with permissions also the roles that say them and the bindings that give them. */
export function lowerServiceAccount(context: LowerContext, resource: Resource): readonly Built[] {
  const { name, spec } = resource;
  const origins = originsOf(resource);
  const may = spec.get("may");
  const everywhere = spec.get("mayEverywhere");
  const account: ServiceAccount = {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: describedMetadata(context, resource),
    ...(isPlain(resource)
      ? {}
      : { automountServiceAccountToken: may !== undefined || everywhere !== undefined }),
  };
  const namespace = namespaceOf(context, resource);
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  const given = (value: Authored, kind: "Role" | "ClusterRole"): Built[] => {
    const metadata =
      kind === "Role"
        ? describedMetadata(context, resource)
        : { ...clusterMetadata(context, resource), name: `${namespace}-${name}` }; // one name for all namespaces
    const places = originsOf(resource);
    places.set("", value);
    const rules = rulesOf(context, resource, value, places);
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind, name: metadata.name ?? "" };
    const apiVersion = "rbac.authorization.k8s.io/v1";
    const objects: KubeObject[] = [
      { apiVersion, kind, metadata, rules },
      { apiVersion, kind: `${kind}Binding`, metadata, roleRef, subjects },
    ];
    return objects.map((object) => builtOf(resource, object, places));
  };
  return [
    patched(context, resource, account, origins),
    ...(may === undefined ? [] : given(may, "Role")),
    ...(everywhere === undefined ? [] : given(everywhere, "ClusterRole")),
  ];
}

/** Rules in the author's order; neighbours of one group that may be treated alike share one, as people write roles. */
function rulesOf(
  context: LowerContext,
  resource: Resource,
  permissions: Authored,
  origins: Origins,
): PolicyRule[] {
  const rules: PolicyRule[] = [];
  for (const [name, value] of permissions.entries()) {
    const [plural = "", ...group] = name.split(".");
    checkName(context, resource, name, value);
    const rule = defined({
      apiGroups: [name === "*" ? "*" : group.join(".")],
      resources: [plural],
      resourceNames: textsOf(value.get("only")),
      verbs: textsOf(value) ?? textsOf(value.get("verbs")) ?? [],
    });
    const before = rules.at(-1);
    if (before !== undefined && isDeepStrictEqual({ ...before, resources: [] }, { ...rule, resources: [] }))
      rules[rules.length - 1] = { ...before, resources: [...(before.resources ?? []), plural] };
    else {
      const at = `rules[${rules.length}]`;
      origins.set(at, value);
      origins.setKey(`${at}.resources`, value);
      origins.set(`${at}.verbs`, value.get("verbs") ?? value);
      origins.take(value, "only", `${at}.resourceNames`);
      rules.push(rule);
    }
  }
  return rules;
}

/** A group that is not Kubernetes' own may hold anything. */
function checkName(context: LowerContext, resource: Resource, name: string, value: Authored): void {
  const [path = "", ...parts] = name.split(".");
  const [plural] = path.split("/");
  const group = parts.join(".");
  const own = kindRows.filter((row) => row.group === group);
  if (plural === "*" || own.length === 0 || own.some((row) => row.resource === plural)) return;
  const known = kindRows.map((row) => (row.group === "" ? row.resource : `${row.resource}.${row.group}`));
  context.reporter.report("resource-name-unknown", value.keySpan, {
    resource: resource.title,
    name,
    known: [...new Set(known)],
  });
}
