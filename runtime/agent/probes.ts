import type { Clock, Timer } from "../../stdlib/base/clock.js";
import type { Container, HTTPGetAction, Probe } from "../../stdlib/kubernetes/generated/core-v1.js";

export interface ProbeOutcome {
  readonly ok: boolean;
  /** Why not, in kubelet's words. */
  readonly message: string;
}

/** Carries a probe out. Never rejects: a probe that cannot be made has failed. */
export interface ProbeRunner {
  http(url: URL, headers: readonly (readonly [string, string])[], timeoutMs: number): Promise<ProbeOutcome>;
  tcp(address: string, port: number, timeoutMs: number): Promise<ProbeOutcome>;
}

export interface ProbeTarget {
  readonly container: Container;
  readonly podIP: string;
  /** Runs a command in the container; resolves with its code and the start of its output. */
  exec(
    argv: readonly string[],
    timeoutMs: number,
  ): Promise<{ readonly code: number; readonly output: string }>;
}

export interface RunningProbe {
  stop(): void;
}

/** A readiness probe that has not succeeded yet is repeated after this, doubling up to its period. */
const firstRetryMs = 100;

/**
 * Runs a probe for as long as its container does, and tells when its verdict changes and at each failure.
 *
 * Source: kubelet `prober/worker.go`: thresholds count results in a row. Beyond it, a probe whose container was never
 * ready is repeated quickly, so that a rollout does not wait a period for a program that starts in a moment; nothing
 * else depends on those results.
 */
export function startProbe(
  probe: Probe,
  target: ProbeTarget,
  runner: ProbeRunner,
  clock: Clock,
  tell: {
    /** The verdict after enough equal results. */
    verdict(ok: boolean, message: string): void;
    failure(message: string): void;
  },
  /** A readiness probe whose container was not ready before: it begins at once. */
  quickStart: boolean,
): RunningProbe {
  const periodMs = (probe.periodSeconds ?? 10) * 1000;
  const successThreshold = probe.successThreshold ?? 1;
  const failureThreshold = probe.failureThreshold ?? 3;
  let stopped = false;
  let row = { ok: true, count: 0 };
  let succeeded = false;
  let quickMs = firstRetryMs;
  // A probe that can kill never looks before its first period has passed, as kubelet's first tick.
  const initialMs = Math.max((probe.initialDelaySeconds ?? 0) * 1000, quickStart ? 0 : periodMs);
  let timer: Timer = clock.setTimer(initialMs, () => void run());

  async function run(): Promise<void> {
    const started = clock.now();
    const { ok, message } = await probeOnce(probe, target, runner);
    if (stopped) return;
    row = row.ok === ok && row.count > 0 ? { ok, count: row.count + 1 } : { ok, count: 1 };
    succeeded ||= ok;
    const hasVerdict = row.count >= (ok ? successThreshold : failureThreshold);
    // Before it was ever ready a failure changes nothing and is not news.
    const starting = quickStart && !succeeded && clock.now() - started + quickMs < periodMs;
    if (!ok && !starting) tell.failure(message);
    if (hasVerdict) tell.verdict(ok, message);
    if (stopped) return; // by what was told
    let pauseMs = periodMs;
    if (starting) {
      pauseMs = quickMs;
      quickMs = Math.min(quickMs * 2, periodMs);
    }
    timer = clock.setTimer(Math.max(0, pauseMs - (clock.now() - started)), () => void run());
  }
  return {
    stop() {
      stopped = true;
      timer.cancel();
    },
  };
}

async function probeOnce(probe: Probe, target: ProbeTarget, runner: ProbeRunner): Promise<ProbeOutcome> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  if (probe.exec !== undefined) {
    try {
      const { code, output } = await target.exec(probe.exec.command ?? [], timeoutMs);
      return { ok: code === 0, message: output };
    } catch (error) {
      return { ok: false, message: (error as Error).message };
    }
  }
  const port = portOf(probe, target.container);
  if (port === undefined) return { ok: false, message: "the probe's port is not among the container's" };
  if (probe.httpGet !== undefined) {
    const headers = (probe.httpGet.httpHeaders ?? []).map(({ name, value }) => [name, value] as const);
    return runner.http(httpUrl(probe.httpGet, target.podIP, port), headers, timeoutMs);
  }
  return runner.tcp(probe.tcpSocket?.host || target.podIP, port, timeoutMs);
}

function httpUrl(action: HTTPGetAction, podIP: string, port: number): URL {
  const path = action.path ?? "/";
  const base = `${(action.scheme ?? "HTTP").toLowerCase()}://${action.host || podIP}:${port}`;
  return new URL(path.startsWith("/") ? path : `/${path}`, base);
}

function portOf(probe: Probe, container: Container): number | undefined {
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port;
  if (typeof port === "number") return port;
  return container.ports?.find(({ name }) => name === port)?.containerPort;
}
