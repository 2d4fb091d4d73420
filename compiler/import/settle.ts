import type { Built } from "../lower/built.js";
import { keysOf } from "./constructs/containers.js";
import type { Style } from "./constructs/context.js";
import type { Draft, Drafts, Rendered } from "./drafts.js";
import { type EvaluatedProgram, evaluateProgram } from "./evaluate-program.js";
import { isSame } from "./objects.js";
import { type PatchPlan, patchFor, sizeOf } from "./patch-for.js";

/** A patch of more than this share of the object itself says it worse than the object. */
const readablePatch = 0.4;

/**
 * Decides how each object is written, by trying: the program is evaluated and lowered as a compile does it, and what
 * comes out is held against what was written. A construct stays where it gives the same object, alone or with a
 * patch; otherwise the object is written field by field. So the result is right whatever a construct does.
 */
export function settle(drafts: Drafts, namespace: string): Rendered {
  let tries = tryAll(drafts, namespace);
  const alone = drafts.list.filter(
    (draft) => draft.companions.length > 0 && tries.every(({ plans }) => plans.get(draft) === undefined),
  );
  if (alone.length > 0) {
    for (const draft of alone) draft.companions = [];
    tries = tryAll(drafts, namespace);
  }
  for (const draft of drafts.list) choose(draft, tries);
  return agree(drafts, namespace);
}

interface Try {
  readonly style: Style;
  readonly plans: ReadonlyMap<Draft, PatchPlan | undefined>;
}

/** Everything in both styles, as far as it comes. */
function tryAll(drafts: Drafts, namespace: string): readonly Try[] {
  return (["infra", "kubernetes"] as const).map((style) => {
    for (const draft of drafts.list) draft.style = style;
    const constructs = drafts.list.map(({ isConstruct }) => isConstruct);
    const evaluated = evaluate(drafts, namespace);
    const plans = new Map(drafts.list.map((draft) => [draft, planOf(draft, evaluated, namespace)] as const));
    for (const [index, draft] of drafts.list.entries()) draft.isConstruct = constructs[index] ?? false;
    return { style, plans };
  });
}

function choose(draft: Draft, tries: readonly Try[]): void {
  if (!draft.isConstruct) return;
  let best: { readonly style: Style; readonly plan: PatchPlan } | undefined;
  for (const { plans, style } of tries) {
    const plan = plans.get(draft);
    if (plan !== undefined && (best === undefined || plan.size < best.plan.size)) best = { style, plan };
  }
  if (best === undefined || best.plan.size > readablePatch * sizeOf(draft.object)) draft.isConstruct = false;
  else {
    draft.style = best.style;
    draft.patch = best.plan;
  }
}

/** Until everything that is written with a construct gives the same object. Each round has fewer of those, or ends. */
function agree(drafts: Drafts, namespace: string): Rendered {
  const corrected = new Set<Draft>();
  for (;;) {
    const rendered = drafts.render();
    const evaluated = evaluateProgram(rendered.program, { namespace, fileText: textsOf(rendered) });
    let isSettled = true;
    for (const draft of drafts.list) {
      if (!draft.isConstruct || isRight(draft, evaluated, namespace)) continue;
      isSettled = false;
      // What it refers to may be written otherwise than when its patch was made: one more try.
      const again = corrected.has(draft) ? undefined : planAgain(draft, evaluated, namespace);
      corrected.add(draft);
      if (again === undefined && draft.companions.length > 0) draft.companions = [];
      else if (again === undefined) draft.isConstruct = false;
      else draft.patch = again;
    }
    if (isSettled) return rendered;
  }
}

function evaluate(drafts: Drafts, namespace: string): EvaluatedProgram {
  for (const draft of drafts.list) draft.patch = undefined;
  const rendered = drafts.render();
  return evaluateProgram(rendered.program, { namespace, fileText: textsOf(rendered) });
}

function textsOf({ files }: Rendered): (path: string) => string | undefined {
  return (path) => {
    const content = files.get(path.replace(/^\.\//, ""))?.content;
    return content === undefined || typeof content === "string"
      ? content
      : Buffer.from(content).toString("utf8");
  };
}

/** The patch for what a construct made without one; undefined when it made nothing that a patch could mend. */
function planOf(draft: Draft, evaluated: EvaluatedProgram, namespace: string): PatchPlan | undefined {
  if (!draft.isConstruct) return undefined;
  if (draft.object.kind === "Secret")
    return isSecretRight(draft, evaluated)
      ? { object: undefined, containers: new Map(), size: 0 }
      : undefined;
  if (evaluated.refused.has(draft.statement)) return undefined;
  const [made, ...more] = evaluated.built.get(draft.statement) ?? [];
  if (made === undefined || !areCompanions(more, draft, namespace)) return undefined;
  if (made.object.kind !== draft.object.kind) return undefined;
  return patchFor(made.object, draft.object, namespace);
}

/** A patch over the patch is no patch: only what still differs without any is tried again. */
function planAgain(draft: Draft, evaluated: EvaluatedProgram, namespace: string): PatchPlan | undefined {
  const isBare = draft.patch === undefined || draft.patch.size === 0;
  return isBare ? planOf(draft, evaluated, namespace) : undefined;
}

function isRight(draft: Draft, evaluated: EvaluatedProgram, namespace: string): boolean {
  if (draft.object.kind === "Secret") return isSecretRight(draft, evaluated);
  if (evaluated.refused.has(draft.statement)) return false;
  const [made, ...more] = evaluated.built.get(draft.statement) ?? [];
  return (
    made !== undefined &&
    isSame(made.object, draft.object, namespace) &&
    areCompanions(more, draft, namespace)
  );
}

/** Whether what was made beside the object is just what was written beside it. */
function areCompanions(made: readonly Built[], { companions }: Draft, namespace: string): boolean {
  return (
    made.length === companions.length &&
    companions.every(({ object }) => made.some((one) => isSame(one.object, object, namespace)))
  );
}

/** Of a Secret only the stack's `up` makes an object: what is held against it are its name, keys and description. */
function isSecretRight({ namespace, object, statement }: Draft, evaluated: EvaluatedProgram): boolean {
  const { name } = object.metadata;
  const found = evaluated.secrets.find((one) => one.name === name && one.namespace === namespace);
  if (found === undefined || evaluated.refused.has(statement)) return false;
  const keys = [...new Set(keysOf(object))].sort();
  const type = (object as { type?: string }).type ?? "Opaque";
  return JSON.stringify(Object.keys(found.keys).sort()) === JSON.stringify(keys) && found.type === type;
}
