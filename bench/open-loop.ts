import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { openCallConnection, type CallConnection } from './call-connection.ts';
import type { OpenLoopReport, Order } from './orders.ts';
import type { PacerOrder } from './pacer.ts';
import { quantile } from './statistics.ts';

/** How long answers may take after the last request was due. */
const SETTLE_MS = 2000;

/** Time for the pacer's thread to start. */
const LEAD_MS = 100;

/**
 * Calls at a fixed rate whatever the target does. A call whose time has come
 * while every connection is busy waits for one, and its latency counts from
 * when it was due (no coordinated omission).
 */
export async function runOpenLoop(order: Extract<Order, { kind: 'open-loop' }>): Promise<OpenLoopReport> {
  const gapNs = 1e9 / order.ratePerSecond;
  const count = Math.round(((order.warmupMs + order.measureMs) / 1000) * order.ratePerSecond);
  const firstMeasured = Math.round((order.warmupMs / 1000) * order.ratePerSecond);
  const latenciesMs: number[] = [];
  const lateMs: number[] = [];
  const waiting: number[] = [];
  const free: CallConnection[] = [];
  const dueIndexOf = new Map<CallConnection, number>();
  const failures: string[] = [];
  let finished = 0;
  const startNs = process.hrtime.bigint() + BigInt(LEAD_MS) * 1_000_000n;
  const sinceStartMs = (): number => Number(process.hrtime.bigint() - startNs) / 1e6;
  const dueMs = (index: number): number => (index * gapNs) / 1e6;

  function send(index: number, connection: CallConnection): void {
    dueIndexOf.set(connection, index);
    if (index >= firstMeasured) lateMs.push(sinceStartMs() - dueMs(index));
    connection.call();
  }

  const connections = await Promise.all(
    Array.from({ length: order.connections }, () =>
      openCallConnection(order.route, (failure, connection) => {
        const index = dueIndexOf.get(connection) ?? 0;
        dueIndexOf.delete(connection);
        finished += 1;
        if (index >= firstMeasured) latenciesMs.push(sinceStartMs() - dueMs(index));
        if (failure !== undefined) {
          failures.push(failure);
          return;
        }
        const next = waiting.shift();
        if (next === undefined) free.push(connection);
        else send(next, connection);
      }),
    ),
  );
  free.push(...connections);

  const stop = new Int32Array(new SharedArrayBuffer(4));
  const workerData: PacerOrder = { startNs, gapNs, count, stop };
  const pacer = new Worker(new URL('pacer.ts', import.meta.url), { workerData });
  pacer.on('message', (index: number) => {
    const connection = free.shift();
    if (connection === undefined) waiting.push(index);
    else send(index, connection);
  });
  const pacerFailed = new Promise<never>((_resolve, reject) => {
    pacer.once('error', reject);
  });
  const deadlineMs = dueMs(count) + SETTLE_MS;
  const done = (): boolean => finished >= count || sinceStartMs() > deadlineMs;
  const allDone = (async () => {
    while (!done()) await sleep(20);
  })();
  try {
    await Promise.race([allDone, pacerFailed]);
  } finally {
    Atomics.store(stop, 0, 1);
    Atomics.notify(stop, 0);
    for (const connection of connections) connection.close();
    await pacer.terminate();
  }
  // What is still open is at least as slow as it is old: a target that cannot keep up shows as just that.
  const openIndexes = [...dueIndexOf.values(), ...waiting].filter((index) => index >= firstMeasured);
  const endMs = sinceStartMs();
  for (const index of openIndexes) latenciesMs.push(endMs - dueMs(index));
  return {
    requests: latenciesMs.length,
    unanswered: openIndexes.length,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
    maxMs: quantile(latenciesMs, 1),
    lateP50Ms: quantile(lateMs, 0.5),
    failures,
  };
}
