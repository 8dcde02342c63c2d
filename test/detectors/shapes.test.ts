import { expect, it } from '@jest/globals';
import { PROFILES } from '../../src/detectors/profiles.ts';
import { seeded, watchSeries, type TestSeries } from './watch-series.ts';

const MIB = 2 ** 20;
const bad = ['ticket', 'urgent', 'page'] as const;
const noise = seeded(1);

const memory = (value: (hour: number) => number, more: Partial<TestSeries> = {}): TestSeries => ({
  settings: PROFILES.memory,
  hours: 72,
  value: (hour) => value(hour) * MIB + noise() * 4 * MIB,
  load: () => 50,
  limit: 1024 * MIB,
  stepMs: 60_000,
  ...more,
});

const day = (hour: number): number => Math.sin((hour / 24) * 2 * Math.PI);
const users = (hour: number): number => 50 + 2 * hour + 10 * day(hour);
const every = (hours: number) => (hour: number) => Math.floor(hour / hours) * hours;

const healthy: readonly (readonly [string, TestSeries])[] = [
  ['is flat', memory(() => 300)],
  ['warms up in an hour', memory((hour) => 500 - 300 * Math.exp(-hour))],
  ['warms up in eight hours', memory((hour) => 600 - 400 * Math.exp(-hour / 8))],
  ['warms up like a logarithm', memory((hour) => 300 + 60 * Math.log1p(hour))],
  ['goes with the day', memory((hour) => 400 + 150 * day(hour), { load: (hour) => 50 + 30 * day(hour) })],
  [
    'goes with the day, of an unknown load',
    memory((hour) => 400 + 150 * day(hour), { load: () => Number.NaN }),
  ],
  [
    'grows with its users',
    memory((hour) => 100 + 2 * users(hour), { load: (hour) => users(hour) + 3 * noise() }),
  ],
  ['fills a cache in a day and stops', memory((hour) => 300 + 200 * Math.min(1, hour / 24))],
  ['steps up at a deploy', memory((hour) => (hour < 30 ? 300 : 420))],
  ['steps up twice', memory((hour) => 300 + (hour > 20 ? 80 : 0) + (hour > 50 ? 80 : 0))],
  ['keeps the mark of ever rarer batches', memory((hour) => 300 + 50 * Math.floor(Math.log2(1 + hour)))],
  ['breathes in gigabytes between collections', memory((hour) => 300 + 400 * ((hour % 5) / 5))],
  ['does a batch every night', memory((hour) => 300 + (hour % 24 < 2 ? 400 : 0))],
  [
    'is restarted each day and warms up',
    memory((hour) => 500 - 250 * Math.exp(-(hour % 24) / 3), { startedAt: every(24) }),
  ],
  ['grows, but would take a year', memory((hour) => 300 + 0.08 * hour)],
];

const leaking: readonly (readonly [string, number, TestSeries])[] = [
  ['in a line', 22, memory((hour) => 200 + 16 * hour)],
  [
    'in a line below a day',
    40,
    memory((hour) => 250 + 10 * hour + 80 * day(hour), { load: (hour) => 50 + 30 * day(hour) }),
  ],
  [
    'in a line below a day, of an unknown load',
    66,
    memory((hour) => 250 + 8 * hour + 80 * day(hour), { load: () => Number.NaN }),
  ],
  ['after a warm-up', 40, memory((hour) => 400 - 200 * Math.exp(-hour) + 12 * hour)],
  ['from the second day on', 55, memory((hour) => 300 + Math.max(0, hour - 24) * 18)],
  ['faster and faster', 60, memory((hour) => 300 + 0.15 * hour ** 2)],
  [
    'by what is asked of it',
    45,
    memory((hour) => 250 + 10 * hour - 30 * Math.cos((hour / 24) * 2 * Math.PI), {
      load: (hour) => 50 + 30 * day(hour),
    }),
  ],
  ['below the breath of its collections', 40, memory((hour) => 200 + 10 * hour + 250 * ((hour % 3) / 3))],
  ['in small steps', 40, memory((hour) => 200 + 12 * every(2)(hour))],
  [
    'in every life between restarts',
    66,
    memory((hour) => 250 + 18 * (hour % 20), { startedAt: every(20), hours: 90 }),
  ],
];

it.each(healthy)('says nothing of a memory that %s', (_name, series) => {
  expect(watchSeries(series).changes.filter(({ state }) => bad.some((each) => each === state))).toEqual([]);
});

it.each(leaking)('finds a memory that leaks %s within %s hours', (_name, hours, series) => {
  const { first, changes } = watchSeries(series);
  expect(first(...bad) ?? JSON.stringify(changes)).toBeLessThanOrEqual(hours);
});
