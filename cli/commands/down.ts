import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { builtFile } from "../../runtime/kernel/native.js";
import { InfraError, UsageError } from "../../stdlib/base/errors.js";
import { objectKey, stackLabel } from "../../stdlib/schema/bundle.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { agree } from "../agree.js";
import { recordOf } from "../bundle.js";
import { stackName } from "../compile-stack.js";
import { DaemonUnavailable, purgeStopped, stopDaemon } from "../connect.js";
import type { CliContext } from "../context.js";
import { createHost } from "../host.js";
import { type Connection, connect, connectOrStart, hasInstance, requireRoot } from "../instance.js";
import type { CommandOptions, CommandRun } from "../program.js";
import { rolloutLine, waitingText } from "../render/rollout.js";
import { statusLine } from "../render/status-line.js";
import { titlesOf } from "../render/titles.js";
import { readStack, readStacks } from "../rollout/live.js";
import { observe } from "../rollout/observer.js";
import { forgetLastUp } from "../rollout/plan-stack.js";
import { remove } from "../rollout/roll-out.js";
import { withStackLock } from "../stack-lock.js";

/** Something of the stack does not go. */
export class StackLingers extends InfraError {
  readonly code = "stack-lingers";
}

/** Longer than any grace period but those set by hand. */
const limitMs = 120_000;

/**
 * `infra down [PATH]`: removes the stack and waits until its pods are gone. A daemon that `up` started ends with the
 * last stack. With --purge images and everything else of the instance go too.
 */
export const run: CommandRun = async (context, [operand], options) => {
  const started = context.now();
  requireRoot("take a stack down");
  const stack = stackOf(context, operand, options);
  const purge = options["purge"] === true;
  const connection = await reach(context, purge);
  if (connection === undefined) {
    if (purge && existsSync(context.root)) return removeStopped(context, options["yes"] === true);
    context.out(`No instance at ${context.root}: nothing to take down.\n`);
    return 0;
  }
  try {
    return await withStackLock(context, stack, () =>
      takeDown(context, connection, stack, { purge, started, yes: options["yes"] === true }),
    );
  } finally {
    connection.client.close();
  }
};

/** The instance's daemon; undefined when there is nothing to serve, or, to be purged all the same, none can start. */
async function reach(context: CliContext, purge: boolean): Promise<Connection | undefined> {
  const running = await connect(context);
  if (running !== undefined || !hasInstance(context)) return running;
  try {
    return await connectOrStart(context, true);
  } catch (error) {
    if (!purge || !(error instanceof DaemonUnavailable)) throw error;
    context.error(`${error.message}\n`);
    return undefined;
  }
}

/** An instance that no daemon can serve is removed without one: its pods, its traces on the host, its files. */
async function removeStopped(context: CliContext, yes: boolean): Promise<number> {
  if (!(await agree(context, yes))) return 1;
  const { root, runBase } = context;
  await purgeStopped({ root, runBase, program: builtFile("daemon.js") });
  context.out(`The instance at ${root} is gone.\n`);
  return 0;
}

async function takeDown(
  context: CliContext,
  connection: Connection,
  stack: string,
  { purge, started, yes }: { readonly purge: boolean; readonly started: number; readonly yes: boolean },
): Promise<number> {
  const { client, daemon } = connection;
  const found = (await readStack(client, stack)).filter(isAsked);
  const others = otherStacks(await readStacks(client), stack);
  if (purge && others.length > 0)
    throw new UsageError(`Cannot purge: the instance also runs ${others.join(", ")}`, {
      hint: "Take those down first, or leave --purge out",
    });
  if (found.length > 0 && !(await agreed(context, found, yes))) return 1;
  await removeAll(context, connection, found);
  forgetLastUp(context.root, stack);
  const seconds = ((context.now() - started) / 1000).toFixed(2);
  context.out(
    found.length === 0 ? `Stack ${stack} is not there.\n` : `Stack ${stack} is gone      ${seconds} s\n`,
  );
  if (purge || (daemon.info.startedByUp && others.length === 0)) {
    await stopDaemon(daemon, context.clock, { purge });
    if (purge) context.out(`The instance at ${context.root} is gone.\n`);
  }
  return 0;
}

/** The stack's name, without compiling: what is to go may no longer compile. */
function stackOf(context: CliContext, operand: string | undefined, options: CommandOptions): string {
  const given = options["stack"];
  if (typeof given === "string") return given;
  const path = resolve(context.cwd, operand ?? ".");
  if (!existsSync(path))
    throw new UsageError(`"${operand}" is not there`, { hint: "Name the stack with --stack" });
  const record = createHost(context.packageRoot, context.cache).read(join(path, "compile.json"));
  if (record !== undefined) return recordOf(operand ?? ".", Buffer.from(record).toString("utf8")).stack;
  return stackName(basename(/\.[cm]?tsx?$/.test(path) ? dirname(path) : path));
}

/** What a manifest asked for; the rest goes with its owner. */
function isAsked(object: KubeObject): boolean {
  return !(object.metadata.ownerReferences ?? []).some(({ controller }) => controller === true);
}

function otherStacks(objects: readonly KubeObject[], own: string): readonly string[] {
  const names = objects.map(({ metadata }) => metadata.labels?.[stackLabel] ?? "");
  return [...new Set(names)].filter((name) => name !== own && name !== "").sort();
}

async function agreed(context: CliContext, found: readonly KubeObject[], yes: boolean): Promise<boolean> {
  if (yes) return true; // what goes is told as it goes
  const keys = found.map(objectKey);
  const title = titlesOf(keys);
  for (const key of keys) context.out(`${context.style.red("-")} ${title(key).padEnd(24)}  destroyed\n`);
  return agree(context, false);
}

async function removeAll(
  context: CliContext,
  { client, lost }: Connection,
  found: readonly KubeObject[],
): Promise<void> {
  if (found.length === 0) return;
  const watching = new AbortController();
  const line = statusLine(context);
  const title = titlesOf(found.map(objectKey));
  try {
    const gone = await remove(
      {
        client,
        observer: await observe(client, watching.signal),
        clock: context.clock,
        signal: AbortSignal.any([context.interrupted, lost]),
        limitMs,
        report(event) {
          const settled = rolloutLine(event, title, context.style);
          if (settled !== undefined) line.settle(settled);
          const waiting = waitingText(event, title);
          if (waiting !== undefined) line.wait(waiting);
        },
      },
      found,
    );
    if (!gone)
      throw new StackLingers(`The stack is not gone after ${limitMs / 1000} s`, {
        hint: "infra status shows what is left; infra down again goes on",
      });
  } finally {
    watching.abort();
    line.end();
  }
}
