import { loadBundle } from "../bundle.js";
import { connect } from "../instance.js";
import type { CommandRun } from "../program.js";
import { jsonText } from "../render/escape.js";
import { planHeader, planView, renderPlan } from "../render/plan.js";
import { refusalText } from "../render/rollout.js";
import { titlesOf } from "../render/titles.js";
import { hasChanges, planStack, wantedOf } from "../rollout/plan-stack.js";
import { preflight } from "../rollout/preflight.js";
import { readSecrets, secretSources } from "../rollout/secret-sources.js";

/**
 * `infra plan [PATH]`: what `up` would do, and what the server would refuse. Changes and starts nothing: without an
 * instance all is new.
 */
export const run: CommandRun = async (context, [operand], options) => {
  const bundle = await loadBundle(context, operand, options, { write: true });
  if (bundle === undefined) return 1;
  const { unavailable, values } = await readSecrets(bundle.secrets.secrets, secretSources(context, bundle));
  const connection = await connect(context);
  const planned = await planStack(connection?.client, bundle, context.root, values);
  const refusals =
    connection === undefined
      ? []
      : await preflight(connection.client, wantedOf(planned), bundle.provenance).finally(() =>
          connection.client.close(),
        );
  const { plan } = planned;
  if (options["format"] === "json") context.out(jsonText({ ...plan, refusals }));
  else {
    if (hasChanges(planned) || plan.conflicts.length > 0)
      context.out(planHeader(bundle.record, context.root, connection !== undefined));
    context.out(renderPlan(plan, planView(context, bundle.record)));
  }
  if (unavailable !== undefined)
    context.error(
      `warning: ${unavailable.message}; ${(unavailable.cause as Error).message}: taken to be unchanged here, refused by up\n`,
    );
  const title = titlesOf(plan.actions.map(({ object }) => object));
  for (const refusal of refusals) context.error(refusalText(refusal, title, context.style));
  if (plan.conflicts.length > 0 || refusals.length > 0) return 1;
  return options["detailedExitcode"] === true && hasChanges(planned) ? 2 : 0;
};
