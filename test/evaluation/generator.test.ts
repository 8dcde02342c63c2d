import { describe, expect, it } from '@jest/globals';
import { classesOf } from '../../evaluation/classes.ts';
import { generateSeries, seriesIds } from '../../evaluation/generate.ts';
import { labelOf, type Facts } from '../../evaluation/label.ts';
import type { LabelledSeries } from '../../evaluation/labelled-series.ts';
import { formatSeriesId, KINDS, parseSeriesId, type SeriesId } from '../../evaluation/series-id.ts';

const STEP_MS = 300_000;

const id = (className: string, index = 0, over: Partial<SeriesId> = {}): SeriesId => ({
  family: 'report',
  seed: 5,
  kind: 'memory',
  className,
  index,
  ...over,
});

/** Shares of the limit that were measured. */
function shares({ values, limits, missing, count }: LabelledSeries): number[] {
  return Array.from({ length: count }, (_, step) => (values[step] ?? 0) / (limits[step] ?? 1)).filter(
    (share, step) => missing[step] === 0 && !Number.isNaN(share),
  );
}

function slopePerHour(points: readonly number[], stepMs: number): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, one) => sum + one, 0) / values.length;
  const hours = points.map((_, step) => (step * stepMs) / 3_600_000);
  const [meanHour, meanPoint] = [mean(hours), mean(points)];
  const covariance = mean(hours.map((hour, step) => (hour - meanHour) * ((points[step] ?? 0) - meanPoint)));
  return covariance / mean(hours.map((hour) => (hour - meanHour) ** 2));
}

const everyClass = KINDS.flatMap((kind) => classesOf(kind).map(({ name, leaks }) => ({ kind, name, leaks })));

describe('the generator', () => {
  it('makes the same series of the same name, and others of others', () => {
    const one = generateSeries(id('late-start', 3), STEP_MS);
    expect(generateSeries(id('late-start', 3), STEP_MS)).toEqual(one);
    for (const other of [
      id('late-start', 4),
      id('late-start', 3, { family: 'tune' }),
      id('late-start', 3, { seed: 6 }),
    ]) {
      expect(generateSeries(other, STEP_MS).parameters).not.toEqual(one.parameters);
    }
  });

  it('draws the same parameters whatever the distance of samples', () => {
    const [fine, coarse] = [60_000, 300_000].map((stepMs) => generateSeries(id('steps', 1), stepMs));
    expect(fine?.parameters).toEqual(coarse?.parameters);
    expect(fine?.startMs).toBe(coarse?.startMs);
  });

  it.each(KINDS)('names about as many series of %s as were asked for, half of them leaking', (kind) => {
    const ids = seriesIds('report', 1, kind, 1500);
    const leaking = new Set(classesOf(kind).flatMap(({ name, leaks }) => (leaks ? [name] : [])));
    const ofLeaks = ids.filter(({ className }) => leaking.has(className)).length;
    expect(ids.length).toBeGreaterThanOrEqual(1500);
    expect(ids.length).toBeLessThan(1600);
    expect(ofLeaks / ids.length).toBeCloseTo(0.5, 1);
    expect(new Set(ids.map(formatSeriesId)).size).toBe(ids.length);
    expect(ids.map((one) => parseSeriesId(formatSeriesId(one)))).toEqual(ids);
  });

  it('says what a name of a series looks like', () => {
    expect(() => parseSeriesId('memory/linear')).toThrow(
      'series id: want e.g. report:1/memory/linear/17, got memory/linear',
    );
  });

  it.each(everyClass.filter(({ leaks }) => !leaks))(
    'keeps a healthy series of $kind under its limit: $name',
    ({ kind, name }) => {
      for (let index = 0; index < 5; index++) {
        const series = generateSeries(id(name, index, { kind }), STEP_MS);
        expect(Math.max(...shares(series))).toBeLessThan(1);
        expect(series.truth.label).not.toBe('leaks');
        expect(series.truth).toMatchObject({ leakStartHour: undefined, leaked: 0, exhaustions: 0 });
        expect(series.hours).toBeGreaterThanOrEqual(24 - 0.1);
        expect(series.hours).toBeLessThanOrEqual(168);
      }
    },
  );

  it.each(everyClass.filter(({ leaks }) => leaks))(
    'loses in a leaking series of $kind what it says: $name',
    ({ kind, name }) => {
      for (let index = 0; index < 5; index++) {
        const series = generateSeries(id(name, index, { kind }), STEP_MS);
        const { truth, hours } = series;
        expect(truth.label).not.toBe('healthy');
        expect(truth.leakStartHour).toBeGreaterThanOrEqual(0);
        expect(truth.deadlineHour).toBeLessThanOrEqual(hours);
        expect(truth.exhaustionHour).toBeGreaterThan(truth.leakStartHour ?? 0);
        // What was lost in earlier processes is gone where the last is young.
        const isOneProcess = truth.exhaustions === 0 && name !== 'restarted-daily';
        if (truth.label === 'leaks' && isOneProcess) expect(truth.leaked).toBeGreaterThan(0);
      }
    },
  );

  it('lets a linear leak rise as fast as its time to exhaustion says', () => {
    for (let index = 0; index < 12; index++) {
      const series = generateSeries(id('slow', index), STEP_MS);
      const { leakStartHour = 0, exhaustionHour } = series.truth;
      const points = shares(series);
      const expected = (1 - (points[0] ?? 0)) / (exhaustionHour - leakStartHour);
      expect(slopePerHour(points, STEP_MS) / expected).toBeGreaterThan(0.7);
      expect(slopePerHour(points, STEP_MS) / expected).toBeLessThan(1.3);
    }
  });

  it('ends a series of memory where its limit is reached', () => {
    const reached = Array.from({ length: 40 }, (_, index) =>
      generateSeries(id('linear', index), STEP_MS),
    ).filter(({ truth }) => truth.exhaustions > 0);
    expect(reached.length).toBeGreaterThan(5);
    for (const series of reached) {
      expect(shares(series).at(-1)).toBe(1);
      expect(series.truth.exhaustionHour).toBeCloseTo(series.hours, 0);
      expect(series.truth.label).toBe('leaks');
    }
  });

  it('counts connections whole', () => {
    const { values, count } = generateSeries(id('linear', 2, { kind: 'connections' }), STEP_MS);
    expect([...values.subarray(0, count)].every((value) => Number.isInteger(value))).toBe(true);
  });
});

describe('labelOf', () => {
  const facts: Facts = {
    kind: 'memory',
    limit: 1e9,
    endHour: 48,
    ambiguity: undefined,
    leakStartHour: 0,
    exhaustedHours: [],
    restartsAtLimit: false,
    plannedRestarts: 0,
    lifeStartHour: 0,
    leaked: 0.3,
    leakedPerLife: 0,
    pace: 0.3 / 48,
    healthyHigh: 0.3,
    swing: 0.05,
  };

  it.each<[string, Partial<Facts>, string]>([
    ['is healthy where nothing is lost', { leakStartHour: undefined, leaked: 0, pace: 0 }, 'healthy'],
    ['leaks where the limit is 64 hours away after 48', {}, 'leaks'],
    ['is undecided where it is more than two spans away', { leaked: 0.2, pace: 0.2 / 48 }, 'either'],
    [
      'leaks where the limit was reached, however little was watched',
      { exhaustedHours: [3], endHour: 3 },
      'leaks',
    ],
    ['is undecided where a peak exhausted it', { exhaustedHours: [3], leaked: 0.02 }, 'either'],
    ['is undecided where the leak hides in the swing', { swing: 0.7 }, 'either'],
    ['is undecided where four connections are lost', { kind: 'connections', limit: 13 }, 'either'],
    ['is undecided where hardly watched', { endHour: 5, pace: 0.3 / 5 }, 'either'],
    ['is undecided where its class says so', { ambiguity: 'nobody knows' }, 'either'],
    [
      'leaks where daily restarts clear what would exhaust it over a long weekend',
      {
        plannedRestarts: 4,
        endHour: 110,
        lifeStartHour: 96,
        leaked: 0.1,
        leakedPerLife: 0.2,
        pace: 0.2 / 24,
      },
      'leaks',
    ],
    [
      'is undecided where even that would not',
      {
        plannedRestarts: 4,
        endHour: 110,
        lifeStartHour: 96,
        leaked: 0.05,
        leakedPerLife: 0.1,
        pace: 0.1 / 24,
      },
      'either',
    ],
  ])('%s', (_, over, label) => {
    expect(labelOf({ ...facts, ...over }).label).toBe(label);
  });

  it('extends a leak to its exhaustion at the pace of the last day', () => {
    expect(labelOf(facts).exhaustionHour).toBeCloseTo(48 + 64, 5);
    expect(labelOf(facts).deadlineHour).toBe(48);
    expect(labelOf({ ...facts, leakStartHour: undefined, pace: 0 }).exhaustionHour).toBe(
      Number.POSITIVE_INFINITY,
    );
  });
});
