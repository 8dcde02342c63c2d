import { setTimeout as sleep } from 'node:timers/promises';
import { openCallConnection } from './call-connection.ts';
import type { ClosedLoopReport, Order } from './orders.ts';
import { cpuSecondsOf } from './process-cost.ts';

/** Calls without a pause on every connection; counts calls and CPU time of the target over the measured window. */
export async function runClosedLoop(
  order: Extract<Order, { kind: 'closed-loop' }>,
): Promise<ClosedLoopReport> {
  let calls = 0;
  const failures: string[] = [];
  const connections = await Promise.all(
    Array.from({ length: order.connections }, () =>
      openCallConnection(order.route, (failure, connection) => {
        calls += 1;
        // A broken connection is not called again: a run with failures is void anyway.
        if (failure === undefined) connection.call();
        else failures.push(failure);
      }),
    ),
  );
  for (const connection of connections) connection.call();
  await sleep(order.warmupMs);
  const startMs = performance.now();
  const callsBefore = calls;
  const cpuBefore = cpuSecondsOf(order.pids);
  await sleep(order.measureMs);
  const report: ClosedLoopReport = {
    requests: calls - callsBefore,
    cpuSeconds: cpuSecondsOf(order.pids) - cpuBefore,
    seconds: (performance.now() - startMs) / 1000,
    failures,
  };
  for (const connection of connections) connection.close();
  return report;
}
