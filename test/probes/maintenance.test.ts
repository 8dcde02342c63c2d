import { describe, expect, it } from '@jest/globals';
import { readMaintenance } from '../../src/probes/maintenance.ts';

const at = (text: string): number => Date.parse(text);

describe('a window that recurs', () => {
  const isIn = readMaintenance([
    { cron: '0 3 * * 0', timeZone: 'Europe/Berlin', durationMs: 30 * 60_000, probes: [] },
  ]);

  it.each([
    ['2026-01-11T01:59:59Z', false],
    ['2026-01-11T02:00:00Z', true],
    ['2026-01-11T02:29:59Z', true],
    ['2026-01-11T02:30:00Z', false],
    ['2026-01-12T02:10:00Z', false],
    // In summer.
    ['2026-07-12T01:10:00Z', true],
  ])('at %s: %p', (moment, wanted) => expect(isIn('any', at(moment))).toBe(wanted));
});

describe('a window that is one', () => {
  const isIn = readMaintenance([
    { fromMs: at('2026-01-05T10:00:00Z'), toMs: at('2026-01-05T11:00:00Z'), probes: ['a'] },
  ]);

  it.each([
    ['a', '2026-01-05T09:59:59Z', false],
    ['a', '2026-01-05T10:00:00Z', true],
    ['b', '2026-01-05T10:30:00Z', false],
    ['a', '2026-01-05T11:00:00Z', false],
  ])('of %s at %s: %p', (probe, moment, wanted) => expect(isIn(probe, at(moment))).toBe(wanted));
});
