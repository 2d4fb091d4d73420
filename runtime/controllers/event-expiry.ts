import type { Event } from "../../stdlib/kubernetes/generated/core-v1.js";
import { isApiError } from "../client/errors.js";
import { eventResource } from "../client/resources.js";
import type { ControllerContext, RunningController } from "./controller.js";

/** `--event-ttl` of kube-apiserver. */
const keepMs = 60 * 60_000;
const sweepMs = 60_000;

/** Deletes events an hour after they last happened. */
export function startEventExpiry(context: ControllerContext): RunningController {
  const { clock } = context.world;
  let sweeping: Promise<void> = Promise.resolve();
  let timer = clock.setTimer(sweepMs, tick);
  let stopped = false;

  function tick(): void {
    sweeping = sweep(context).catch((error) => context.onError("event-expiry", "", error));
    void sweeping.then(() => {
      if (!stopped) timer = clock.setTimer(sweepMs, tick);
    });
  }
  return {
    stop() {
      stopped = true;
      timer.cancel();
      return sweeping;
    },
  };
}

async function sweep({ client, view, world }: ControllerContext): Promise<void> {
  const limit = world.clock.now() - keepMs;
  for (const event of view.list(eventResource)) {
    if (lastSeen(event) > limit) continue;
    const { namespace = "", name = "" } = event.metadata;
    await client.delete(eventResource, namespace, name).catch((error) => {
      if (!isApiError(error, "NotFound")) throw error;
    });
  }
}

function lastSeen(event: Event): number {
  return Date.parse(event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? "");
}
