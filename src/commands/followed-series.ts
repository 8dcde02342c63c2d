import { isDeepStrictEqual } from 'node:util';
import { watchName, type Watch } from '../detectors/watch.ts';
import type { ArchivedSeries } from '../history/series-archive.ts';
import type { Log } from '../model/log.ts';
import { errorDetail, errorMessage } from './error-text.ts';
import { takeBreaks } from './take-breaks.ts';
import { WatchedSeries } from './watched-series.ts';

/** Two for each of the tools that there may be, and some. */
const MOST_SERIES = 1000;

const keyOf = ({ detector, series }: { readonly detector: string; readonly series: string }): string =>
  `${detector}\n${series}`;

/** All series that are followed: bounded in number, and none of them can harm the others. */
export class FollowedSeries {
  readonly #all = new Map<string, WatchedSeries>();
  /** What is remembered of series that did not appear again so far. */
  readonly #archived: Map<string, ArchivedSeries>;
  /** When each was measured last, by a clock that does not go back: one that was set must not make them forgotten. */
  readonly #seenMs = new Map<string, number>();
  readonly #refused = new Set<string>();
  readonly #faulty = new Set<string>();
  readonly #log: Log;

  constructor(archived: readonly ArchivedSeries[], log: Log) {
    this.#archived = new Map(archived.map((each) => [keyOf(each), each]));
    this.#log = log;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Series that there was no room for. */
  get refused(): number {
    return this.#refused.size;
  }

  values(): readonly WatchedSeries[] {
    return [...this.#all.values()];
  }

  /**
   * The series of a watch, followed from now on if it was not; undefined where there is no room.
   * @param nowMs monotonic.
   * @param onNew told of one that is new.
   */
  of(watch: Watch, nowMs: number, onNew: (made: WatchedSeries) => void): WatchedSeries | undefined {
    const key = keyOf(watch);
    const known = this.#all.get(key);
    if (known !== undefined) this.#seenMs.set(key, nowMs);
    if (known !== undefined || this.#faulty.has(key)) return known;
    if (this.#all.size >= MOST_SERIES) {
      this.#refused.add(key);
      return undefined;
    }
    const made = this.#make(watch, this.#archived.get(key));
    this.#archived.delete(key);
    this.#all.set(key, made);
    this.#seenMs.set(key, nowMs);
    onNew(made);
    return made;
  }

  /** Forgets series that are not watched any more, or otherwise than before, and those silent since a time (monotonic). */
  keep(watches: readonly Watch[], silentSinceMs: number): void {
    const wanted = new Map(watches.map((watch) => [keyOf(watch), watch]));
    for (const [key, { watch }] of this.#all) {
      const now = wanted.get(key);
      const isSame =
        now !== undefined && isDeepStrictEqual([now.settings, now.value], [watch.settings, watch.value]);
      const isSilent = (this.#seenMs.get(key) ?? Infinity) < silentSinceMs;
      if (!isSame || isSilent) this.#forget(key);
    }
  }

  clear(): void {
    this.#all.clear();
    this.#seenMs.clear();
  }

  /** Does work on a series; one that fails is not followed any more. */
  guard(watch: Watch, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#forget(keyOf(watch));
      this.#faulty.add(keyOf(watch));
      this.#log('error', `detector ${watchName(watch)}: not followed any more: ${errorDetail(error)}`);
    }
  }

  /** Does work on each series, with breaks. */
  async each(work: (one: WatchedSeries) => void): Promise<void> {
    const breathe = takeBreaks();
    for (const one of this.values()) {
      this.guard(one.watch, () => work(one));
      await breathe();
    }
  }

  /** What is to be remembered, also of series that did not appear again so far. */
  async archive(): Promise<readonly ArchivedSeries[]> {
    const kept = [...this.#archived.values()];
    await this.each((one) => {
      const archived = one.archive();
      if (archived !== undefined) kept.push(archived);
    });
    return kept;
  }

  #forget(key: string): void {
    this.#all.delete(key);
    this.#seenMs.delete(key);
  }

  #make(watch: Watch, archived: ArchivedSeries | undefined): WatchedSeries {
    try {
      return new WatchedSeries(watch, archived);
    } catch (error) {
      this.#log('warn', `detector ${watchName(watch)}: begins anew: ${errorMessage(error)}`);
      return new WatchedSeries(watch, undefined);
    }
  }
}
