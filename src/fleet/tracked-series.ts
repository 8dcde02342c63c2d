import { createDetector, type Detector } from '../detectors/detector.ts';
import type { DetectorSettings } from '../detectors/detector-settings.ts';
import type { Labels } from '../model/labels.ts';
import type { Verdict } from '../model/verdict.ts';
import type { EvaluationPace } from './evaluation-pace.ts';
import { freshStart, processStartMs } from './process-start.ts';
import type { QueriedSeries } from './queried-series.ts';

/** New samples of a series, and what belongs to them at the same times. */
export interface SeriesPart {
  readonly value: QueriedSeries;
  readonly limit: QueriedSeries | number | undefined;
  readonly load: QueriedSeries | undefined;
  readonly start: QueriedSeries | undefined;
}

/** Reads a series at rising times; undefined where it has no sample. */
function valuesAt(series: QueriedSeries | undefined): (atMs: number) => number | undefined {
  let next = 0;
  return (atMs) => {
    if (series === undefined) return undefined;
    const { timesMs, values } = series;
    while (next < timesMs.length && (timesMs[next] ?? Infinity) < atMs) next++;
    return timesMs[next] === atMs ? values[next] : undefined;
  };
}

/** A series that a detector follows. */
export class TrackedSeries {
  readonly labels: Labels;
  readonly detector: Detector;
  readonly #start = freshStart();
  #firstMs: number | undefined;
  #lastMs = Number.NaN;
  #dueMs = Number.NaN;
  #verdict: Verdict | undefined;

  constructor(labels: Labels, settings: DetectorSettings) {
    this.labels = labels;
    this.detector = createDetector(settings);
  }

  /** Time of the first sample that was a number. */
  get firstMs(): number | undefined {
    return this.#firstMs;
  }

  /** Time of the last sample that was a number; NaN before. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /** The last conclusion; undefined before the first. */
  get verdict(): Verdict | undefined {
    return this.#verdict;
  }

  /** Shows new samples to the detector, which concludes whenever it is due on the way. */
  take(part: SeriesPart, pace: EvaluationPace): void {
    const { value, limit } = part;
    const limitAt = typeof limit === 'number' ? () => limit : valuesAt(limit);
    const [loadAt, startAt] = [valuesAt(part.load), valuesAt(part.start)];
    for (const [index, atMs] of value.timesMs.entries()) {
      const sample = value.values[index] ?? Number.NaN;
      if (!Number.isFinite(sample)) continue;
      if (this.#firstMs === undefined) {
        this.#firstMs = atMs;
        this.#dueMs = atMs + pace(atMs);
      }
      if (atMs > this.#dueMs) this.#evaluateBefore(atMs, pace);
      const start = startAt(atMs);
      this.detector.add({
        atMs,
        value: sample,
        limit: limitAt(atMs),
        load: loadAt(atMs),
        startedAtMs: start === undefined ? undefined : processStartMs(start, atMs, this.#start),
      });
      this.#lastMs = atMs;
    }
  }

  /** Concludes of all that was shown. */
  evaluate(nowMs: number, pace: EvaluationPace): Verdict {
    this.#dueMs = nowMs + pace(nowMs);
    return (this.#verdict = this.detector.evaluate(nowMs));
  }

  /** Concludes when it was due; after a gap the next conclusion is due as after a start. */
  #evaluateBefore(atMs: number, pace: EvaluationPace): void {
    const dueMs = this.#dueMs;
    this.evaluate(dueMs, pace);
    if (atMs > this.#dueMs) this.#dueMs = atMs + pace(atMs);
  }
}
