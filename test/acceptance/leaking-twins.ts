import { setTimeout as sleep } from 'node:timers/promises';
import { startSidecar, type Sidecar } from '../../src/commands/sidecar.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { systemClock } from '../../src/model/clock.ts';
import { USUAL_PACE } from '../../src/model/detector-pace.ts';
import { eventually } from '../harness/eventually.ts';

// One server leaks, its twin does not; both get the same load through a sidecar of their own, whose detectors live fast.

/** A second counts as fifteen minutes. */
export const RATE = 900;
const SAMPLE_MS = 80;

/** Most visits under way: a machine that is slow gets less load, on both sides. */
const MOST_AT_ONCE = 12;

/** A server behind a sidecar whose detectors live fast. */
export interface Twin {
  readonly sidecar: Sidecar;
  /** Alarms about what can leak, as logged; latency is left out, since other work on the machine makes it drift. */
  readonly alarms: () => readonly string[];
  readonly stop: () => Promise<void>;
}

const LEAK_ALARM =
  /^warn detector (memory|sessions|connections|open_files|threads|bytes_per_session|parked_requests)\b/;

/** @param flags further settings, as flags. */
export async function startTwin(
  server: { readonly url: string; readonly pid: number },
  flags: readonly string[],
): Promise<Twin> {
  const loaded = loadConfig({
    env: {},
    flags: [
      `--upstream=${server.url}`,
      `--sources.process.pid=${server.pid}`,
      '--listen=127.0.0.1:0',
      '--admin=127.0.0.1:0',
      ...flags,
    ],
  });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const { tap, sources } = loaded.config;
  const config = {
    ...loaded.config,
    // As fast as the detectors live: half an hour of silence, and as often as they look.
    tap: { ...tap, sessionIdleTimeoutMs: (30 * 60_000) / RATE },
    sources: { ...sources, process: { ...sources.process, intervalMs: SAMPLE_MS } },
  };
  const lines: string[] = [];
  const sidecar = await startSidecar(config, {
    log: (level, message) => lines.push(`${level} ${message}`),
    clock: systemClock,
    detectorPace: { ...USUAL_PACE, sampleMs: SAMPLE_MS, rate: RATE },
  });
  return {
    sidecar,
    alarms: () => lines.filter((line) => LEAK_ALARM.test(line)),
    stop: sidecar.stop,
  };
}

/** Visits both twins at a steady pace, at the same moments. @returns ends it, and fails if a visit did. */
export function visitBoth(
  twins: readonly Twin[],
  perSecond: number,
  visit: (twin: Twin) => Promise<void>,
): { readonly stop: () => Promise<void> } {
  let [begun, ended] = [0, 0];
  const over = new AbortController();
  const errors: unknown[] = [];
  const startedMs = performance.now();
  const one = async (): Promise<void> => {
    await Promise.all(twins.map(visit)).catch((error: unknown) => errors.push(error));
    ended += 1;
  };
  const run = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const due = ((performance.now() - startedMs) / 1000) * perSecond;
      for (; begun < due && begun - ended < MOST_AT_ONCE; begun += 1) void one();
      await sleep(5);
    }
    await eventually(() => {
      if (ended < begun) throw new Error(`visits: want ${begun} ended, got ${ended}`);
    });
    if (errors.length > 0)
      throw new AggregateError(errors, `visits: want none to fail, got ${errors.length}`);
  };
  const running = run();
  running.catch(() => {});
  return {
    stop: () => {
      over.abort();
      return running;
    },
  };
}

const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/** Posts one message through a twin's sidecar; a failed answer throws. @returns the session that was opened, if any. */
export async function post(
  { sidecar }: Twin,
  message: object,
  session?: string,
): Promise<string | undefined> {
  const response = await fetch(`${sidecar.listenUrl}/mcp`, {
    method: 'POST',
    headers: { ...HEADERS, ...(session !== undefined && { 'mcp-session-id': session }) },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  });
  const text = await response.text();
  if (!response.ok || text.includes('"isError":true')) throw new Error(`post: ${response.status} ${text}`);
  return response.headers.get('mcp-session-id') ?? undefined;
}
