import { describe, expect, it } from '@jest/globals';
import { longestGapMs } from '../../src/probes/cron-gap.ts';
import { cronSlots } from '../../src/probes/cron-slots.ts';

const DAY_MS = 86_400_000;

/** Slots of an expression within a time, as ISO text. */
function slotsBetween(cron: string, timeZone: string, from: string, to: string): string[] {
  const slots = cronSlots(cron, timeZone);
  const found: string[] = [];
  let afterMs = Date.parse(from) - 1;
  for (;;) {
    const slot = slots.next(afterMs, Date.parse(to) - afterMs);
    if (slot === undefined) return found;
    found.push(new Date(slot).toISOString().replace('.000Z', 'Z'));
    afterMs = slot;
  }
}

describe('a cron expression', () => {
  it.each<[string, string, string, string, string[]]>([
    [
      '*/20 * * * *',
      'UTC',
      '2026-01-05T10:00:00Z',
      '2026-01-05T11:00:00Z',
      ['2026-01-05T10:00:00Z', '2026-01-05T10:20:00Z', '2026-01-05T10:40:00Z', '2026-01-05T11:00:00Z'],
    ],
    [
      '15,45 0 10 * * *',
      'UTC',
      '2026-01-05T00:00:00Z',
      '2026-01-06T00:00:00Z',
      ['2026-01-05T10:00:15Z', '2026-01-05T10:00:45Z'],
    ],
    [
      '0 9 * * MON',
      'UTC',
      '2026-01-01T00:00:00Z',
      '2026-01-13T00:00:00Z',
      ['2026-01-05T09:00:00Z', '2026-01-12T09:00:00Z'],
    ],
    [
      '0 0 L * *',
      'UTC',
      '2026-01-15T00:00:00Z',
      '2026-03-15T00:00:00Z',
      ['2026-01-31T00:00:00Z', '2026-02-28T00:00:00Z'],
    ],
    ['30 9 * * *', 'Asia/Kolkata', '2026-01-05T00:00:00Z', '2026-01-06T00:00:00Z', ['2026-01-05T04:00:00Z']],
  ])('%s in %s', (cron, timeZone, from, to, wanted) => {
    expect(slotsBetween(cron, timeZone, from, to)).toEqual(wanted);
  });

  it('has no slot beyond the horizon', () => {
    const slots = cronSlots('0 0 1 1 *', 'UTC');
    expect(slots.next(Date.parse('2026-06-01T00:00:00Z'), DAY_MS)).toBeUndefined();
  });
});

// Berlin: 29 March 2026 02:00 becomes 03:00, 25 October 2026 03:00 becomes 02:00.
describe('where the clocks go forward', () => {
  it.each<[string, string[]]>([
    ['30 2 * * *', ['2026-03-28T01:30:00Z', '2026-03-29T01:00:00Z', '2026-03-30T00:30:00Z']],
    ['0 4 * * *', ['2026-03-28T03:00:00Z', '2026-03-29T02:00:00Z', '2026-03-30T02:00:00Z']],
  ])('%s is due once a day', (cron, wanted) => {
    expect(slotsBetween(cron, 'Europe/Berlin', '2026-03-28T00:00:00Z', '2026-03-30T12:00:00Z')).toEqual(
      wanted,
    );
  });

  it('each hour goes on', () => {
    expect(
      slotsBetween('30 * * * *', 'Europe/Berlin', '2026-03-29T00:00:00Z', '2026-03-29T03:00:00Z'),
    ).toEqual(['2026-03-29T00:30:00Z', '2026-03-29T01:30:00Z', '2026-03-29T02:30:00Z']);
  });
});

describe('where the clocks go back', () => {
  it.each<[string, string, string[]]>([
    ['30 2 * * *', 'Europe/Berlin', ['2026-10-24T00:30:00Z', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z']],
    ['45 1 * * *', 'Australia/Lord_Howe', ['2026-10-24T14:45:00Z', '2026-10-25T14:45:00Z']],
  ])('%s in %s is due once a day', (cron, timeZone, wanted) => {
    expect(slotsBetween(cron, timeZone, '2026-10-24T00:00:00Z', '2026-10-26T12:00:00Z')).toEqual(wanted);
  });

  it('a shift of half an hour is one too', () => {
    // Lord Howe: 5 April 2026 02:00 becomes 01:30.
    expect(
      slotsBetween('45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00:00Z', '2026-04-05T23:00:00Z'),
    ).toEqual(['2026-04-04T14:45:00Z', '2026-04-05T15:15:00Z']);
  });

  it('each hour goes on', () => {
    expect(
      slotsBetween('0 * * * *', 'Europe/Berlin', '2026-10-25T00:00:00Z', '2026-10-25T02:00:00Z'),
    ).toEqual(['2026-10-25T00:00:00Z', '2026-10-25T01:00:00Z', '2026-10-25T02:00:00Z']);
  });
});

it.each<[string, number | undefined]>([
  ['*/10 * * * * *', 10_000],
  ['0 9-17 * * *', 16 * 3_600_000],
  ['0 3 * * 0', 7 * DAY_MS],
  ['0 0 1 1 *', undefined],
])('the longest gap of %s is %p', (cron, wanted) => {
  expect(longestGapMs(cron, 'UTC', Date.parse('2026-06-01T12:34:56Z'))).toBe(wanted);
});
