import { describe, expect, it } from '@jest/globals';
import { concludeSessions, type SessionWindow } from '../../src/detectors/session-insight.ts';
import { SESSION_AGES } from '../../src/model/session-census.ts';

type Clients = Record<string, { opened?: number; deleted?: number; left?: number; silent?: number }>;

interface Case extends Partial<Omit<SessionWindow, 'closed' | 'clients' | 'census'>> {
  readonly closed?: Partial<SessionWindow['closed']>;
  readonly silent?: number;
  readonly clients?: Clients;
}

function windowOf({ closed, silent = 0, clients = {}, ...more }: Case): SessionWindow {
  const names = Object.entries(clients);
  return {
    spanMs: 6 * 3_600_000,
    opened: 412,
    adopted: 0,
    closed: { delete: 0, not_found: 0, idle: 0, stream_closed: 0, evicted: 0, exit: 0, ...closed },
    shortLived: 0,
    clients: new Map(
      names.map(([name, { opened = 0, deleted = 0, left = 0 }]) => [name, { opened, deleted, left }]),
    ),
    census: {
      active: 12 + silent,
      silent,
      byAge: new Map(SESSION_AGES.map(({ label }) => [label, 0])),
      byClient: new Map(names.map(([name, each]) => [name, { active: 0, silent: each.silent ?? 0 }])),
    },
    afterDelete: undefined,
    ...more,
  };
}

describe('what is said of sessions', () => {
  it.each<[string, Case, string, string]>([
    [
      'nobody closes and silence never does',
      { silent: 400 },
      'clients_send_no_delete',
      'of 412 sessions opened in 6 h none was closed by DELETE, 400 are silent for over 1 h; clients do not send DELETE',
    ],
    [
      'nobody closes and silence does',
      { closed: { idle: 380, delete: 1 }, clients: { cursor: { left: 380 } } },
      'clients_send_no_delete',
      'of 412 sessions opened in 6 h 1 was closed by DELETE, 380 given up after silence; clients do not send DELETE; all of these are of cursor',
    ],
    [
      'one of several clients does not close',
      {
        closed: { idle: 100, evicted: 60, delete: 90 },
        silent: 40,
        clients: { claude: { deleted: 90, left: 10 }, cursor: { left: 150, silent: 40 } },
      },
      'clients_send_no_delete',
      'of 412 sessions opened in 6 h 90 were closed by DELETE, 100 given up after silence, 60 given up for room, 40 are silent for over 1 h; clients do not send DELETE; 190 of these are of cursor',
    ],
    [
      'it is not known whose they are',
      { closed: { idle: 100 }, clients: { unknown: { left: 100 } } },
      'clients_send_no_delete',
      'of 412 sessions opened in 6 h none was closed by DELETE, 100 given up after silence; clients do not send DELETE',
    ],
    [
      'the silent ones come back',
      { closed: { idle: 100 }, adopted: 70 },
      'unclear',
      '100 sessions given up after silence in 6 h, but 70 used by clients that had been silent or came from before; tap.sessionIdleTimeout may be too short to tell',
    ],
    [
      'the server ends them',
      { closed: { not_found: 300, delete: 60, idle: 12 } },
      'server_expires_sessions',
      'of 372 sessions that ended in 6 h the server answered 404 to 300; it expires them by itself',
    ],
    [
      'streams break',
      { closed: { stream_closed: 400 }, shortLived: 390 },
      'clients_reconnect',
      'of 400 sessions that ended in 6 h 390 lost their stream within 1 min; clients open one after the other',
    ],
    [
      'all is well',
      { closed: { delete: 390, stream_closed: 10, idle: 6 } },
      'sessions_are_closed',
      'of 406 sessions that ended in 6 h 390 were closed by DELETE and 10 with their stream or the server',
    ],
    [
      'there is a bit of everything',
      { closed: { delete: 40, not_found: 40, idle: 40 } },
      'unclear',
      'of 120 sessions that ended in 6 h 40 were closed by DELETE, 40 left behind, 40 answered 404; no one cause',
    ],
    [
      'there are few',
      { opened: 9, closed: { idle: 9 } },
      'unclear',
      '9 sessions opened in 6 h, 12 open, 9 of which the end is known; too few to tell',
    ],
    [
      'the server counts more than there can be',
      { closed: { delete: 390 }, afterDelete: { kind: 'server_count', deleted: 390, held: 420, kept: 388 } },
      'server_keeps_sessions_after_delete',
      '390 sessions were closed by DELETE, yet the server says that it holds 420, 388 more than are open or were left behind; the server keeps sessions after DELETE',
    ],
    [
      'memory grows with those that are closed',
      { closed: { delete: 390 }, afterDelete: { kind: 'memory', deleted: 390, bytesPerSession: 9420 } },
      'server_keeps_sessions_after_delete',
      '390 sessions were closed by DELETE, yet its memory grew by 9.2 KiB with each of them; the server keeps sessions after DELETE',
    ],
  ])('where %s', (_, counted, diagnosis, text) => {
    expect(concludeSessions(windowOf(counted))).toMatchObject({ diagnosis, text, spanSeconds: 21_600 });
  });

  it('comes with the figures, the worst client first', () => {
    const { clients, byAge, closed, silent } = concludeSessions(
      windowOf({ silent: 4, clients: { a: { opened: 9 }, b: { left: 3 }, c: { opened: 9, left: 3 } } }),
    );
    expect(clients.map(({ client }) => client)).toEqual(['c', 'b', 'a']);
    expect(byAge).toEqual({ lt_5m: 0, lt_1h: 0, lt_6h: 0, lt_24h: 0, ge_24h: 0 });
    expect([closed.idle, silent]).toEqual([0, 4]);
  });
});
