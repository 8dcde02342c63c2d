import { once } from 'node:events';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { canPin, freePort, killAll, startPinned, untilListening } from './pinned-process.ts';
import { table } from './table.ts';
import type { LoaderFigures, LoaderOrder } from './loader.ts';
import { machineCpuSeconds } from './process-cost.ts';

// How many MCP requests a second one core can drive, and how exact it is, beside autocannon with the same requests.
const BAR_PER_SECOND = 5000;
const BAR_ERROR_MS = 1;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    /** Real-time priority (needs root and chrt): what others do on a shared machine then plays no part. */
    realtime: { type: 'boolean', default: false },
    /** Only the windows at a fixed rate, which leave a shared machine most of its time. */
    'rate-only': { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);

const program = (name: string, ...args: string[]): string[] => [
  ...(values.realtime ? ['chrt', '-r', '5'] : []),
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  `${import.meta.dirname}/${name}.ts`,
  ...args,
];

/** One window of one generator in a process of its own, alone on its core as far as the machine allows. */
async function runLoader(order: LoaderOrder): Promise<LoaderFigures> {
  const loader = startPinned(program('loader', JSON.stringify(order)), {
    cpu: canPin ? 0 : undefined,
    ipc: true,
  });
  const gone = once(loader.child, 'exit').then(() => [undefined]);
  const [message] = (await Promise.race([once(loader.child, 'message'), gone])) as [
    LoaderFigures | undefined,
  ];
  await loader.stop();
  if (message === undefined) throw new Error(`${order.generator}: want figures, got ${loader.output()}`);
  return message;
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)] ?? Number.NaN;
const spread = (numbers: readonly number[], digits: number): string =>
  `${median(numbers).toFixed(digits)} [${Math.min(...numbers).toFixed(digits)}–${Math.max(...numbers).toFixed(digits)}]`;

async function measure(): Promise<0 | 1> {
  const port = await freePort();
  const server = startPinned(program('upstream', String(port)), { cpu: canPin ? 1 : undefined, ipc: true });
  await untilListening(server, port);
  const orders: readonly LoaderOrder[] = (['bench', 'autocannon'] as const).flatMap((generator) => [
    ...(values['rate-only'] ? [] : [{ generator, port, connections: 32, seconds, ratePerSecond: undefined }]),
    { generator, port, connections: 32, seconds, ratePerSecond: 2000 },
  ]);
  const figures = new Map<LoaderOrder, LoaderFigures[]>(orders.map((order) => [order, []]));
  const startMs = performance.now();
  const cpuBefore = machineCpuSeconds();
  for (let round = 0; round < rounds; round += 1) {
    for (const order of orders) figures.get(order)?.push(await runLoader(order));
  }
  const usedCpus = (machineCpuSeconds() - cpuBefore) / ((performance.now() - startMs) / 1000);
  await server.stop();
  const rows = [...figures].map(([order, seen]) => {
    const of = (read: (each: LoaderFigures) => number, digits: number): string =>
      spread(seen.map(read), digits);
    return [
      order.generator,
      order.ratePerSecond === undefined ? 'as fast as it can' : `${order.ratePerSecond}/s`,
      of((each) => each.perSecond, 0),
      of((each) => each.cpuMsPerRequest * 1000, 0),
      of((each) => each.p50Ms, 2),
      of((each) => each.p99Ms, 2),
      String(seen.reduce((sum, each) => sum + each.failures, 0)),
    ];
  });
  console.log(
    table(['generator', 'load', 'requests/s', 'CPU µs a request', 'P50 ms', 'P99 ms', 'failures'], rows),
  );
  console.log(
    `medians of ${rounds} rounds [least–greatest]; CPUs used by all processes: ${usedCpus.toFixed(2)}`,
  );
  const seenOf = (isFixed: boolean): readonly LoaderFigures[] =>
    [...figures].flatMap(([order, seen]) =>
      order.generator === 'bench' && (order.ratePerSecond !== undefined) === isFixed ? seen : [],
    );
  // The round that others disturbed least says what the generator can do.
  const fastest = Math.max(...seenOf(false).map((each) => each.perSecond));
  const fast = values['rate-only'] || fastest >= BAR_PER_SECOND;
  // The server answers at once: whatever is reported is the error, the server's and the loopback's part included.
  const exact = Math.min(...seenOf(true).map((each) => each.p50Ms)) < BAR_ERROR_MS;
  if (!values['rate-only'])
    console.log(`bar: at least ${BAR_PER_SECOND} requests/s on one core: ${fast ? 'pass' : 'FAIL'}`);
  console.log(`bar: latency error at 2,000/s below ${BAR_ERROR_MS} ms: ${exact ? 'pass' : 'FAIL'}`);
  return fast && exact ? 0 : 1;
}

process.once('exit', killAll);
process.exitCode = await measure();
