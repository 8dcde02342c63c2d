import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createAgenda, type Agenda } from '../../src/probes/agenda.ts';
import { nameShare } from '../../src/probes/name-share.ts';

/** Two clocks turned by hand. */
function createClocks(wall: string) {
  let nowMs = 5000;
  let wallMs = Date.parse(wall);
  return {
    now: () => ({ nowMs, wallMs }),
    pass: (ms: number) => {
      nowMs += ms;
      wallMs += ms;
    },
    /** Sets the wall clock only. */
    set: (ms: number) => {
      wallMs += ms;
    },
  };
}

type Clocks = ReturnType<typeof createClocks>;

/** Lets time pass as the scheduler does, and gives when what was due: on the monotonic clock, since the start. */
function live(
  agenda: Agenda,
  clocks: Clocks,
  forMs: number,
): { name: string; atMs: number; late: number | undefined }[] {
  const startMs = clocks.now().nowMs;
  const found: { name: string; atMs: number; late: number | undefined }[] = [];
  for (;;) {
    const due = agenda.due(clocks.now());
    for (const { name, latenessMs } of due)
      found.push({ name, atMs: clocks.now().nowMs - startMs, late: latenessMs });
    const leftMs = startMs + forMs - clocks.now().nowMs;
    if (leftMs <= 0) return found;
    clocks.pass(Math.min(Math.max(1, Math.ceil(agenda.restMs(clocks.now()))), leftMs));
  }
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const hourly = { cron: '0 * * * *', timeZone: 'UTC' };
const everyMinute = { cron: '* * * * *', timeZone: 'UTC' };

describe('an interval', () => {
  it('keeps its beat from the first run on', () => {
    const clocks = createClocks('2026-01-05T10:00:00Z');
    const agenda = createAgenda();
    agenda.set('a', { intervalMs: 10_000 }, 0, clocks.now());
    expect(live(agenda, clocks, 35_000).map(({ atMs }) => atMs)).toEqual([0, 10_000, 20_000, 30_000]);
  });

  it('is not touched by the wall clock being set', () => {
    const clocks = createClocks('2026-01-05T10:00:00Z');
    const agenda = createAgenda();
    agenda.set('a', { intervalMs: 10_000 }, 0, clocks.now());
    live(agenda, clocks, 5000);
    clocks.set(-3 * HOUR);
    expect(live(agenda, clocks, 10_000).map(({ atMs }) => atMs)).toEqual([5000]);
    clocks.set(30 * HOUR);
    expect(live(agenda, clocks, 10_000).map(({ atMs }) => atMs)).toEqual([5000]);
  });

  it('makes up for nothing after the process stood still', () => {
    const clocks = createClocks('2026-01-05T10:00:00Z');
    const agenda = createAgenda();
    agenda.set('a', { intervalMs: 10_000 }, 0, clocks.now());
    live(agenda, clocks, 1000);
    clocks.pass(64_000);
    const due = live(agenda, clocks, 20_000);
    // Once at once, then in step with the first run.
    expect(due.map(({ atMs }) => atMs)).toEqual([0, 5000, 15_000]);
    expect(due.map(({ late }) => late)).toEqual([55_000, 0, 0]);
  });

  it('spreads names over the jitter, each always at the same place', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1000, max: 100_000 }),
        fc.integer({ min: 0, max: 100_000 }),
        (names, intervalMs, jitterMs) => {
          const clocks = createClocks('2026-01-05T10:00:00Z');
          const agenda = createAgenda();
          for (const name of names) agenda.set(name, { intervalMs }, jitterMs, clocks.now());
          const due = live(agenda, clocks, 3 * intervalMs);
          for (const name of names) {
            const times = due.filter((each) => each.name === name).map(({ atMs }) => atMs);
            const offset = nameShare(name) * Math.min(jitterMs, intervalMs);
            const wanted = [0, 1, 2, 3]
              .map((n) => offset + n * intervalMs)
              .filter((at) => at <= 3 * intervalMs);
            // The timer rounds up to a millisecond.
            expect(times).toHaveLength(wanted.length);
            for (const [i, at] of wanted.entries()) {
              expect((times[i] ?? 0) - at).toBeGreaterThanOrEqual(0);
              expect((times[i] ?? 0) - at).toBeLessThanOrEqual(1);
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('fills the jitter evenly', () => {
    const shares = Array.from({ length: 1000 }, (_, i) => nameShare(`probe-${i}`));
    const tenths = Array.from(
      { length: 10 },
      (_, i) => shares.filter((each) => Math.floor(each * 10) === i).length,
    );
    for (const count of tenths) expect(count).toBeGreaterThan(60);
  });
});

describe('a cron expression', () => {
  it('is due at its slots, put off by its share of the jitter', () => {
    const clocks = createClocks('2026-01-05T10:00:30Z');
    const agenda = createAgenda();
    agenda.set('a', everyMinute, 20_000, clocks.now());
    const offset = nameShare('a') * 20_000;
    const due = live(agenda, clocks, 3 * MINUTE);
    expect(due).toHaveLength(3);
    for (const [i, { atMs, late }] of due.entries()) {
      expect(atMs - (30_000 + i * MINUTE + offset)).toBeGreaterThanOrEqual(0);
      expect(atMs - (30_000 + i * MINUTE + offset)).toBeLessThanOrEqual(1);
      expect(late).toBeLessThanOrEqual(1);
    }
  });

  it('that is due in days is found when its time comes', () => {
    const clocks = createClocks('2026-01-05T10:00:00Z');
    const agenda = createAgenda();
    agenda.set('a', { cron: '0 3 * * 0', timeZone: 'UTC' }, 0, clocks.now());
    // Sunday is the 11th.
    const wanted = Date.parse('2026-01-11T03:00:00Z') - Date.parse('2026-01-05T10:00:00Z');
    const due = live(agenda, clocks, 7 * 24 * HOUR);
    expect(due.map(({ atMs }) => atMs)).toEqual([wanted]);
  });

  it('runs once, not for each slot, when the clock is set forward', () => {
    const clocks = createClocks('2026-01-05T10:00:30Z');
    const agenda = createAgenda();
    agenda.set('a', everyMinute, 0, clocks.now());
    live(agenda, clocks, 1000);
    clocks.set(5 * HOUR);
    const due = live(agenda, clocks, 2 * MINUTE);
    expect(due.map(({ atMs }) => atMs)).toEqual([0, 29_000, 89_000]);
    // How late it was says nothing of the sidecar.
    expect(due[0]?.late).toBeUndefined();
  });

  it('goes on at once when the clock is set back', () => {
    const clocks = createClocks('2026-01-05T10:00:30Z');
    const agenda = createAgenda();
    agenda.set('a', everyMinute, 0, clocks.now());
    expect(live(agenda, clocks, 90_000)).toHaveLength(2);
    clocks.set(-6 * HOUR);
    expect(live(agenda, clocks, 3 * MINUTE).map(({ atMs }) => atMs)).toEqual([
      MINUTE,
      2 * MINUTE,
      3 * MINUTE,
    ]);
  });

  it('does not run the same slot twice when the clock is set back a little', () => {
    const clocks = createClocks('2026-01-05T09:59:58Z');
    const agenda = createAgenda();
    agenda.set('a', hourly, 0, clocks.now());
    expect(live(agenda, clocks, 4000)).toHaveLength(1);
    // It is 10:00:02; now 09:59:57.
    clocks.set(-5000);
    expect(live(agenda, clocks, HOUR + MINUTE).map(({ atMs }) => atMs)).toEqual([HOUR + 3000]);
  });

  it.each([
    ['an hour back', -HOUR],
    ['two hours forward', 2 * HOUR],
    ['a minute back', -MINUTE],
    ['half a day back', -12 * HOUR],
  ])('with the clock set %s once a minute of an hour neither floods nor starves', (_, stepMs) => {
    const clocks = createClocks('2026-01-05T10:00:30Z');
    const agenda = createAgenda();
    agenda.set('a', everyMinute, 0, clocks.now());
    let runs = 0;
    for (let minute = 0; minute < 60; minute += 1) {
      runs += live(agenda, clocks, MINUTE).length;
      if (minute % 7 === 3) clocks.set(stepMs);
    }
    expect(runs).toBeGreaterThanOrEqual(50);
    expect(runs).toBeLessThanOrEqual(70);
  });

  it('an hourly probe runs each hour of the night in which the clocks change', () => {
    const clocks = createClocks('2026-10-24T22:30:00Z');
    const agenda = createAgenda();
    agenda.set('a', { cron: '0 * * * *', timeZone: 'Europe/Berlin' }, 0, clocks.now());
    expect(live(agenda, clocks, 6 * HOUR)).toHaveLength(6);
  });
});

it('what is removed is due no more', () => {
  const clocks = createClocks('2026-01-05T10:00:00Z');
  const agenda = createAgenda();
  agenda.set('a', { intervalMs: 1000 }, 0, clocks.now());
  agenda.set('b', everyMinute, 0, clocks.now());
  agenda.remove('a');
  agenda.remove('b');
  expect(live(agenda, clocks, 2 * MINUTE)).toEqual([]);
});
