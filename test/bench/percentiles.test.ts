import { describe, expect, it, jest } from '@jest/globals';
import { runClosedLoop } from '../../src/bench/closed-loop.ts';
import { runOpenLoop } from '../../src/bench/open-loop.ts';
import { createRandom } from '../../src/bench/random.ts';
import { createRecorder } from '../../src/bench/recorder.ts';
import { BENCH_PERCENTILES } from '../../src/bench/bench-report.ts';
import { simulatedCallers, simulatedParts } from './simulated-server.ts';
import { createVirtualTime } from './virtual-time.ts';

jest.setTimeout(60_000);

const seconds = (n: number): number => n * 1000;
const LASTS_S = 20;
const COUNT = 850 * LASTS_S;

const recorderOf = () =>
  createRecorder({
    rows: 1,
    stageEndsMs: [seconds(LASTS_S)],
    sliceMs: undefined,
    hourMs: undefined,
    keep: [],
  });

/** Runs 850 requests a second against a server with these latencies. */
async function measureOpen(serviceMs: (index: number) => number, stall?: { fromMs: number; toMs: number }) {
  const time = createVirtualTime(256);
  const callers = simulatedCallers(time, 100, {
    serviceMs: (_arrivedMs, index) => serviceMs(index),
    ...(stall && { stall }),
  });
  const recorder = recorderOf();
  const { parts } = simulatedParts(time, callers, { record: recorder.record });
  const segment = { name: 'measured', fromPerSecond: 850, toPerSecond: 850, durationMs: seconds(LASTS_S) };
  await time.runUntil(runOpenLoop(parts, [segment], 0));
  return recorder.total.figures(LASTS_S);
}

/** Value of a distribution below which the share lies. */
const INVERSES: readonly [name: string, inverse: (share: number) => number][] = [
  ['always 20 ms', () => 20],
  ['even from 10 to 110 ms', (share) => 10 + 100 * share],
  ['exponential around 40 ms', (share) => -40 * Math.log(1 - share)],
  ['two humps at 5 and 400 ms', (share) => (share < 0.97 ? 5 + share : 400 + share * 10)],
  ['a long tail (Pareto)', (share) => 10 / (1 - share) ** 0.5],
];

describe('the percentiles of an open loop', () => {
  it.each(INVERSES)('are within 2 %% of the truth for a latency that is %s', async (_name, inverse) => {
    // Each share of the distribution once, in random order: the truth is the distribution's own.
    const random = createRandom(3);
    const shares = Array.from({ length: COUNT }, (_, i) => ({ share: (i + 0.5) / COUNT, key: random() }));
    const order = shares.toSorted((a, b) => a.key - b.key);
    const figures = await measureOpen((index) => inverse(order[index]?.share ?? 0.5));
    expect(figures).toMatchObject({ requests: COUNT, ok: COUNT });
    for (const { field, quantile } of BENCH_PERCENTILES) {
      const truth = inverse(quantile);
      const measured = figures.latency?.[field] ?? Number.NaN;
      expect([field, Math.abs(measured / truth - 1) <= 0.02, measured, truth]).toEqual([
        field,
        true,
        measured,
        truth,
      ]);
    }
  });
});

describe('a server that stands still for one second at 850 requests a second', () => {
  const stall = { fromMs: seconds(10), toMs: seconds(11) };

  it('shows in the P99 of an open loop as those felt it who came meanwhile', async () => {
    const { latency } = await measureOpen(() => 10, stall);
    // 858 of 17,000 requests waited, evenly for up to 1,010 ms: 170 of them, the P99, for longer than 810 ms.
    expect(latency?.p99Ms).toBeGreaterThan(810 * 0.98);
    expect(latency?.p99Ms).toBeLessThan(810 * 1.02);
    expect(latency?.maxMs).toBeCloseTo(1010, -1);
    expect(latency?.p50Ms).toBeCloseTo(10, 0);
  });

  it('hides from the P99 of a closed loop, in which nobody comes while everybody waits', async () => {
    const time = createVirtualTime(256);
    const recorder = recorderOf();
    const callers = simulatedCallers(time, 10, { serviceMs: () => 10, stall });
    const { parts } = simulatedParts(time, callers, { record: recorder.record });
    const order = { name: 'closed', users: 10, requests: COUNT, durationMs: undefined };
    await time.runUntil(runClosedLoop(parts, { ...order, rampUpMs: 0, thinkTimeMs: 0, isMeasured: true }));
    const { latency } = recorder.total.figures(LASTS_S);
    expect(latency?.p99Ms).toBeCloseTo(10, 0);
    // Only the ten that were under way felt it.
    expect(latency?.p999Ms).toBeCloseTo(10, 0);
    expect(latency?.maxMs).toBeGreaterThan(1000);
  });
});
