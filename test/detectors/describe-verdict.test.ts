import { describe, expect, it } from '@jest/globals';
import { describeBriefly, describeVerdict } from '../../src/detectors/describe-verdict.ts';
import { formatSpan, formatSpanRange } from '../../src/detectors/format-span.ts';
import { PROFILES } from '../../src/detectors/profiles.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { aLeak, aQuietOne } from './a-verdict.ts';

const { memory, latency, throughput } = PROFILES;

describe('a verdict in words', () => {
  const table: [
    what: string,
    verdict: Verdict,
    series: typeof memory | typeof latency | typeof throughput,
    text: string,
  ][] = [
    ['a leak', aLeak, memory, 'grows 62 MiB/h (1.51 % of the limit 4 GiB an hour), limit in 18–31 h'],
    [
      'one that the load explains a part of',
      { ...aLeak, loadExplained: 0.4 },
      memory,
      'grows 62 MiB/h (1.51 % of the limit 4 GiB an hour), limit in 18–31 h, load explains 40 % of it',
    ],
    [
      'one whose end cannot be told',
      { ...aLeak, secondsToLimit: { low: 64_800, best: 200_000, high: Infinity } },
      memory,
      'grows 62 MiB/h (1.51 % of the limit 4 GiB an hour), limit in 18 h or more',
    ],
    [
      'one that has come to its limit',
      { ...aLeak, secondsToLimit: { low: 0, best: 0, high: 0 } },
      memory,
      'grows 62 MiB/h (1.51 % of the limit 4 GiB an hour), limit reached',
    ],
    [
      'one without any limit',
      { ...aLeak, limit: undefined, secondsToLimit: undefined },
      memory,
      'grows 62 MiB/h, watched 15 h',
    ],
    ['a quiet series', aQuietOne, memory, 'does not grow, 2.5 GiB of the limit 4 GiB, watched 15 h'],
    [
      'one of which nothing is known',
      { ...aQuietOne, level: undefined, limit: undefined, watchedMs: 90_000 },
      memory,
      'does not grow, watched 1.5 min',
    ],
    [
      'a slowing tool',
      {
        ...aLeak,
        slopePerHour: { low: 0.001, best: 0.002, high: 0.003 },
        limit: 0.3,
        isLimitKnown: false,
        secondsToLimit: { low: 7200, best: 9000, high: 10_800 },
      },
      latency,
      'grows 2 ms/h (0.667 % of the assumed limit 300 ms an hour), limit in 2–3 h',
    ],
    [
      'falling throughput',
      {
        ...aLeak,
        slopePerHour: { low: 0.5, best: 0.75, high: 1 },
        limit: 50,
        isLimitKnown: false,
        secondsToLimit: { low: 86_400, best: 100_000, high: 400_000 },
      },
      throughput,
      'falls 0.75/s an hour (1.5 % of the assumed limit 50/s an hour), limit in 1–4.6 days',
    ],
  ];

  it.each(table)('%s', (_what, verdict, series, text) => {
    expect(describeVerdict(verdict, series)).toBe(text);
  });

  it('is short for a terminal', () => {
    expect(describeBriefly(aLeak, memory)).toBe('limit 4 GiB in 18–31 h, grows 62 MiB/h');
    expect(describeBriefly(aQuietOne, memory)).toBe(describeVerdict(aQuietOne, memory));
  });
});

describe('spans', () => {
  it.each([
    [40, '40 s'],
    [720, '12 min'],
    [111_600, '31 h'],
    [820_800, '9.5 days'],
    [1e9, '12,000 days'],
    [Infinity, 'never'],
  ])('%d s is %s', (seconds, text) => {
    expect(formatSpan(seconds)).toBe(text);
  });

  it.each([
    [64_800, 111_600, '18–31 h'],
    [64_800, 64_801, '18 h'],
    [4800, 5400, '1.3–1.5 h'],
    [64_800, 362_880, '18 h–4.2 days'],
    [0, 600, '0–10 min'],
    [64_800, Infinity, '18 h or more'],
    [Infinity, Infinity, 'never'],
  ])('%d to %d s is %s', (low, high, text) => {
    expect(formatSpanRange(low, high)).toBe(text);
  });
});
