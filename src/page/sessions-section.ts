import type { PageModel } from '../model/page-model.ts';
import type { PageSessions } from '../model/page-sessions.ts';
import { foreign, html, type Html } from './html.ts';
import { quantity } from './quantity.ts';
import { empty, facts, section } from './section.ts';
import { table } from './table.ts';

const AGE_WORDS: Readonly<Record<string, string>> = {
  lt_5m: 'under 5 minutes',
  lt_1h: 'under an hour',
  lt_6h: 'under 6 hours',
  lt_24h: 'under a day',
  ge_24h: 'a day or more',
};

const STREAM_WORDS: Readonly<Record<string, string>> = {
  get: 'GET',
  sse: 'HTTP+SSE',
  listen: 'subscriptions',
};

const number = (value: number | null): string => quantity(value, 'count');

/** `3 deleted, 2 idle`, without what is none. */
const listed = (rows: readonly (readonly [count: number, name: string])[]): string | undefined =>
  rows
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${number(count)} ${name}`)
    .join(', ') || undefined;

const clientTable = (clients: PageSessions['clients']): Html =>
  table(
    'Clients',
    [
      { title: 'Client' },
      { title: 'Opened', isFigure: true },
      { title: 'Ended', isFigure: true },
      { title: 'Left behind', isFigure: true },
    ],
    clients.map(({ client, opened, deleted, left }) => ({
      key: client,
      cells: [foreign(client), number(opened), number(deleted), number(left)],
    })),
  );

/** What becomes of sessions and streams, by client. */
export function sessionsSection({ sessions }: PageModel): Html {
  const { active, silent, opened, closed, closedBy, byAge, clients, streams, words } = sessions;
  return section({
    id: 'sessions',
    title: 'Sessions and streams',
    hint: 'Who is connected and who never says goodbye. Good is a number that follows the clients and sessions that are ended; sessions left behind are the usual leak.',
    body: html`<p class="words">${words}</p>
      ${facts([
        [
          'Active',
          html`<strong>${number(active)}</strong
            >${silent > 0 && html`, of them ${number(silent)} silent for over an hour`}`,
        ],
        ['Opened and closed', `${number(opened)} opened, ${number(closed)} closed`],
        ['Closed by', listed(closedBy.map(({ reason, count }) => [count, reason.replaceAll('_', ' ')]))],
        ['Open for', listed(byAge.map(({ age, count }) => [count, AGE_WORDS[age] ?? age]))],
        [
          'Streams open',
          listed(streams.map(({ kind, open }) => [open, STREAM_WORDS[kind] ?? kind])) ?? 'none',
        ],
        ['In flight', `${number(sessions.inFlight)} requests`],
        [
          'Oldest of them',
          sessions.oldestRequestSeconds === null
            ? undefined
            : quantity(sessions.oldestRequestSeconds, 'seconds'),
        ],
        [
          'Parked',
          sessions.parked === null ? undefined : `${number(sessions.parked)} without answer or progress`,
        ],
        [
          'Memory a session',
          sessions.bytesPerSession === null ? undefined : quantity(sessions.bytesPerSession, 'bytes'),
        ],
      ])}
      <h3 class="sub">By client</h3>
      ${clients.length === 0 ? empty('No client has opened a session. Those of the modern era need none.') : clientTable(clients)}`,
  });
}
