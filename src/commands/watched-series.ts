import { createDetector, restoreDetector, type Detector } from '../detectors/detector.ts';
import type { Evidence } from '../detectors/evidence.ts';
import type { SeriesSample } from '../detectors/detector-settings.ts';
import type { Watch } from '../detectors/watch.ts';
import type { ArchivedSeries } from '../history/series-archive.ts';
import type { Verdict } from '../model/verdict.ts';

/** Samples that wait for the history before them, at most. */
const MOST_HELD = 2000;

/** The last hours of a past are concluded of as they would have been: an alarm needs to be found several times. */
const CONCLUDED_MS = 6 * 3_600_000;
const CONCLUDE_EVERY_MS = 15 * 60_000;

/** One series: its detector, what it concluded last, and samples that have to wait while its history is being asked for. */
export class WatchedSeries {
  readonly watch: Watch;
  verdict: Verdict | undefined;
  /** What was captured of the server when it became urgent. */
  capturePath: string | undefined;
  #detector: Detector;
  #sinceMs: number | undefined;
  #lastMs: number | undefined;
  /** undefined: nothing is waited for. */
  #held: SeriesSample[] | undefined;

  /**
   * @param archived what was remembered of it.
   * @throws Error if that cannot be read.
   */
  constructor(watch: Watch, archived: ArchivedSeries | undefined) {
    this.watch = watch;
    this.#sinceMs = archived?.sinceMs;
    this.#lastMs = archived?.lastMs;
    this.#detector = archived
      ? restoreDetector(watch.settings, archived.bytes)
      : createDetector(watch.settings);
  }

  /** Unix time of the first sample that it knows of, in milliseconds. */
  get sinceMs(): number | undefined {
    return this.#sinceMs;
  }

  /** That of the last one. */
  get lastMs(): number | undefined {
    return this.#lastMs;
  }

  /** Whether samples wait for the history before them. */
  get isWaiting(): boolean {
    return this.#held !== undefined;
  }

  /** Holds samples back until {@link refill} or {@link goOn}. */
  wait(): void {
    this.#held ??= [];
  }

  add(sample: SeriesSample): void {
    if (this.#held === undefined) this.#take(sample);
    else if (this.#held.length < MOST_HELD) this.#held.push(sample);
    else this.goOn();
  }

  /**
   * Takes samples of before those that wait: all of them in place of what it knew if they reach back farther by far,
   * else those that came after.
   * @param samples in order of time.
   */
  refill(samples: readonly SeriesSample[], fartherByMs: number): void {
    const [first] = samples;
    if (first !== undefined && this.#held !== undefined) {
      const { watch } = this;
      if (this.#sinceMs === undefined || first.atMs < this.#sinceMs - fartherByMs) {
        this.#detector = createDetector(watch.settings);
        this.#sinceMs = undefined;
        this.#lastMs = undefined;
      }
      const afterMs = this.#lastMs ?? -Infinity;
      const beforeMs = this.#held[0]?.atMs ?? Infinity;
      this.#takePast(samples.filter(({ atMs }) => atMs > afterMs && atMs < beforeMs));
    }
    this.goOn();
  }

  /** Takes the samples that waited. */
  goOn(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const sample of held) this.#take(sample);
  }

  /** @returns the verdict before. */
  evaluate(nowMs: number): Verdict | undefined {
    const before = this.verdict;
    this.verdict = this.#detector.evaluate(nowMs);
    return before;
  }

  evidence(): Evidence {
    return this.#detector.evidence();
  }

  /** What is to be remembered of it; undefined before its first sample. */
  archive(): ArchivedSeries | undefined {
    if (this.#sinceMs === undefined || this.#lastMs === undefined) return undefined;
    const { detector, series } = this.watch;
    const bytes = this.#detector.encode();
    return { detector, series, sinceMs: this.#sinceMs, lastMs: this.#lastMs, bytes };
  }

  #takePast(samples: readonly SeriesSample[]): void {
    let concludeMs = (samples.at(-1)?.atMs ?? 0) - CONCLUDED_MS;
    for (const sample of samples) {
      this.#take(sample);
      if (sample.atMs < concludeMs) continue;
      this.#detector.evaluate(sample.atMs);
      concludeMs = sample.atMs + CONCLUDE_EVERY_MS;
    }
  }

  #take(sample: SeriesSample): void {
    this.#detector.add(sample);
    if (!Number.isFinite(sample.value)) return;
    this.#sinceMs = Math.min(this.#sinceMs ?? sample.atMs, sample.atMs);
    this.#lastMs = Math.max(this.#lastMs ?? sample.atMs, sample.atMs);
  }
}
