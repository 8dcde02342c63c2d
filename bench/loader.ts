// One window of load by one generator, in a process of its own.
import autocannon from 'autocannon';
import process from 'node:process';
import { exitWithParent } from './child-process.ts';
import { FIRST_ID, requestAroundId } from './payload.ts';
import { runClosedLoop, runOpenLoop } from './route-load.ts';

/** What a generator is to do. */
export interface LoaderOrder {
  readonly generator: 'bench' | 'autocannon';
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** undefined: as fast as it can. */
  readonly ratePerSecond: number | undefined;
}

/** What came of it. */
export interface LoaderFigures {
  readonly perSecond: number;
  readonly cpuMsPerRequest: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failures: number;
}

const WARM_UP_MS = 1000;
const PATH = '/mcp';

async function runBench(
  order: LoaderOrder,
): Promise<Omit<LoaderFigures, 'cpuMsPerRequest'> & { requests: number }> {
  const { connections, ratePerSecond } = order;
  const route = { port: order.port, path: PATH };
  const window = { route, connections, warmupMs: WARM_UP_MS, measureMs: order.seconds * 1000 };
  if (ratePerSecond === undefined) {
    const { requests, seconds, failures } = await runClosedLoop({ kind: 'closed-loop', pids: [], ...window });
    return {
      requests,
      perSecond: requests / seconds,
      p50Ms: Number.NaN,
      p99Ms: Number.NaN,
      failures: failures.length,
    };
  }
  const report = await runOpenLoop({ kind: 'open-loop', ratePerSecond, ...window });
  const { requests, p50Ms, p99Ms, failures } = report;
  return { requests, perSecond: requests / order.seconds, p50Ms, p99Ms, failures: failures.length };
}

async function runAutocannon(
  order: LoaderOrder,
): Promise<Omit<LoaderFigures, 'cpuMsPerRequest'> & { requests: number }> {
  const request = requestAroundId();
  const result = await autocannon({
    url: `http://127.0.0.1:${order.port}${PATH}`,
    method: 'POST',
    connections: order.connections,
    duration: order.seconds + WARM_UP_MS / 1000,
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: request.before + FIRST_ID + request.after,
    ...(order.ratePerSecond !== undefined && { overallRate: order.ratePerSecond }),
  });
  const requests = result.requests.total;
  return {
    requests,
    perSecond: requests / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failures: result.errors + result.non2xx,
  };
}

exitWithParent();
const order: LoaderOrder = JSON.parse(process.argv[2] ?? '{}');
const before = process.cpuUsage();
const { requests, ...figures } = await (order.generator === 'bench' ? runBench(order) : runAutocannon(order));
const { user, system } = process.cpuUsage(before);
// The warm-up has its part in the CPU time, so it has one in the requests too.
const all = order.generator === 'bench' ? requests * (1 + WARM_UP_MS / 1000 / order.seconds) : requests;
process.send?.({ ...figures, cpuMsPerRequest: (user + system) / 1000 / all } satisfies LoaderFigures);
process.disconnect?.();
