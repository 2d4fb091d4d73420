import { durationText, secondsOf } from "./compose-units.js";
import type { Healthcheck } from "./dockerfile-stage.js";
import type { SourceObject } from "./program.js";
import { membersOf } from "./text-parts.js";

interface Timing {
  /** Seconds. */
  readonly interval: number | undefined;
  /** Seconds. */
  readonly timeout: number | undefined;
  readonly retries: number | undefined;
}

/**
 * What a health check of Docker's is to a pod, wherever it is said: a readiness probe. Docker starts nothing again that
 * is unhealthy, and others wait until it is healthy; a liveness probe would do the one, and a readiness probe does the
 * other. Its defaults are 30 seconds for both times, and three failures, as here.
 */
export function readinessProbe(exec: readonly string[], timing: Timing): SourceObject {
  const { interval = 30, retries, timeout = 30 } = timing;
  const every = durationText(Math.max(1, interval));
  const within = durationText(Math.max(1, timeout));
  return {
    members: membersOf({
      exec,
      every: every === "10s" ? undefined : every,
      timeout: within === "1s" ? undefined : within,
      failures: retries === 3 ? undefined : retries,
    }),
  };
}

/** The same of a Dockerfile's HEALTHCHECK. */
export function imageReadiness({ exec, timing }: Healthcheck): SourceObject {
  const at = (name: string) => {
    const text = timing.get(name);
    return text === undefined ? undefined : secondsOf(text);
  };
  const retries = Number(timing.get("retries") ?? "");
  return readinessProbe(exec, {
    interval: at("interval"),
    timeout: at("timeout"),
    retries: Number.isInteger(retries) && retries > 0 ? retries : undefined,
  });
}
