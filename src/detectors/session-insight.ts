import { UNKNOWN_CLIENT, type SessionAge, type SessionCensus } from '../model/session-census.ts';
import type { SessionCloseReason } from '../model/traffic.ts';
import type { AfterDelete } from './after-delete.ts';
import { formatSpan } from './format-span.ts';
import { formatValue } from './format-value.ts';

/** What becomes of sessions, and whose doing it is. */
export type SessionDiagnosis =
  /** Most are left behind: their clients fall silent and never say that they are done. */
  | 'clients_send_no_delete'
  /** Clients end them, but the server holds on to them, or to what they took. */
  | 'server_keeps_sessions_after_delete'
  /** The server answers 404 to most: it ends them by itself. */
  | 'server_expires_sessions'
  /** The streams of most end in a moment: clients open one after the other. */
  | 'clients_reconnect'
  | 'sessions_are_closed'
  | 'unclear';

/** Sessions of one client over a span of time. */
export interface ClientCounts {
  readonly opened: number;
  /** Ended by DELETE. */
  readonly deleted: number;
  /** Given up after silence, or to make room: the server was never told. */
  readonly left: number;
}

/** What was counted of sessions over a span of time, and those that are open at its end. */
export interface SessionWindow {
  readonly spanMs: number;
  readonly opened: number;
  /** First seen in use: opened before the sidecar was there, or given up after silence and used again. */
  readonly adopted: number;
  readonly closed: Readonly<Record<SessionCloseReason, number>>;
  /** Of those that ended with their stream, the ones that lasted under a minute. */
  readonly shortLived: number;
  readonly clients: ReadonlyMap<string, ClientCounts>;
  readonly census: SessionCensus;
  /** What could be seen of the server after DELETE. */
  readonly afterDelete: AfterDelete | undefined;
}

/** What is said of sessions: a diagnosis, one line for a person, and the figures behind it. */
export interface SessionInsight {
  readonly diagnosis: SessionDiagnosis;
  /** With figures, e.g. `of 412 sessions opened in 6 h none was closed by DELETE, …; clients do not send DELETE`. */
  readonly text: string;
  readonly spanSeconds: number;
  readonly opened: number;
  readonly adopted: number;
  readonly closed: Readonly<Record<SessionCloseReason, number>>;
  readonly active: number;
  /** Open, and silent for over an hour. */
  readonly silent: number;
  readonly byAge: Readonly<Partial<Record<SessionAge, number>>>;
  /** Those who left most behind first. */
  readonly clients: readonly (ClientCounts & { readonly client: string })[];
  readonly afterDelete: AfterDelete | undefined;
}

/** Fewer than this many sessions say nothing. */
const LEAST_SESSIONS = 10;

/** Share of the sessions from which on something is true of "the" sessions. */
const MOST = 0.5;
/** Share from which on all is well. */
const NEARLY_ALL = 0.8;

/** Sums that several rules ask for. */
interface Sums {
  readonly deleted: number;
  /** Given up after silence or for room, or silent for over an hour and about to be. */
  readonly left: number;
  /** All of which it is known what became of them. */
  readonly decided: number;
  /** `in 6 h`. */
  readonly when: string;
}

type Conclusion = Pick<SessionInsight, 'diagnosis' | 'text'>;

/** In order of their asking; the first that concludes has the last word. */
const RULES: readonly ((window: SessionWindow, sums: Sums) => Conclusion | undefined)[] = [
  ({ afterDelete }) => {
    if (afterDelete === undefined) return undefined;
    const seen =
      afterDelete.kind === 'server_count'
        ? `the server says that it holds ${afterDelete.held}, ${afterDelete.kept} more than are open or were left behind`
        : `its memory grew by ${formatValue(afterDelete.bytesPerSession, 'bytes')} with each of them`;
    return {
      diagnosis: 'server_keeps_sessions_after_delete',
      text: `${afterDelete.deleted} sessions were closed by DELETE, yet ${seen}; the server keeps sessions after DELETE`,
    };
  },
  ({ opened, census }, { decided, when }) =>
    decided >= LEAST_SESSIONS
      ? undefined
      : {
          diagnosis: 'unclear',
          text: `${opened} sessions opened ${when}, ${census.active} open, ${decided} of which the end is known; too few to tell`,
        },
  ({ adopted, closed }, { left, decided, when }) =>
    left < decided * MOST || adopted < closed.idle * MOST || adopted < LEAST_SESSIONS
      ? undefined
      : {
          diagnosis: 'unclear',
          text: `${closed.idle} sessions given up after silence ${when}, but ${adopted} used by clients that had been silent or came from before; tap.sessionIdleTimeout may be too short to tell`,
        },
  (window, sums) => {
    const { left, decided, deleted, when } = sums;
    if (left < decided * MOST) return undefined;
    const { closed, opened, census } = window;
    const parts = [
      `of ${opened} sessions opened ${when} ${deleted === 0 ? 'none' : deleted} ${deleted > 1 ? 'were' : 'was'} closed by DELETE`,
      ...(closed.idle === 0 ? [] : [`${closed.idle} given up after silence`]),
      ...(closed.evicted === 0 ? [] : [`${closed.evicted} given up for room`]),
      ...(census.silent === 0 ? [] : [`${census.silent} are silent for over 1 h`]),
    ];
    return {
      diagnosis: 'clients_send_no_delete',
      text: `${parts.join(', ')}; clients do not send DELETE${culprit(window, left)}`,
    };
  },
  ({ closed }, { decided, when }) =>
    closed.not_found < decided * MOST
      ? undefined
      : {
          diagnosis: 'server_expires_sessions',
          text: `of ${decided} sessions that ended ${when} the server answered 404 to ${closed.not_found}; it expires them by itself`,
        },
  ({ shortLived }, { decided, when }) =>
    shortLived < decided * MOST
      ? undefined
      : {
          diagnosis: 'clients_reconnect',
          text: `of ${decided} sessions that ended ${when} ${shortLived} lost their stream within 1 min; clients open one after the other`,
        },
  ({ closed }, { decided, deleted, when }) =>
    decided - closed.not_found - closed.idle - closed.evicted < decided * NEARLY_ALL
      ? undefined
      : {
          diagnosis: 'sessions_are_closed',
          text: `of ${decided} sessions that ended ${when} ${deleted} were closed by DELETE and ${closed.stream_closed + closed.exit} with their stream or the server`,
        },
];

/** Concludes from what was counted what becomes of the sessions. */
export function concludeSessions(window: SessionWindow): SessionInsight {
  const sums = sumUp(window);
  const { closed, census } = window;
  const found = RULES.reduce<Conclusion | undefined>(
    (before, rule) => before ?? rule(window, sums),
    undefined,
  );
  return {
    diagnosis: found?.diagnosis ?? 'unclear',
    text:
      found?.text ??
      `of ${sums.decided} sessions that ended ${sums.when} ${sums.deleted} were closed by DELETE, ${sums.left} left behind, ${closed.not_found} answered 404; no one cause`,
    spanSeconds: Math.round(window.spanMs / 1000),
    opened: window.opened,
    adopted: window.adopted,
    closed,
    active: census.active,
    silent: census.silent,
    byAge: Object.fromEntries(census.byAge),
    clients: [...window.clients]
      .map(([client, counts]) => ({ client, ...counts }))
      .toSorted((a, b) => b.left - a.left || b.opened - a.opened || a.client.localeCompare(b.client)),
    afterDelete: window.afterDelete,
  };
}

function sumUp({ spanMs, closed, census }: SessionWindow): Sums {
  const left = closed.idle + closed.evicted + census.silent;
  const ended = closed.delete + closed.not_found + closed.stream_closed + closed.exit;
  return { deleted: closed.delete, left, decided: ended + left, when: `in ${formatSpan(spanMs / 1000)}` };
}

/** `; 380 of these are of cursor`, where one client stands out. */
function culprit({ clients, census }: SessionWindow, left: number): string {
  const leftBy = new Map([...clients].map(([client, counts]) => [client, counts.left]));
  for (const [client, { silent }] of census.byClient) leftBy.set(client, (leftBy.get(client) ?? 0) + silent);
  const [client, most] = [...leftBy].reduce((worst, each) => (each[1] > worst[1] ? each : worst), ['', 0]);
  if (client === UNKNOWN_CLIENT || most < left * MOST) return '';
  return `; ${most === left ? 'all' : most} of these are of ${client}`;
}
