import type { BuildEvent } from "../../runtime/images/image-store.js";
import { InfraError, UsageError } from "../../stdlib/base/errors.js";
import { objectKey, type Provenance } from "../../stdlib/schema/bundle.js";
import { agree } from "../agree.js";
import { type Bundle, loadBundle } from "../bundle.js";
import { buildImages } from "../connect.js";
import type { CliContext } from "../context.js";
import { type Connection, connectOrStart, requireRoot } from "../instance.js";
import type { CommandRun } from "../program.js";
import { escapeText } from "../render/escape.js";
import { count, planHeader, planView, renderPlan } from "../render/plan.js";
import { failureText, refusalText, rolloutLine, waitingText, warningText } from "../render/rollout.js";
import { type StatusLine, statusLine } from "../render/status-line.js";
import { type Titles, titlesOf } from "../render/titles.js";
import { type ObjectWarning, warningsOf } from "../rollout/object-warnings.js";
import { observe } from "../rollout/observer.js";
import { hasChanges, keepLastUp, type PlannedStack, planStack, wantedOf } from "../rollout/plan-stack.js";
import type { PodTrouble } from "../rollout/pod-trouble.js";
import { preflight } from "../rollout/preflight.js";
import {
  type RolloutContext,
  remove,
  rollOut,
  type Unready,
  type WantedObject,
} from "../rollout/roll-out.js";
import { readSecrets, secretSources } from "../rollout/secret-sources.js";
import { withStackLock } from "../stack-lock.js";
import { Interrupted } from "../terminal.js";

/** The plan may not be applied. */
export class StackConflict extends InfraError {
  readonly code = "stack-conflict";
}

const defaultTimeoutSeconds = 120;
const tailLines = 10;

/**
 * `infra up [PATH]`: compiles, plans, asks, builds, applies, waits, removes what left the stack. Exit code 1 when
 * something is not ready in the end; what serves keeps serving then.
 */
export const run: CommandRun = async (context, [operand], options) => {
  const started = context.now();
  const limitMs = timeoutOf(options["timeout"]);
  requireRoot("run a stack");
  const bundle = await loadBundle(context, operand, options, { write: true, lock: true });
  if (bundle === undefined) return 1;
  const connection = await connectOrStart(context, true);
  try {
    return await withStackLock(context, bundle.record.stack, () =>
      bringUp(context, connection, bundle, { limitMs, started, yes: options["yes"] === true }),
    );
  } finally {
    connection.client.close();
  }
};

async function bringUp(
  context: CliContext,
  connection: Connection,
  bundle: Bundle,
  { limitMs, started, yes }: { readonly limitMs: number; readonly started: number; readonly yes: boolean },
): Promise<number> {
  const { unavailable, values } = await readSecrets(bundle.secrets.secrets, secretSources(context, bundle));
  if (unavailable !== undefined) throw unavailable;
  const planned = await planStack(connection.client, bundle, context.root, values);
  refuseForeign(planned);
  const changes = hasChanges(planned);
  if (changes) {
    context.out(planHeader(bundle.record, context.root, true));
    context.out(renderPlan(planned.plan, planView(context, bundle.record)));
    if (!(await agree(context, yes))) return 1;
    context.out("\n");
  }
  const wanted = wantedOf(planned);
  const title = titlesOf(planned.plan.actions.map(({ object }) => object));
  const refusals = await preflight(connection.client, wanted, bundle.provenance);
  if (refusals.length > 0) {
    for (const refusal of refusals) context.error(refusalText(refusal, title, context.style));
    context.error("Nothing was changed.\n");
    return 1;
  }
  const line = statusLine(context);
  try {
    await build(context, connection, bundle, line);
    const told = { limitMs, line, title };
    const { unready, warnings } = await apply(context, connection, planned, wanted, told);
    line.end();
    for (const warning of warnings) context.error(warningText(warning, title, context.style));
    if (unready.length > 0) return await explain(context, connection, bundle, unready, title);
  } finally {
    line.end();
  }
  keepLastUp(context.root, bundle);
  const seconds = ((context.now() - started) / 1000).toFixed(2);
  const total = planned.objects.length + planned.secrets.length;
  if (changes)
    context.out(
      `${count(total, "resource")} as ${escapeText(bundle.record.entry)} has them      ${seconds} s\n`,
    );
  else context.out(renderPlan(planned.plan, planView(context, bundle.record)));
  return 0;
}

function timeoutOf(given: unknown): number {
  const seconds = given === undefined ? defaultTimeoutSeconds : Number(String(given).replace(/s$/, ""));
  if (Number.isFinite(seconds) && seconds > 0) return seconds * 1000;
  throw new UsageError(`"--timeout ${given}" is no number of seconds`, { hint: "Write --timeout 60s" });
}

function refuseForeign({ plan }: PlannedStack): void {
  const [first] = plan.conflicts;
  if (first === undefined) return;
  const [name, namespace, kind] = first.object.split("/").reverse();
  const owner = first.owner === undefined ? "no stack" : `stack "${first.owner}"`;
  const more = plan.conflicts.length === 1 ? "" : `, and ${plan.conflicts.length - 1} more`;
  throw new StackConflict(
    `Cannot apply: ${kind?.toLowerCase()}/${name} in namespace "${namespace}" exists and belongs to ${owner}${more}`,
    { hint: "Rename it, put the stack into another namespace with -n, or take the other one down" },
  );
}

async function build(
  context: CliContext,
  { daemon }: Connection,
  { build: graph, sourceRoot }: Bundle,
  line: StatusLine,
): Promise<void> {
  const report = (event: BuildEvent) => {
    const name = `image/${event.image}`;
    if (event.type === "step") line.wait(`${name}  ${event.title}`);
    if (event.type !== "done" || event.ran === 0) return;
    const steps = `${event.ran} of ${count(event.ran + event.cached, "step")} ran`;
    const cached = event.cached === 0 ? "" : `, ${event.cached} cached`;
    const seconds = (event.milliseconds / 1000).toFixed(1);
    line.settle(`  ${name.padEnd(22)} built      ${steps}${cached}      ${seconds} s\n`);
  };
  if (graph.images.length > 0) await buildImages(daemon, { graph, sourceRoot }, report, context.interrupted);
}

async function apply(
  context: CliContext,
  { client, lost }: Connection,
  { live, plan }: PlannedStack,
  wanted: readonly WantedObject[],
  { limitMs, line, title }: { readonly limitMs: number; readonly line: StatusLine; readonly title: Titles },
): Promise<{ readonly unready: readonly Unready[]; readonly warnings: readonly ObjectWarning[] }> {
  const watching = new AbortController();
  /** What is on its way, for who interrupts it. */
  const pending = new Map<string, string>();
  const touched = new Set(
    plan.actions.filter(({ action }) => action === "delete").map(({ object }) => object),
  );
  const rollout: RolloutContext = {
    client,
    observer: await observe(client, watching.signal),
    clock: context.clock,
    signal: AbortSignal.any([context.interrupted, lost]),
    limitMs,
    report(event) {
      const settled = rolloutLine(event, title, context.style);
      const waiting = waitingText(event, title);
      if (waiting === undefined) pending.delete(event.object);
      else pending.set(event.object, waiting);
      // That what nobody touched is still ready is no news.
      if (event.what.type === "applied" && event.what.how !== "unchanged") touched.add(event.object);
      if (waiting !== undefined) touched.add(event.object);
      if (settled !== undefined && touched.has(event.object)) line.settle(settled);
      if (waiting !== undefined) line.wait(waiting);
    },
  };
  const actions = new Map(plan.actions.map(({ action, object }) => [object, action]));
  try {
    const unready = await rollOut(rollout, wanted);
    const warnings = warningsOf(
      rollout.observer.around.events,
      new Set(wanted.map(({ object }) => objectKey(object))),
    );
    if (unready.length > 0) return { unready, warnings };
    const leaving = live.filter((object) => actions.get(objectKey(object)) === "delete");
    if (leaving.length > 0 && !(await remove(rollout, leaving)))
      throw new StackConflict("What left the stack is not gone yet", {
        hint: "infra up again removes the rest",
      });
    return { unready, warnings };
  } catch (error) {
    if (error instanceof Interrupted) {
      line.end();
      for (const text of pending.values()) context.error(`  left: ${text}\n`);
      context.error("What was applied stays. infra up goes on from here, infra down removes the stack.\n");
    }
    throw error;
  } finally {
    watching.abort();
  }
}

async function explain(
  context: CliContext,
  { client }: Connection,
  { provenance }: Bundle,
  unready: readonly Unready[],
  title: Titles,
): Promise<number> {
  const placeOf = (object: string, trouble: PodTrouble) => {
    const place = placeOfTrouble(provenance, object, trouble);
    return place === undefined ? "" : `      ${context.style.dim(`${escapeText(place.file)}:${place.line}`)}`;
  };
  const tailOf = async ({ container, log, namespace, pod }: PodTrouble) => {
    if (log === undefined || container === undefined) return [];
    const query = { container, tailLines, previous: log === "previous" };
    let text = "";
    try {
      for await (const bytes of client.logs(namespace, pod, query, context.interrupted))
        text += bytes.toString();
    } catch (error) {
      if (!(error instanceof InfraError)) throw error;
      return []; // the pod went meanwhile: the reason stands without its log
    }
    return text.split("\n").filter((each) => each !== "");
  };
  for (const each of unready) context.error(await failureText(each, title, context.style, placeOf, tailOf));
  context.error("What served before still serves where it can. Mend the stack and run infra up again.\n");
  return 1;
}

const fieldsOfTrouble: { readonly [about in PodTrouble["about"]]: readonly string[] } = {
  image: ["image"],
  command: ["command", "args"],
  probe: ["readinessProbe", "livenessProbe"],
  exit: ["command", "args", "image"],
  configuration: ["env", "envFrom"],
  scheduling: [],
};

/** The line of the field that explains the trouble, else the container's, else the object's. */
function placeOfTrouble(provenance: Provenance, object: string, { about, container }: PodTrouble) {
  const places = provenance.objects[object] ?? {};
  const inPod = object.startsWith("v1/Pod/") ? "spec" : "spec.template.spec";
  const base = `${inPod}.containers[${container}]`;
  const candidates = [...fieldsOfTrouble[about].map((field) => `${base}.${field}`), base, ""];
  const found = candidates.find((path) => places[path] !== undefined);
  return found === undefined ? undefined : places[found];
}
