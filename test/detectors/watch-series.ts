import { createDetector, type Detector } from '../../src/detectors/detector.ts';
import type { DetectorSettings, SeriesSample } from '../../src/detectors/detector-settings.ts';
import type { Verdict, VerdictState } from '../../src/model/verdict.ts';

/** An hour in milliseconds. */
export const HOUR = 3_600_000;
/** When the series of the tests begin; a full hour, as any moment would do. */
export const START_MS = Date.UTC(2026, 0, 5);

/** A series as functions of the hours since its start. */
export interface TestSeries {
  readonly settings: DetectorSettings;
  readonly hours: number;
  readonly value: (hour: number) => number;
  readonly load?: (hour: number) => number;
  /** Hour at which the process started that is watched at this hour; default 0: with the series. */
  readonly startedAt?: (hour: number) => number;
  readonly limit?: number;
  readonly stepMs?: number;
  /** Moves the whole series in time. */
  readonly shiftMs?: number;
  /** What becomes of the samples on their way. */
  readonly through?: (samples: readonly SeriesSample[]) => readonly SeriesSample[];
}

/** A state and the hour at which it began. */
export interface Change {
  readonly hour: number;
  readonly state: VerdictState;
}

/** What a detector said of a series. */
export interface Watched {
  readonly changes: readonly Change[];
  readonly last: Verdict;
  readonly detector: Detector;
  /** The state that was shown at an hour. */
  readonly at: (hour: number) => VerdictState;
  /** Hour of the first state as bad as this. */
  readonly first: (...states: readonly VerdictState[]) => number | undefined;
}

/** Random numbers from 0 to 1 that are the same each time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The samples of a series. */
export function samplesOf(series: TestSeries): readonly SeriesSample[] {
  const { hours, value, load, startedAt = () => 0, limit, stepMs = 30_000, shiftMs = 0 } = series;
  const samples: SeriesSample[] = [];
  for (let passedMs = 0; passedMs < hours * HOUR; passedMs += stepMs) {
    const hour = passedMs / HOUR;
    samples.push({
      atMs: START_MS + shiftMs + passedMs,
      value: value(hour),
      load: load?.(hour),
      startedAtMs: START_MS + shiftMs + startedAt(hour) * HOUR,
      limit,
    });
  }
  return samples;
}

/** Shows a series to a detector, which concludes every 15 minutes. */
export function watchSeries(series: TestSeries, detector = createDetector(series.settings)): Watched {
  const samples = samplesOf(series);
  const originMs = START_MS + (series.shiftMs ?? 0);
  const changes: Change[] = [];
  let last: Verdict | undefined;
  let dueMs = originMs + HOUR / 4;
  const evaluate = (): void => {
    last = detector.evaluate(dueMs);
    if (last.state !== changes.at(-1)?.state)
      changes.push({ hour: (dueMs - originMs) / HOUR, state: last.state });
    dueMs += HOUR / 4;
  };
  // Evaluation goes by the true time, whatever the samples say of it.
  const shown = series.through?.(samples) ?? samples;
  const perEvaluation = Math.ceil((shown.length / (series.hours * 4)) * 1);
  for (const [index, sample] of shown.entries()) {
    if (index > 0 && index % perEvaluation === 0) evaluate();
    detector.add(sample);
  }
  evaluate();
  if (last === undefined) throw new Error('series: want at least a quarter of an hour, got less');
  const at = (hour: number): VerdictState =>
    changes.findLast((change) => change.hour <= hour)?.state ?? 'none';
  return {
    changes,
    last,
    detector,
    at,
    first: (...states) => changes.find(({ state }) => states.includes(state))?.hour,
  };
}
