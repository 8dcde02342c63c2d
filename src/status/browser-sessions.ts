import { randomBytes } from 'node:crypto';
import type { Clock } from '../model/clock.ts';
import { digestOf } from './same-text.ts';

/** Logins of browsers, by random ids that are not the token. */
export interface BrowserSessions {
  /** Begins a session for who knew the token; gives its id. */
  readonly begin: (token: string) => string;
  /** Whether an id is that of a session that began with this very token and has not ended. */
  readonly isValid: (id: string, token: string) => boolean;
  readonly end: (id: string) => void;
}

interface Session {
  readonly endsAtMs: number;
  /** Of the token that it began with: another token in force ends it. */
  readonly tokenDigest: string;
}

/** More logins than people; the oldest makes room. */
const MOST_SESSIONS = 1000;
const ID_BYTES = 32;

// Found by the digest of the id: how long a look-up takes says nothing about the id.
const keyOf = (id: string): string => digestOf(id).toString('base64');

/**
 * Keeps logins in bounded memory.
 * @param lifetimeMs asked at each login.
 */
export function createBrowserSessions(clock: Clock, lifetimeMs: () => number): BrowserSessions {
  const sessions = new Map<string, Session>();
  const sweep = (): void => {
    for (const [key, { endsAtMs }] of sessions) if (endsAtMs <= clock.nowMs()) sessions.delete(key);
    for (const key of sessions.keys()) {
      if (sessions.size < MOST_SESSIONS) break;
      sessions.delete(key);
    }
  };
  return {
    begin: (token) => {
      sweep();
      const id = randomBytes(ID_BYTES).toString('base64url');
      sessions.set(keyOf(id), { endsAtMs: clock.nowMs() + lifetimeMs(), tokenDigest: keyOf(token) });
      return id;
    },
    isValid: (id, token) => {
      const session = sessions.get(keyOf(id));
      return (
        session !== undefined && session.endsAtMs > clock.nowMs() && session.tokenDigest === keyOf(token)
      );
    },
    end: (id) => void sessions.delete(keyOf(id)),
  };
}
