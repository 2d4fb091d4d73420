import { badRequest } from "../status-error.js";
import { readBody } from "./body.js";
import { type Exchange, respondJson } from "./exchange.js";

/** Kinds that are questions: a client creates one, the answer is in what comes back, and nothing is stored. */
export const reviewResources = [
  review("authentication.k8s.io", "SelfSubjectReview"),
  review("authorization.k8s.io", "SelfSubjectAccessReview"),
  review("authorization.k8s.io", "SelfSubjectRulesReview"),
] as const;

function review(group: string, kind: string) {
  return {
    group,
    version: "v1",
    kind,
    resource: `${kind.toLowerCase()}s`,
    singular: kind.toLowerCase(),
    namespaced: false,
  };
}

/**
 * Answers the reviews of `kubectl auth`. Whoever gets this far is an administrator, so everything is allowed.
 *
 * @returns false when the path is none of these.
 */
export async function serveReview(exchange: Exchange): Promise<boolean> {
  const { segments, method } = exchange;
  const [root, group, version, resource] = segments;
  const found = reviewResources.find((row) => row.group === group && row.resource === resource);
  if (root !== "apis" || found === undefined || version !== "v1" || segments.length !== 4) return false;
  if (method !== "POST") return false;
  const body = await readBody(exchange.request);
  if (typeof body?.value !== "object" || body.value === null) throw badRequest("the review has no body");
  const { spec } = body.value as { spec?: object };
  respondJson(exchange, 201, {
    kind: found.kind,
    apiVersion: `${group}/v1`,
    metadata: {},
    ...(spec === undefined ? {} : { spec }),
    status: answers[found.kind]?.(exchange) ?? {},
  });
  return true;
}

const answers: { readonly [kind: string]: (exchange: Exchange) => object } = {
  SelfSubjectReview: ({ user }) => ({ userInfo: { username: user?.name ?? "", groups: user?.groups ?? [] } }),
  SelfSubjectAccessReview: () => ({ allowed: true, reason: "administrators may do everything" }),
  SelfSubjectRulesReview: () => ({
    incomplete: false,
    resourceRules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }],
    nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }],
  }),
};
