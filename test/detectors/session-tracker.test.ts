import { describe, expect, it } from '@jest/globals';
import { createSessionTracker } from '../../src/detectors/session-tracker.ts';
import { SESSION_AGES, type SessionCensus } from '../../src/model/session-census.ts';
import { manualClock } from '../taps/tap-driver.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const nobody: SessionCensus = {
  active: 0,
  silent: 0,
  byAge: new Map(SESSION_AGES.map(({ label }) => [label, 0])),
  byClient: new Map(),
};

function follow() {
  const clock = manualClock();
  const tracker = createSessionTracker(clock);
  const open = (client: string | undefined, how: 'initialize' | 'adopted' = 'initialize'): void => {
    tracker.opened(how);
    tracker.introduced(client);
  };
  /** Sessions that are opened now and end in one way. */
  const run = (count: number, end: 'delete' | 'idle' | 'not_found', client?: string): void => {
    for (let each = 0; each < count; each++) {
      open(client);
      tracker.closed(end, 5 * MINUTE, client);
    }
  };
  return { clock, tracker, open, run, insight: () => tracker.insight(nobody) };
}

describe('the tracker of sessions', () => {
  it('says nothing before there are sessions', () => {
    const { insight, clock } = follow();
    expect(insight().text).toBe(
      '0 sessions opened in 0 s, 0 open, 0 of which the end is known; too few to tell',
    );
    clock.advance(40 * MINUTE);
    expect(insight()).toMatchObject({ diagnosis: 'unclear', spanSeconds: 2400 });
  });

  it('says it of the time that it has watched, then of the last six hours', () => {
    const { insight, clock, run } = follow();
    run(40, 'idle', 'cursor');
    clock.advance(2 * HOUR);
    expect(insight().text).toMatch(/^of 40 sessions opened in 2 h none was closed by DELETE, 40 given up/);
    clock.advance(3 * HOUR);
    run(35, 'delete', 'claude');
    clock.advance(1.5 * HOUR);
    // The first hour is forgotten, and with it what went wrong in it.
    expect(insight()).toMatchObject({
      diagnosis: 'sessions_are_closed',
      opened: 35,
      clients: [{ client: 'claude', opened: 35, deleted: 35, left: 0 }],
      spanSeconds: 5.5 * 3600,
    });
  });

  it('goes back a day where six hours have few sessions, and no further', () => {
    const { insight, clock, run } = follow();
    run(10, 'idle');
    clock.advance(12 * HOUR);
    run(15, 'idle');
    expect(insight()).toMatchObject({ diagnosis: 'clients_send_no_delete', opened: 25 });
    clock.advance(12 * HOUR);
    expect(insight()).toMatchObject({ opened: 15, spanSeconds: 23 * 3600 });
  });

  it('counts those that came back', () => {
    const { insight, run, open } = follow();
    run(20, 'idle', 'cursor');
    for (let each = 0; each < 15; each++) open(undefined, 'adopted');
    expect(insight()).toMatchObject({ diagnosis: 'unclear', adopted: 15 });
  });

  it('remembers a bounded number of clients', () => {
    const { insight, run, clock } = follow();
    for (let hour = 0; hour < 3; hour++) {
      for (let each = 0; each < 200; each++) run(1, 'idle', `${hour}-${each}`);
      clock.advance(HOUR);
    }
    const { clients } = insight();
    expect(clients).toHaveLength(51);
    expect(clients[0]).toEqual({ client: 'other', opened: 550, deleted: 0, left: 550 });
  });
});

describe('the tracker of what the server says', () => {
  const said = (sessions: number | undefined, startedAt?: number) => ({
    sessions,
    memoryBytes: undefined,
    startedAt,
  });

  it('sees that its count goes on growing after DELETE', () => {
    const { tracker, insight, clock, run } = follow();
    tracker.read(said(undefined));
    tracker.read(said(3));
    clock.advance(20 * MINUTE);
    run(50, 'delete');
    tracker.read(said(52));
    expect(insight()).toMatchObject({
      diagnosis: 'server_keeps_sessions_after_delete',
      afterDelete: { kind: 'server_count', deleted: 50, held: 52, kept: 49 },
    });
  });

  it('sees nothing wrong where clients leave sessions behind', () => {
    const { tracker, insight, clock, run } = follow();
    tracker.read(said(3));
    clock.advance(2 * HOUR);
    run(50, 'idle');
    run(20, 'delete');
    tracker.read(said(53));
    expect(insight()).toMatchObject({ diagnosis: 'clients_send_no_delete', afterDelete: undefined });
  });

  it('forgets what it said before a restart', () => {
    const { tracker, insight, clock, run } = follow();
    tracker.read(said(3, 100));
    run(50, 'delete');
    clock.advance(HOUR);
    tracker.read(said(53, 200));
    expect(insight().afterDelete).toBeUndefined();
  });

  it('sees memory grow with the sessions that were deleted', () => {
    const { tracker, insight, clock, run } = follow();
    let memoryBytes = 100e6;
    for (let hour = 0; hour < 16; hour++) {
      for (let quarter = 0; quarter < 4; quarter++) {
        const deleted = 20 + ((hour * 7) % 30);
        run(deleted, 'delete');
        for (let each = 0; each < 100; each++) tracker.called();
        memoryBytes += deleted * 9200;
        // What is given back at the next collection is not held.
        tracker.read({ sessions: undefined, memoryBytes: memoryBytes + 5e6, startedAt: 1 });
        tracker.read({ sessions: undefined, memoryBytes, startedAt: 1 });
        clock.advance(15 * MINUTE);
      }
    }
    expect(insight()).toMatchObject({ diagnosis: 'server_keeps_sessions_after_delete' });
  });
});
