import { describe, expect, it } from '@jest/globals';
import { PROFILES } from '../../src/detectors/profiles.ts';
import { timesToLimit, timesToLimitLines } from '../../src/detectors/times-to-limit.ts';
import { aLeak, aQuietOne } from './a-verdict.ts';

const { memory, connections, throughput } = PROFILES;

describe('the times to exhaustion by limit', () => {
  it('double for bytes, with the limit in force among them', () => {
    expect(timesToLimitLines({ ...aLeak, limit: 6 * 1024 ** 3 }, memory)).toEqual([
      'limit   4 GiB  in 19–31 h',
      'limit   6 GiB  in 45–72 h  (in force)',
      'limit   8 GiB  in 2.9–4.7 days',
      'limit  16 GiB  in 7.2–12 days',
      'limit  32 GiB  in 16–25 days',
      'limit  64 GiB  in 33–52 days',
      'limit 128 GiB  in 67–110 days',
    ]);
  });

  it('are round for counts', () => {
    const slopePerHour = { low: 1, best: 1, high: 1 };
    const rows = timesToLimit({ ...aLeak, level: 37, slopePerHour, limit: 100 }, connections);
    expect(rows.map(({ limit }) => limit)).toEqual([50, 100, 200, 500, 1000, 2000]);
    expect(rows.find(({ isInForce }) => isInForce)).toEqual({
      limit: 100,
      seconds: { low: 226_800, best: 226_800, high: 226_800 },
      isInForce: true,
    });
  });

  it('lie below a series that falls', () => {
    const slopePerHour = { low: 0, best: 1, high: 2 };
    const rows = timesToLimit({ ...aLeak, level: 100, slopePerHour, limit: undefined }, throughput);
    expect(rows.map(({ limit }) => limit)).toEqual([90, 75, 50, 25, 10]);
    expect(rows[2]?.seconds).toEqual({ low: 90_000, best: 180_000, high: Infinity });
  });

  it('are none where nothing grows', () => {
    expect(timesToLimit(aQuietOne, memory)).toEqual([]);
    expect(timesToLimit({ ...aLeak, slopePerHour: { low: -2, best: -1, high: 0 } }, memory)).toEqual([]);
  });
});
