import { systemTime } from '../src/bench/load-time.ts';
import type { LoadParts } from '../src/bench/load-parts.ts';
import type { McpSession } from '../src/bench/call-end.ts';
import { runClosedLoop as runClosed } from '../src/bench/closed-loop.ts';
import { toEndpoint } from '../src/bench/endpoint.ts';
import { errorKind } from '../src/bench/error-kind.ts';
import { createHttpPool } from '../src/bench/http-pool.ts';
import { openHttpSession } from '../src/bench/http-session.ts';
import { runOpenLoop as runOpen } from '../src/bench/open-loop.ts';
import { startThreadPacer } from '../src/bench/pacer.ts';
import type { PlannedCall } from '../src/bench/planned-call.ts';
import type { EndedCall } from '../src/bench/recorder.ts';
import { judge } from '../src/mcp/call-outcome.ts';
import type { ClosedLoopReport, OpenLoopReport, Order, Route } from './orders.ts';
import { requestAroundId, TOOL_NAME } from './payload.ts';
import { cpuSecondsOf } from './process-cost.ts';
import { quantile } from './statistics.ts';

/** How long an answer may take; what is still open then counts with its age. */
const TIMEOUT_MS = 2000;
const FAILURES = 50;

const request = requestAroundId().before;
const CALL: PlannedCall = {
  tool: TOOL_NAME,
  row: 0,
  before: request,
  beforeBytes: request.length,
  isAscii: true,
  headers: '',
};

/** The load generator of `bench` on a route, with one session for all connections. */
async function openLoad(route: Route, connections: number) {
  const wire = { sent: 0, received: 0 };
  const nowMs = (): number => performance.now();
  const endpoint = toEndpoint(`http://127.0.0.1:${route.port}${route.path}`, undefined, ['127.0.0.1']);
  const pool = createHttpPool(endpoint, wire, nowMs);
  const options = { pool, headers: () => '', nowMs, timeoutMs: 10_000 };
  const session: McpSession = await openHttpSession(options, 'legacy');
  const parts = (record: (call: EndedCall) => void): LoadParts => ({
    time: systemTime,
    startPacer: startThreadPacer,
    callers: { users: connections, call: (_user, call, done) => session.call(call, done) },
    draw: () => CALL,
    kindOf: (outcome) => errorKind(judge(outcome, 'tools/call', [])),
    timeoutMs: TIMEOUT_MS,
    maxInFlight: connections,
    abort: { connectionFailures: FAILURES },
    honorRetryAfter: false,
    signal: new AbortController().signal,
    record,
    onProgress: () => {},
  });
  return {
    parts,
    close: async (): Promise<void> => {
      await session.close();
      pool.close();
    },
  };
}

const failuresOf = (calls: readonly EndedCall[]): readonly string[] =>
  calls.filter(({ kind }) => kind !== 'ok' && kind !== 'timeout').map(({ kind }) => kind);

/** Calls without a pause on every connection; counts calls and CPU time of the target over the measured window. */
export async function runClosedLoop(
  order: Extract<Order, { kind: 'closed-loop' }>,
): Promise<ClosedLoopReport> {
  const load = await openLoad(order.route, order.connections);
  const shape = { name: 'load', users: order.connections, requests: undefined, rampUpMs: 0, thinkTimeMs: 0 };
  let requests = 0;
  const failures: string[] = [];
  const parts = load.parts(({ kind }) => {
    requests += 1;
    if (kind !== 'ok') failures.push(kind);
  });
  await runClosed(parts, { ...shape, durationMs: order.warmupMs, isMeasured: false });
  const startMs = performance.now();
  const cpuBefore = cpuSecondsOf(order.pids);
  await runClosed(parts, { ...shape, durationMs: order.measureMs, isMeasured: true });
  const report: ClosedLoopReport = {
    requests,
    cpuSeconds: cpuSecondsOf(order.pids) - cpuBefore,
    seconds: (performance.now() - startMs) / 1000,
    failures,
  };
  await load.close();
  return report;
}

/**
 * Calls at a fixed rate whatever the target does. A call whose time has come
 * while every connection is busy waits for one, and its latency counts from
 * when it was due (no coordinated omission).
 */
export async function runOpenLoop(order: Extract<Order, { kind: 'open-loop' }>): Promise<OpenLoopReport> {
  const load = await openLoad(order.route, order.connections);
  const calls: EndedCall[] = [];
  const { ratePerSecond, warmupMs, measureMs } = order;
  const durationMs = warmupMs + measureMs;
  const segment = { name: 'load', fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond, durationMs };
  await runOpen(
    load.parts((call) => calls.push(call)),
    [segment],
    warmupMs,
  );
  await load.close();
  const latenciesMs = calls.map(({ dueMs, endMs }) => endMs - dueMs);
  return {
    requests: calls.length,
    unanswered: calls.filter(({ kind }) => kind === 'timeout').length,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
    maxMs: quantile(latenciesMs, 1),
    lateP50Ms: quantile(
      calls.map(({ dueMs, sentMs, endMs }) => (sentMs ?? endMs) - dueMs),
      0.5,
    ),
    failures: failuresOf(calls),
  };
}
