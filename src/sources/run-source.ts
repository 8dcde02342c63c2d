import type { Clock } from '../model/clock.ts';
import type { Source, SourceReading } from '../model/source.ts';
import { within } from '../model/within.ts';

/** Which source is run, how often, and who is told. */
export interface RunSourceOptions {
  /** Value of the label `source`. */
  readonly name: string;
  readonly source: Source;
  /** Time from the start of one reading to the start of the next, in ms. */
  readonly intervalMs: number;
  /** Time that a reading may take, in ms. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly onReading: (reading: SourceReading) => void;
  /** Gets what `onReading` or the source's `stop` threw; must not throw itself. */
  readonly onError: (error: unknown) => void;
}

/** A source that is read at intervals. */
export interface RunningSource {
  /** Reads now, or waits for the reading under way; resolves when the reading was reported. */
  readonly readNow: () => Promise<void>;
  /** Aborts the reading under way, waits for it (no longer than the timeout) and lets go of the source; never rejects. */
  readonly stop: () => Promise<void>;
}

/** Only one reading exists at a time, from the call of `read` until it settles, however late. */
interface Attempt {
  readonly startedMs: number;
  readonly abort: AbortController;
  /** Resolves when it was reported, at the deadline at the latest. */
  readonly reported: Promise<void>;
  /** Resolves when the source let go of it. */
  readonly settled: Promise<void>;
  gaveUp: boolean;
}

/**
 * Reads a source at once and then at each interval, and reports what came of it.
 *
 * A tick that finds a reading under way is skipped. A reading that misses its deadline is aborted and reported as
 * failed even if the source goes on with it; until it settles no other begins, and each tick reports the failure again.
 * The timers keep no process alive.
 */
export function runSource(options: RunSourceOptions): RunningSource {
  const { name, source, timeoutMs, clock } = options;
  const tooLate = `want an answer within ${inUnits(timeoutMs)}, got none`;
  let attempt: Attempt | undefined;
  let stopping: Promise<void> | undefined;

  const report = (startedMs: number, outcome: Outcome): void => {
    if (stopping) return;
    const durationMs = Math.max(0, clock.nowMs() - startedMs);
    try {
      options.onReading({ source: name, wallMs: clock.wallMs(), durationMs, ...outcome });
    } catch (error) {
      options.onError(error);
    }
  };

  const begin = (): Attempt => {
    const startedMs = clock.nowMs();
    const abort = new AbortController();
    const outcome = readOnce(source, abort.signal);
    const reportFirst = async (): Promise<void> => {
      const deadline = Promise.withResolvers<'late'>();
      const deadlineTimer = setTimeout(() => deadline.resolve('late'), timeoutMs).unref();
      const first = await Promise.race([outcome, deadline.promise]);
      clearTimeout(deadlineTimer);
      if (first !== 'late') return report(startedMs, first);
      begun.gaveUp = true;
      abort.abort(new Error(tooLate));
      report(startedMs, { ok: false, reason: tooLate });
    };
    const settle = async (): Promise<void> => {
      await outcome;
      attempt = undefined;
    };
    const begun: Attempt = { startedMs, abort, reported: reportFirst(), settled: settle(), gaveUp: false };
    return begun;
  };

  const tick = (): void => {
    if (attempt === undefined) attempt = begin();
    else if (attempt.gaveUp) report(attempt.startedMs, { ok: false, reason: tooLate });
  };

  const stop = async (): Promise<void> => {
    clearInterval(timer);
    attempt?.abort.abort(new Error('the source is stopped'));
    await within(timeoutMs, attempt?.settled);
    await within(timeoutMs, letGo());
  };

  const letGo = async (): Promise<void> => {
    try {
      await source.stop();
    } catch (error) {
      options.onError(error);
    }
  };

  const timer = setInterval(tick, options.intervalMs).unref();
  tick();
  return {
    readNow: async () => {
      if (stopping) return;
      tick();
      await attempt?.reported;
    },
    stop: () => (stopping ??= stop()),
  };
}

type Outcome =
  | { readonly ok: true; readonly samples: Awaited<ReturnType<Source['read']>> }
  | { readonly ok: false; readonly reason: string };

async function readOnce(source: Source, signal: AbortSignal): Promise<Outcome> {
  try {
    return { ok: true, samples: await source.read(signal) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

const inUnits = (durationMs: number): string =>
  durationMs % 1000 === 0 ? `${durationMs / 1000}s` : `${durationMs}ms`;
