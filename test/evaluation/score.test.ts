import { describe, expect, it } from '@jest/globals';
import { estimate } from '../../evaluation/bootstrap.ts';
import { generateSeries } from '../../evaluation/generate.ts';
import { judgeSeries } from '../../evaluation/judge.ts';
import type { Truth } from '../../evaluation/labelled-series.ts';
import { detectorGroup, OURS, type JudgedDetector } from '../../evaluation/method.ts';
import { outcomeOf, scoreOf, type Outcome } from '../../evaluation/score.ts';
import { distanceOf } from '../../evaluation/summary.ts';

const healthy: Truth = {
  label: 'healthy',
  why: '',
  leakStartHour: undefined,
  exhaustionHour: Number.POSITIVE_INFINITY,
  deadlineHour: 48,
  leaked: 0,
  swing: 0,
  exhaustions: 0,
};
const leaking: Truth = {
  ...healthy,
  label: 'leaks',
  leakStartHour: 10,
  exhaustionHour: 50,
  deadlineHour: 48,
  leaked: 0.6,
};
const alarm = (fromHour: number, toHour = fromHour + 1) => ({ fromHour, toHour });

describe('outcomeOf', () => {
  it.each([
    ['leaves a healthy series alone', healthy, [], { isFound: false, falseEpisodes: 0 }],
    ['counts every alarm on a healthy series', healthy, [alarm(3), alarm(20)], { falseEpisodes: 2 }],
    ['finds a leak after a quarter of the way', leaking, [alarm(20)], { isFound: true, delay: 0.25 }],
    ['takes the first true alarm', leaking, [alarm(20), alarm(40)], { delay: 0.25, falseEpisodes: 0 }],
    [
      'does not count an alarm from before the leak, though it goes on',
      leaking,
      [alarm(5, 48)],
      { isFound: false, falseEpisodes: 1 },
    ],
    [
      'does not count an alarm after the deadline',
      leaking,
      [alarm(48)],
      { isFound: false, falseEpisodes: 0 },
    ],
    ['misses a leak without an alarm', leaking, [], { isFound: false, delay: Number.NaN }],
  ])('%s', (_, truth, episodes, expected) => {
    expect(outcomeOf(truth, 48, episodes)).toMatchObject(expected);
  });
});

describe('scoreOf', () => {
  const found = outcomeOf(leaking, 48, [alarm(20)]);
  const late = outcomeOf(leaking, 48, [alarm(40)]);
  const missed = outcomeOf(leaking, 48, []);
  const quiet = outcomeOf(healthy, 48, []);
  const noisy = outcomeOf(healthy, 48, [alarm(3), alarm(20)]);
  const undecided = outcomeOf({ ...leaking, label: 'either' }, 48, [alarm(20)]);

  it('counts series for precision and recall, and alarms by the day', () => {
    expect(scoreOf([found, late, missed, quiet, noisy, undecided])).toEqual({
      leaking: 3,
      healthy: 2,
      either: 1,
      found: 2,
      wrong: 1,
      eitherAlarmed: 1,
      precision: 2 / 3,
      recall: 2 / 3,
      f1: 4 / 6,
      falseAlarms: 500,
      delay: 0.25,
    });
  });

  it('puts an interval about every figure that is narrower with more series', () => {
    const outcomes = (times: number): Outcome[] =>
      Array.from({ length: times }, () => [found, late, missed, quiet, noisy]).flat();
    const [few, many] = [4, 100].map((times) => estimate(outcomes(times), 200).intervals.recall);
    expect(few?.[0]).toBeLessThan(2 / 3);
    expect(few?.[1]).toBeGreaterThan(2 / 3);
    expect(many![1] - many![0]).toBeLessThan((few![1] - few![0]) / 2);
  });
});

describe('distanceOf', () => {
  it.each([
    [{ ...leaking, exhaustions: 1 }, 'limit reached'],
    [{ ...leaking, exhaustionHour: 60 }, 'up to half a span away'],
    [{ ...leaking, exhaustionHour: 80 }, 'up to one span away'],
    [{ ...leaking, exhaustionHour: 120 }, 'up to two spans away'],
    [{ ...leaking, exhaustionHour: 40 }, 'cleared by restarts before'],
  ])('says how far the limit still was (%#)', (truth, distance) => {
    expect(distanceOf(truth, 48)).toBe(distance);
  });
});

describe('judgeSeries', () => {
  /** Raises an alarm over 80 % of the limit. */
  function overMost(): JudgedDetector {
    let share = 0;
    return {
      add: ({ value, limit = Number.NaN }) => {
        share = value / limit;
      },
      evaluate: () => ({ state: share > 0.8 ? 'ticket' : share > 0.6 ? 'watch' : 'none' }),
    };
  }
  const judge = (className: string, index: number) => {
    const series = generateSeries({ family: 'report', seed: 1, kind: 'memory', className, index }, 60_000);
    return judgeSeries(series, [detectorGroup(overMost)]);
  };

  it('notes from when to when a detector of any kind raised its alarm', () => {
    for (let index = 0; index < 30; index++) {
      const { truth, episodes } = judge('linear-noisy', index);
      if (truth.exhaustions === 0) continue;
      const [episode] = episodes[OURS] ?? [];
      expect(episode?.fromHour).toBeGreaterThan(truth.exhaustionHour * 0.3);
      expect(episode?.toHour).toBeLessThanOrEqual(truth.exhaustionHour);
    }
  });

  it('joins what is less than three hours apart, and takes watch for no alarm', () => {
    expect(judge('flat', 0).episodes[OURS]).toEqual([]);
    const always = detectorGroup(() => {
      let turn = 0;
      return { add: () => undefined, evaluate: () => ({ state: ++turn % 8 === 0 ? 'page' : 'none' }) };
    });
    const id = { family: 'report', seed: 1, kind: 'memory', className: 'flat', index: 0 } as const;
    const episodes = judgeSeries(generateSeries(id, 60_000), [always]).episodes[OURS];
    expect(episodes).toHaveLength(1);
    expect(episodes?.[0]?.fromHour).toBe(2);
  });
});
