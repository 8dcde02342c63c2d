import { within } from '../model/within.ts';
import { AskError } from './ask-error.ts';
import type { CallEnd, McpSession, OpenCall } from './call-end.ts';
import type { Callers } from './load-parts.ts';
import type { PlannedCall } from './planned-call.ts';

/** Sessions by what became of them. */
export interface SessionCounts {
  opened: number;
  closed: number;
  failed: number;
}

/** Callers whose sessions have to be ended. */
export interface ManagedCallers extends Callers {
  /** Ends all sessions; never rejects. */
  readonly close: () => Promise<void>;
}

/** How the sessions of users are opened. */
export interface SessionCallersOptions {
  readonly users: number;
  /** Opens the session of a user. */
  readonly open: (user: number) => Promise<McpSession>;
  readonly sessions: 'per_user' | 'per_request';
  readonly counts: SessionCounts;
  readonly nowMs: () => number;
}

/** Sessions that are opened or ended at once: not a load of its own. */
const AT_ONCE = 20;
/** How long ending all of them may take. */
const CLOSE_MS = 10_000;

/**
 * Does work for each number below `count`, a few at a time; after a failure no more is begun.
 * @throws what the first of it threw that failed, when all that was begun has ended.
 */
async function eachOf(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      try {
        await work(next - 1);
      } catch (error) {
        next = count;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(AT_ONCE, count) }, lane));
  const failed = ended.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/**
 * Opens a session for each user, or later one for each request. A session that the server has forgotten is opened anew
 * for the next call of its user, who waits for it as a real one would.
 * @throws AskError if the first sessions cannot be opened.
 */
export async function openSessionCallers(options: SessionCallersOptions): Promise<ManagedCallers> {
  const { users, open, counts, nowMs } = options;
  const sessions: (McpSession | undefined)[] = Array.from({ length: users });
  const opening = new Map<number, Promise<McpSession>>();
  const ending = new Set<Promise<void>>();
  let isClosed = false;

  const openOne = async (user: number): Promise<McpSession> => {
    try {
      const session = await open(user);
      if (session.isStateful) counts.opened += 1;
      return session;
    } catch (error) {
      counts.failed += 1;
      throw error;
    }
  };
  const end = (session: McpSession): void => {
    const ended = (async () => {
      if ((await session.close()) && session.isStateful) counts.closed += 1;
    })();
    ending.add(ended);
    void ended.finally(() => ending.delete(ended));
  };
  const reopen = (user: number): Promise<McpSession> => {
    const known = opening.get(user);
    if (known !== undefined) return known;
    const promise = (async () => {
      try {
        const session = await openOne(user);
        sessions[user] = session;
        return session;
      } finally {
        opening.delete(user);
      }
    })();
    opening.set(user, promise);
    return promise;
  };

  /** Makes a call in a session that is not there yet. */
  const callLater = (
    session: Promise<McpSession>,
    call: PlannedCall,
    done: (end: CallEnd, session?: McpSession) => void,
  ): OpenCall => {
    let inner: OpenCall | undefined;
    let isDone = false;
    const settle = (outcome: CallEnd['outcome']): void => {
      if (isDone) return;
      isDone = true;
      done({ outcome, endMs: nowMs(), firstByteMs: undefined, retryAfterMs: undefined });
    };
    const go = async (): Promise<void> => {
      try {
        const ready = await session;
        if (isDone) {
          if (options.sessions === 'per_request') end(ready);
          return;
        }
        inner = ready.call(call, (came) => {
          if (isDone) return;
          isDone = true;
          done(came, ready);
        });
      } catch (error) {
        settle(error instanceof AskError ? error.outcome : { kind: 'stopped' });
      }
    };
    void go();
    return {
      abandon: (outcome) => {
        if (inner === undefined) settle(outcome);
        else inner.abandon(outcome);
      },
    };
  };

  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await within(CLOSE_MS, Promise.allSettled(opening.values()));
    const left = sessions.filter((session) => session !== undefined);
    const all = eachOf(left.length, async (index) => {
      const session = left[index];
      if ((await session?.close()) === true && session?.isStateful === true) counts.closed += 1;
    });
    await within(CLOSE_MS, Promise.all([all, ...ending]));
  };

  if (options.sessions === 'per_user') {
    try {
      await eachOf(users, async (user) => {
        sessions[user] = await openOne(user);
      });
    } catch (error) {
      await close();
      throw error;
    }
  }
  return {
    users,
    call: (user, call, done) => {
      if (options.sessions === 'per_request') {
        return callLater(openOne(user), call, (came, session) => {
          if (session !== undefined) end(session);
          done(came);
        });
      }
      const session = sessions[user];
      return session?.isUsable() === true ? session.call(call, done) : callLater(reopen(user), call, done);
    },
    close,
  };
}
