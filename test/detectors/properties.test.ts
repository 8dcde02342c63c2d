import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SeriesSample } from '../../src/detectors/detector-settings.ts';
import { createDetector, restoreDetector } from '../../src/detectors/detector.ts';
import { PROFILES } from '../../src/detectors/profiles.ts';
import {
  HOUR,
  samplesOf,
  seeded,
  START_MS,
  watchSeries,
  type TestSeries,
  type Watched,
} from './watch-series.ts';

const MIB = 2 ** 20;
const bad = ['ticket', 'urgent', 'page'] as const;

/** Some leak or some healthy series; `leaks` says which. */
function memorySeries({ seed, leaks }: { readonly seed: number; readonly leaks: boolean }): TestSeries {
  const random = seeded(seed);
  const base = (100 + 400 * random()) * MIB;
  const slope = leaks ? (25 + 20 * random()) * MIB : 0;
  const noise = (1 + 10 * random()) * MIB;
  const perRequest = random() * MIB;
  const load = (hour: number): number => 50 + 30 * Math.sin((hour / 24) * 2 * Math.PI);
  const values = seeded(seed + 1);
  return {
    settings: PROFILES.memory,
    hours: 30,
    value: (hour) => base + slope * hour + noise * values() + perRequest * load(hour),
    load,
    limit: 1024 * MIB,
    stepMs: 60_000,
  };
}

const anySeries = fc.record({ seed: fc.nat(), leaks: fc.boolean() });
const changesOf = ({ changes }: Watched) => changes.map(({ hour, state }) => `${hour} ${state}`);

it('finds the leaks among them, so that what follows says something', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      expect(watchSeries(memorySeries({ seed, leaks: true })).first(...bad)).toBeDefined();
      expect(watchSeries(memorySeries({ seed, leaks: false })).first(...bad)).toBeUndefined();
    }),
    { numRuns: 6 },
  );
});

it('concludes the same whatever the unit', () => {
  fc.assert(
    fc.property(anySeries, fc.constantFrom(1 / 1024, 8, 1e-6, 1e3), (choice, factor) => {
      const series = memorySeries(choice);
      const scaled = {
        ...memorySeries(choice),
        limit: (series.limit ?? 0) * factor,
      };
      const { value } = scaled;
      expect(changesOf(watchSeries({ ...scaled, value: (hour) => value(hour) * factor }))).toEqual(
        changesOf(watchSeries(series)),
      );
    }),
    { numRuns: 6 },
  );
});

it('concludes the same of a rate of requests in any unit', () => {
  fc.assert(
    fc.property(anySeries, fc.constantFrom(0.01, 60), (choice, factor) => {
      const series = memorySeries(choice);
      const { load = () => 0 } = series;
      expect(
        changesOf(watchSeries({ ...memorySeries(choice), load: (hour) => load(hour) * factor })),
      ).toEqual(changesOf(watchSeries(series)));
    }),
    { numRuns: 6 },
  );
});

it('concludes the same at any time of the day and of the week', () => {
  fc.assert(
    fc.property(anySeries, fc.integer({ min: -10_000, max: 10_000 }), (choice, hours) => {
      const series = memorySeries(choice);
      expect(changesOf(watchSeries({ ...memorySeries(choice), shiftMs: hours * HOUR }))).toEqual(
        changesOf(watchSeries(series)),
      );
    }),
    { numRuns: 6 },
  );
});

/** What may happen to samples on their way, none of which says anything of the series. */
const harm: fc.Arbitrary<(samples: readonly SeriesSample[], random: () => number) => SeriesSample[]> =
  fc.constantFrom(
    (samples, random) => samples.filter(() => random() > 0.3),
    (samples, random) =>
      samples.flatMap((sample) =>
        random() < 0.1
          ? [{ ...sample, value: [Number.NaN, Infinity, -Infinity][Math.floor(random() * 3)]! }, sample]
          : [sample],
      ),
    (samples, random) => samples.flatMap((sample) => (random() < 0.2 ? [sample, sample, sample] : [sample])),
    (samples, random) =>
      samples.flatMap((sample, index) =>
        random() < 0.1 ? [sample, samples[Math.max(0, index - 3)] ?? sample] : [sample],
      ),
    (samples, random) =>
      samples.flatMap((sample) =>
        random() < 0.02
          ? [{ ...sample, atMs: sample.atMs + (random() - 0.5) * 1e12, value: 1e15 }, sample]
          : [sample],
      ),
    (samples, random) => samples.map((sample) => (random() < 0.2 ? { ...sample, load: Number.NaN } : sample)),
    (samples, random) =>
      samples.map((sample) => (random() < 0.2 ? { ...sample, limit: Number.NaN } : sample)),
  );

it('is harmed by no missing, senseless, repeated, late or wildly dated sample', () => {
  fc.assert(
    fc.property(anySeries, harm, (choice, damage) => {
      const random = seeded(choice.seed);
      const through = (samples: readonly SeriesSample[]) => damage(samples, random);
      const watched = watchSeries({ ...memorySeries(choice), through });
      expect(watched.first(...bad) !== undefined).toBe(choice.leaks);
    }),
    { numRuns: 24 },
  );
});

it.each([
  ['forward by an hour', 1],
  ['forward by a day', 24],
  ['back by an hour', -1],
  ['back by a day', -24],
])('a clock that is set %s makes no alarm, and leaks are still found', (_name, hours) => {
  for (const leaks of [false, true]) {
    const series: TestSeries = { ...memorySeries({ seed: 7, leaks }), hours: 72 };
    const { value } = memorySeries({ seed: 7, leaks });
    const detector = createDetector(series.settings);
    const states = new Set<string>();
    for (const [index, sample] of samplesOf({ ...series, value }).entries()) {
      const atMs = sample.atMs + (sample.atMs - START_MS > 30 * HOUR ? hours * HOUR : 0);
      detector.add({ ...sample, atMs });
      if (index % 15 === 0) states.add(detector.evaluate(atMs).state);
    }
    expect(bad.some((state) => states.has(state))).toBe(leaks);
  }
});

it('a restart never alarms by itself, however often and however high it starts', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 30 }), (seed, everyHours) => {
      const random = seeded(seed);
      const heights = Array.from({ length: 80 }, () => (200 + 200 * random()) * MIB);
      const { last, first } = watchSeries({
        settings: PROFILES.memory,
        hours: 72,
        value: (hour) => {
          const age = hour % everyHours;
          return (
            (heights[Math.floor(hour / everyHours)] ?? 0) * (1 - 0.6 * Math.exp(-age / 0.3)) +
            5 * MIB * random()
          );
        },
        startedAt: (hour) => Math.floor(hour / everyHours) * everyHours,
        limit: 512 * MIB,
        stepMs: 60_000,
      });
      expect(first(...bad)).toBeUndefined();
      expect(last.restarts).toBe(Math.ceil(72 / everyHours) - 1);
    }),
    { numRuns: 14 },
  );
});

it('goes on after it was written down and read again as if nothing had been', () => {
  fc.assert(
    fc.property(anySeries, fc.double({ min: 0.1, max: 0.9, noNaN: true }), (choice, share) => {
      const series = memorySeries(choice);
      const samples = samplesOf(series);
      // After an evaluation: a bin that is open when it is written down is lost.
      const cut = Math.floor((samples.length * share) / 15) * 15;
      let detector = createDetector(series.settings);
      const whole = createDetector(series.settings);
      for (const [index, sample] of samples.entries()) {
        if (index === cut) detector = restoreDetector(series.settings, detector.encode());
        detector.add(sample);
        whole.add(sample);
        if (index % 15 === 14) {
          const atMs = sample.atMs + 60_000;
          expect(detector.evaluate(atMs)).toEqual(whole.evaluate(atMs));
        }
      }
      expect(detector.evidence()).toEqual(whole.evidence());
    }),
    { numRuns: 6 },
  );
});
