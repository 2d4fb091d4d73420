import type { Timer, World } from "../../../stdlib/base/clock.js";
import { StoreCompacted } from "../../store/errors.js";
import type { Change, Store } from "../../store/store.js";
import type { Registry } from "../registry.js";
import { invalidOptions, statusError } from "../status-error.js";
import { decodeStored, prefixOf } from "../stored.js";
import { begin, type Exchange } from "./exchange.js";
import { listOptions, requireReached } from "./list.js";
import { rendererFor } from "./render.js";
import type { Target } from "./target.js";

/** Marks the bookmark after a watch's first objects. */
const initialEventsEnd = "k8s.io/initial-events-end";

const bookmarkPeriodMs = 60_000;
/** Without `timeoutSeconds` a watch lasts between one and two of these. */
const leastWatchMs = 1_800_000;
/** A watcher that reads slower than the cluster changes is ended at this much unread text; it lists again. */
const maxUnreadBytes = 16 * 1024 * 1024;

export interface WatchContext {
  readonly registry: Registry;
  readonly store: Store;
  readonly world: World;
}

/**
 * Streams what happens to the selected objects, one JSON object a line, until the client goes or time is up.
 *
 * Source: Kubernetes API concepts, "Efficient detection of changes" and "Streaming lists".
 */
export function serveWatch(context: WatchContext, exchange: Exchange, target: Target): Promise<void> {
  const { registry, store, world } = context;
  const { query, response, signal } = exchange;
  const { row, namespace } = target;
  const { selects, resourceVersion } = listOptions(target, query);
  const renderer = rendererFor(exchange, row, world.clock);
  const sendInitial = initialEvents(query);
  requireReached(resourceVersion, registry.revision);

  const initial = resourceVersion === "" || resourceVersion === "0" || sendInitial === true;

  return new Promise((resolve) => {
    const timers = new Set<Timer>();
    let subscription: { close(): void } | undefined;
    let ended = false;
    const finish = () => {
      if (ended) return;
      ended = true;
      subscription?.close();
      for (const timer of timers) timer.cancel();
      signal.removeEventListener("abort", finish);
      response.end();
      resolve();
    };
    const line = (type: string, object: unknown) => {
      if (ended) return;
      response.write(`${JSON.stringify({ type, object })}\n`);
      if (response.writableLength > maxUnreadBytes) finish();
    };
    const deliver = ({ value, previous, revision }: Change) => {
      const before = previous === undefined ? undefined : decodeStored(previous, revision);
      const after = value === undefined ? undefined : decodeStored(value, revision);
      const was = before !== undefined && selects(before);
      if (after !== undefined && selects(after)) line(was ? "MODIFIED" : "ADDED", renderer.one(after));
      else if (was) line("DELETED", renderer.one(after ?? before)); // carries the revision it went with
    };
    const bookmark = (annotations: { readonly [key: string]: string }) =>
      line("BOOKMARK", renderer.bookmark(String(store.revision), annotations));
    const later = (delayMs: number, run: () => void) => {
      const timer = world.clock.setTimer(delayMs, () => {
        timers.delete(timer);
        run();
      });
      timers.add(timer);
    };
    const bookmarkLater = () =>
      later(bookmarkPeriodMs, () => {
        bookmark({});
        bookmarkLater();
      });

    signal.addEventListener("abort", finish, { once: true });
    begin(exchange, 200, { "content-type": "application/json" });
    response.flushHeaders(); // clients wait for them before any event
    if (initial && sendInitial !== false)
      for (const object of registry.list(row, namespace).filter(selects)) line("ADDED", renderer.one(object));
    if (sendInitial === true) bookmark({ [initialEventsEnd]: "true" });
    try {
      subscription = store.watch(
        prefixOf(row, namespace),
        initial ? store.revision : Number(resourceVersion),
        deliver,
      );
    } catch (error) {
      if (!(error instanceof StoreCompacted)) throw error;
      line("ERROR", tooOld(resourceVersion, error.oldest));
      return finish();
    }
    if (signal.aborted) finish();
    if (ended) return subscription.close(); // the history alone was more than the client read
    later(timeoutMs(query) ?? leastWatchMs + (world.random.uint32() % leastWatchMs), finish);
    if (query.get("allowWatchBookmarks") === "true") bookmarkLater();
  });
}

/** Undefined: not said, so it depends on the resource version. */
function initialEvents(query: URLSearchParams): boolean | undefined {
  const given = query.get("sendInitialEvents");
  const match = query.get("resourceVersionMatch") ?? "";
  if (given === null) {
    if (match !== "")
      throw invalidOptions(
        "resourceVersionMatch",
        "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
      );
    return undefined;
  }
  if (match !== "NotOlderThan")
    throw invalidOptions(
      "resourceVersionMatch",
      "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
    );
  return given === "true" || given === "1";
}

function timeoutMs(query: URLSearchParams): number | undefined {
  const seconds = Number(query.get("timeoutSeconds") ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1000, 2 ** 31 - 1) : undefined;
}

function tooOld(resourceVersion: string, oldest: number): unknown {
  return statusError("Expired", `too old resource version: ${resourceVersion} (${oldest})`).status;
}
