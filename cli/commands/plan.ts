import { loadBundle } from "../bundle.js";
import { connect } from "../instance.js";
import type { CommandRun } from "../program.js";
import { planHeader, planView, renderPlan } from "../render/plan.js";
import { hasChanges, planStack } from "../rollout/plan-stack.js";

/** `infra plan [PATH]`: what `up` would do. Reads only, and starts nothing: without an instance all is new. */
export const run: CommandRun = async (context, [operand], options) => {
  const bundle = await loadBundle(context, operand, options, { write: true });
  if (bundle === undefined) return 1;
  const connection = await connect(context);
  const planned = await planStack(connection?.client, bundle, context.root);
  connection?.client.close();
  const { plan } = planned;
  if (options["format"] === "json") context.out(`${JSON.stringify(plan, null, 2)}\n`);
  else {
    if (hasChanges(planned) || plan.conflicts.length > 0)
      context.out(planHeader(bundle.record, context.root, connection !== undefined));
    context.out(renderPlan(plan, planView(context, bundle.record)));
  }
  if (plan.conflicts.length > 0) return 1;
  return options["detailedExitcode"] === true && hasChanges(planned) ? 2 : 0;
};
