import { describe, expect, it } from '@jest/globals';
import { BinRing, ringSize } from '../../src/detectors/bin-ring.ts';
import { Streaks } from '../../src/detectors/confirmation.ts';
import { decodeMemory, MEMORY_BYTES } from '../../src/detectors/detector-memory.ts';
import { createDetector } from '../../src/detectors/detector.ts';
import { formatValue } from '../../src/detectors/format-value.ts';
import { OpenBin } from '../../src/detectors/open-bin.ts';
import { median, quantile } from '../../src/detectors/order-statistics.ts';
import { fitLineAndSteps, fitSaturation } from '../../src/detectors/piecewise.ts';
import { PROFILES } from '../../src/detectors/profiles.ts';
import { theilSen } from '../../src/detectors/theil-sen.ts';
import { TimeGuard } from '../../src/detectors/time-guard.ts';
import { HOUR, seeded } from './watch-series.ts';

const xs = Float64Array.from({ length: 28 }, (_, at) => at);

describe('quantiles', () => {
  it('lie between neighbours and leave out what is not known', () => {
    expect(quantile([3, Number.NaN, 1, 2], 0.25)).toBe(1.5);
    expect(median([4, 1])).toBe(2.5);
    expect(median([Number.NaN])).toBeNaN();
  });
});

describe('a robust line', () => {
  it('goes through what most points say', () => {
    const ys = xs.map((x) => 5 + 2 * x);
    ys[3] = 1000;
    ys[20] = -1000;
    const { slope, intercept } = theilSen(xs, ys);
    expect(slope.best).toBeCloseTo(2, 10);
    expect(intercept).toBeCloseTo(5, 10);
  });

  it('has an interval that holds the true slope nearly always, of noise that remembers too', () => {
    const random = seeded(3);
    const normal = (): number => random() + random() + random() + random() - 2;
    for (const memory of [0, 0.6]) {
      let held = 0;
      for (let run = 0; run < 400; run++) {
        let noise = 0;
        const { slope } = theilSen(
          xs,
          xs.map((x) => {
            noise = memory * noise + normal();
            return 0.3 * x + noise;
          }),
        );
        if (slope.low <= 0.3 && slope.high >= 0.3) held++;
      }
      expect(held / 400).toBeGreaterThan(0.85);
    }
  });
});

describe('fits', () => {
  it('tell a step, two steps and a line apart', () => {
    const step = fitLineAndSteps(
      xs,
      xs.map((x) => (x < 10 ? 1 : 5)),
    );
    expect(step.oneStep).toBeCloseTo(0, 10);
    expect(step.line).toBeGreaterThan(1);
    const two = fitLineAndSteps(
      xs,
      xs.map((x) => (x < 10 ? 1 : x < 20 ? 5 : 9)),
    );
    expect(two.twoSteps).toBeCloseTo(0, 10);
    expect(two.oneStep).toBeGreaterThan(two.line);
    const line = fitLineAndSteps(
      xs,
      xs.map((x) => 1e12 + x),
    );
    expect(line.line).toBeCloseTo(0, 6);
    expect(line.oneStep).toBeGreaterThan(1);
  });

  it('see where a curve is going', () => {
    const { error, asymptote } = fitSaturation(
      xs,
      xs.map((x) => 10 + 40 * (1 - Math.exp(-x / (0.25 * 27)))),
    );
    expect(error).toBeLessThan(1e-6);
    expect(asymptote).toBeCloseTo(50, 3);
  });
});

describe('bins', () => {
  it('keep the newest, and know what was not measured', () => {
    const ring = new BinRing(1000, new Float32Array(ringSize(4)), -1);
    expect(ring.low(0)).toBeNaN();
    ring.put(10, { low: 1, high: 2, load: 3 });
    ring.put(12, { low: 4, high: 5, load: 6 });
    expect([10, 11, 12, 13].map((bin) => ring.low(bin))).toEqual([1, Number.NaN, 4, Number.NaN]);
    expect([ring.high(12), ring.load(12)]).toEqual([5, 6]);
    ring.put(14, { low: 7, high: 8, load: 9 });
    expect(ring.low(10)).toBeNaN();
    ring.cut(13);
    expect([ring.newest, ring.low(12), ring.low(14)]).toEqual([12, 4, Number.NaN]);
    ring.put(100, { low: 1, high: 1, load: 1 });
    expect([97, 98, 99].map((bin) => ring.low(bin))).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    ring.cut(0);
    expect(ring.newest).toBe(-1);
  });

  it('take any number of samples in the same room', () => {
    const bin = new OpenBin(new Float32Array(64), 0.1);
    expect(bin.close()).toBeUndefined();
    for (let at = 0; at < 10_000; at++) bin.add(at, at % 2);
    const { low, high, load } = bin.close() ?? { low: 0, high: 0, load: 0 };
    expect(low).toBeGreaterThan(800);
    expect(low).toBeLessThan(1200);
    expect(high).toBeGreaterThan(8500);
    expect(load).toBeCloseTo(0.5, 5);
    expect(bin.close()).toBeUndefined();
  });
});

describe('the time of a sample', () => {
  it('is believed if it goes on, or if several agree on another', () => {
    const guard = new TimeGuard(Number.NaN);
    const judge = (...seconds: readonly number[]) => seconds.map((second) => guard.judge(second * 1000));
    expect(judge(1000, 1015, 1015, 1010, 1030)).toEqual(['take', 'take', 'leave', 'leave', 'take']);
    expect(judge(9e9, 1045, -5, Number.NaN, 1060)).toEqual(['leave', 'take', 'leave', 'leave', 'take']);
    expect(judge(500, 515, 530, 545, 560, 575)).toEqual([
      'leave',
      'leave',
      'leave',
      'leave',
      'take_after_step_back',
      'take',
    ]);
    expect(judge(1e6, 1e6 + 15, 1e6 + 30, 1e6 + 45, 1e6 + 60)).toEqual([
      'leave',
      'leave',
      'leave',
      'leave',
      'take',
    ]);
  });
});

describe('a streak', () => {
  it('is confirmed by lasting, and survives one miss', () => {
    const streaks = new Streaks(2);
    const at = (hour: number, found: boolean): boolean => {
      streaks.note(1, found, hour * HOUR);
      return streaks.isConfirmed(1, 1, hour * HOUR);
    };
    expect([at(1, true), at(1.25, true), at(1.5, false), at(1.75, true), at(2, true)]).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
    expect([at(2.25, false), at(2.5, false), at(2.75, false), at(3, true), at(3.75, true)]).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
    expect([at(4, true), at(3, true)]).toEqual([true, false]);
  });
});

describe('values', () => {
  it.each([
    [66.7 * 2 ** 20, 'bytes', '66.7 MiB'],
    [-1536, 'bytes', '-1.5 KiB'],
    [0, 'bytes', '0 B'],
    [0.0018, 'seconds', '1.8 ms'],
    [12.34, 'seconds', '12.3 s'],
    [0.088, 'ratio', '8.8 %'],
    [0.43, 'count', '0.43'],
    [380, 'per_second', '380/s'],
  ] as const)('%s %s reads %s', (value, unit, text) => {
    expect(formatValue(value, unit)).toBe(text);
  });
});

describe('a memory', () => {
  it('takes less than 10 kB', () => {
    expect(createDetector(PROFILES.memory).encode()).toHaveLength(MEMORY_BYTES);
    expect(MEMORY_BYTES).toBeLessThan(10_000);
  });

  it.each([
    ['nothing', new Uint8Array(0), 'detector history: want format MVD1, got ""'],
    [
      'something else',
      new TextEncoder().encode('{"a": 1}'),
      String.raw`detector history: want format MVD1, got "{\"a\""`,
    ],
    [
      'half of it',
      createDetector(PROFILES.memory).encode().subarray(0, 100),
      `detector history: want ${MEMORY_BYTES} bytes, got 100`,
    ],
    [
      'noise',
      createDetector(PROFILES.memory)
        .encode()
        .map((byte, at) => (at < 4 ? byte : (at * 131) % 256)),
      'whole number',
    ],
  ])('is refused if it is %s', (_name, bytes, message) => {
    expect(() => decodeMemory(bytes)).toThrow(message);
  });
});
