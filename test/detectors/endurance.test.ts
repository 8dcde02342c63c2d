import { expect, it } from '@jest/globals';
import { PROFILES } from '../../src/detectors/profiles.ts';
import { seeded, watchSeries, type TestSeries } from './watch-series.ts';

const GIB = 1024 ** 3;

/** The document's endurance test: hours, then what was measured at them. */
const HOURS = [1, 4, 8, 12, 16, 20, 24];
const TABLE = {
  memory: [2.1, 2.3, 2.5, 2.8, 3.1, 3.4, 3.6].map((gib) => gib * GIB),
  connections: [48, 49, 51, 52, 54, 56, 58],
  latency: [145, 152, 158, 165, 172, 180, 188].map((ms) => ms / 1000),
  throughput: [398, 395, 392, 389, 386, 383, 380],
} as const;
type Name = keyof typeof TABLE;

/** Between the rows by straight lines; after the last one it goes on at the rate of the whole. */
function valueAt(name: Name, hour: number): number {
  const values = TABLE[name];
  const [first, last] = [values[0], values.at(-1) ?? 0];
  if (hour >= 24) return last + ((last - first) / 23) * (hour - 24);
  const row = Math.max(
    0,
    HOURS.findLastIndex((at) => at <= hour),
  );
  const [from, to] = [HOURS[row] ?? 1, HOURS[row + 1] ?? 24];
  const [low, high] = [values[row] ?? first, values[row + 1] ?? last];
  return low + ((high - low) * (Math.max(1, hour) - from)) / (to - from);
}

function endurance(name: Name, limit: number | undefined): TestSeries {
  const random = seeded(24);
  const isWhole = name === 'connections';
  return {
    settings: PROFILES[name],
    hours: 72,
    value: (hour) => {
      const value = valueAt(name, hour) * (1 + (random() - 0.5) * 0.02);
      return isWhole ? Math.round(value) : value;
    },
    load: name === 'throughput' ? () => 50 : (hour) => valueAt('throughput', hour) + (random() - 0.5) * 8,
    ...(limit !== undefined && { limit }),
  };
}

it.each([
  ['memory', 4 * GIB, 'watch', 14],
  ['memory', 4 * GIB, 'urgent', 16],
  ['memory', 4 * GIB, 'page', 18],
  ['memory', 6 * GIB, 'watch', 14],
  ['memory', 6 * GIB, 'urgent', 31],
  ['memory', 8 * GIB, 'watch', 14],
  ['memory', 8 * GIB, 'urgent', 41],
  ['memory', 16 * GIB, 'ticket', 50],
  ['connections', 64, 'urgent', 19],
  ['connections', 100, 'watch', 17],
  ['connections', 100, 'urgent', 50],
  ['connections', 200, 'ticket', 50],
  ['latency', 0.5, 'watch', 20],
  ['latency', 0.5, 'ticket', 50],
  ['latency', 0.25, 'urgent', 26],
  ['throughput', undefined, 'ticket', 50],
] as const)('the document’s %s with a limit of %s is %s within %s hours', (name, limit, state, hours) => {
  const { first } = watchSeries(endurance(name, limit));
  expect(first(state)).toBeLessThanOrEqual(hours);
});

it.each([
  ['connections', 1000, 72],
  ['throughput', undefined, 24],
  ['memory', 64 * GIB, 36],
] as const)('the document’s %s with a limit of %s is nothing for %s hours', (name, limit, hours) => {
  expect(
    watchSeries(endurance(name, limit)).first('watch', 'ticket', 'urgent', 'page') ?? 99,
  ).toBeGreaterThan(hours);
});

it('the document’s memory at 8 GiB has about 66 hours left at hour 24', () => {
  const { last } = watchSeries({ ...endurance('memory', 8 * GIB), hours: 24 });
  expect((last.secondsToLimit?.best ?? 0) / 3600).toBeGreaterThan(58);
  expect((last.secondsToLimit?.best ?? 0) / 3600).toBeLessThan(72);
  expect((last.slopePerHour?.best ?? 0) / 2 ** 20).toBeGreaterThan(60);
  expect((last.slopePerHour?.best ?? 0) / 2 ** 20).toBeLessThan(75);
});
