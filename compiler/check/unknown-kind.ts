import type { CustomKinds } from "../../stdlib/schema/custom/definition.js";
import { kindRows } from "../../stdlib/schema/kinds.js";
import { apiVersionOf, type GroupVersionKind } from "../../stdlib/schema/table.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { Span } from "../diagnostics/span.js";

const builtInGroups = new Set(kindRows.map(({ group }) => group));

/**
 * Reports that neither Kubernetes nor the stack has the kind of an object. That is a mistake in Kubernetes' own groups,
 * and in the version of a kind that the stack defines. Other kinds somebody else may define, those of the same group too.
 */
export function reportUnknownKind(
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  customKinds: CustomKinds,
  placeOf: (field: "apiVersion" | "kind") => Span | undefined,
  reporter: Reporter,
): void {
  const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
  const isKubernetes = builtInGroups.has(group) || !group.includes(".");
  const all: readonly GroupVersionKind[] = [...kindRows, ...customKinds.values()];
  const own = all.filter((one) => one.group === group && one.kind === kind);
  const moved = isKubernetes ? kindRows.filter((one) => one.kind === kind) : [];
  const [instead] = [...own, ...moved].sort(stableFirst).map(apiVersionOf);
  const known = all.filter((one) => apiVersionOf(one) === apiVersion).map((one) => one.kind);
  const data = { apiVersion, kind, known: known.sort() };
  if (isKubernetes || own.length > 0)
    reporter.report("kind-unknown", placeOf(instead === undefined ? "kind" : "apiVersion"), {
      ...data,
      instead,
    });
  else reporter.report("kind-undefined", placeOf("kind"), data);
}

/** `v1` before `v1beta1`; of those that are as stable, the first that is served. */
function stableFirst({ version: one }: GroupVersionKind, { version: other }: GroupVersionKind): number {
  const rank = (version: string) => ["beta", "alpha"].findIndex((word) => version.includes(word));
  return rank(one) - rank(other);
}
