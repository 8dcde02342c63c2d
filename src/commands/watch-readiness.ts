import type { Clock } from '../model/clock.ts';
import type { PageReadiness } from '../model/page-health.ts';
import type { Readiness } from '../status/admin-server.ts';
import { errorMessage } from './error-text.ts';

/** A server's readiness, asked only while somebody wants to know it. */
export interface WatchedReadiness {
  /** What is known; asks again in the background if that is old, and waits only for the first answer. */
  readonly read: () => Promise<PageReadiness>;
  /** What was known last, without asking; not known if that is old. */
  readonly last: () => PageReadiness;
}

const OLD_MS = 2000;
/** An answer that is older says nothing of now. */
const TOO_OLD_MS = 20_000;
const UNKNOWN: PageReadiness = { ready: null, reason: null, checkedAtMs: null };

/**
 * Watches whether a server takes connections.
 * @param onChange told when it became ready or ceased to be.
 */
export function watchReadiness(
  ask: () => Promise<Readiness>,
  clock: Clock,
  onChange: () => void,
): WatchedReadiness {
  let known = UNKNOWN;
  let askedMs: number | undefined;
  let asking: Promise<void> | undefined;
  const askNow = async (): Promise<void> => {
    const before = known.ready;
    try {
      const answer = await ask();
      known = {
        ready: answer.ready,
        reason: answer.ready ? null : answer.reason,
        checkedAtMs: clock.wallMs(),
      };
    } catch (error) {
      known = { ready: false, reason: errorMessage(error), checkedAtMs: clock.wallMs() };
    } finally {
      asking = undefined;
    }
    if (before !== null && before !== known.ready) onChange();
  };
  return {
    read: async () => {
      if (asking === undefined && (askedMs === undefined || clock.nowMs() - askedMs >= OLD_MS)) {
        askedMs = clock.nowMs();
        asking = askNow();
      }
      if (known.ready === null) await asking;
      return known;
    },
    last: () => (askedMs === undefined || clock.nowMs() - askedMs > TOO_OLD_MS ? UNKNOWN : known),
  };
}
