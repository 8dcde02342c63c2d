import type { Registry } from '@prometheus-io/client';
import { VERDICT_STATES, type Verdict } from '../model/verdict.ts';
import { countElsewhere, instrument, type Instrument } from './instruments.ts';

/** What is exported of one series. */
export interface DetectorFigures {
  readonly detector: string;
  readonly series: string;
  readonly verdict: Verdict;
}

/** Where the detectors' metrics come from, asked at each exposition. */
export interface DetectorMetricSources {
  /** Series that were concluded of. */
  readonly figures: () => readonly DetectorFigures[];
  /** Series that are followed. */
  readonly followed: () => number;
  readonly refused: () => number;
  readonly evaluations: () => number;
  /** Unix time in milliseconds; undefined before the first. */
  readonly lastEvaluationMs: () => number | undefined;
  /** Memory that a session takes. */
  readonly bytesPerSession: () => number | undefined;
}

/** Metrics of one verdict each. */
export type FigureName =
  | 'mcp_detector_state'
  | 'mcp_detector_slope_per_hour'
  | 'mcp_detector_slope_limit_ratio_per_hour'
  | 'mcp_detector_limit_ratio'
  | 'mcp_detector_seconds_to_limit'
  | 'mcp_detector_load_explained_ratio'
  | 'mcp_detector_watched_seconds';

const ratio = (part: number | undefined, whole: number | undefined): number | undefined =>
  part === undefined || whole === undefined || whole === 0 ? undefined : part / whole;

/** A figure of each verdict; undefined where it is not known. */
export const VERDICT_FIGURES: Readonly<Record<FigureName, (verdict: Verdict) => number | undefined>> = {
  mcp_detector_state: ({ state }) => VERDICT_STATES.indexOf(state),
  mcp_detector_slope_per_hour: ({ slopePerHour }) => slopePerHour?.best,
  mcp_detector_slope_limit_ratio_per_hour: ({ slopePerHour, limit }) => ratio(slopePerHour?.best, limit),
  mcp_detector_limit_ratio: ({ level, limit }) => ratio(level, limit),
  mcp_detector_seconds_to_limit: ({ secondsToLimit }) => secondsToLimit?.best,
  mcp_detector_load_explained_ratio: ({ loadExplained }) => loadExplained,
  mcp_detector_watched_seconds: ({ watchedMs }) => watchedMs / 1000,
};

/** Sets a gauge without labels, or takes its only series away. */
function setOrRemove(gauge: Instrument<'mcp_session_memory_bytes'>, value: number | undefined): void {
  if (value === undefined) gauge.remove();
  else gauge.set(value);
}

/** Exports what the detectors conclude; what is not known is absent. */
export function exportDetectors(registry: Registry, sources: DetectorMetricSources): void {
  const names = Object.keys(VERDICT_FIGURES).filter((name): name is FigureName => name in VERDICT_FIGURES);
  for (const name of names) {
    instrument(name, registry, (gauge) => {
      gauge.reset();
      for (const { detector, series, verdict } of sources.figures()) {
        const value = VERDICT_FIGURES[name](verdict);
        // A time to the limit that never comes is none.
        if (value !== undefined && Number.isFinite(value)) gauge.set({ detector, series }, value);
      }
    });
  }
  countElsewhere('mcp_detector_evaluations_total', registry, sources.evaluations);
  instrument('mcp_detector_last_evaluation_timestamp_seconds', registry, (gauge) => {
    const atMs = sources.lastEvaluationMs();
    setOrRemove(gauge, atMs === undefined ? undefined : atMs / 1000);
  });
  instrument('mcp_session_memory_bytes', registry, (gauge) => setOrRemove(gauge, sources.bytesPerSession()));
  instrument('mcp_vitals_detector_series', registry, (gauge) => gauge.set(sources.followed()));
  countElsewhere('mcp_vitals_detector_series_refused_total', registry, sources.refused);
}

/** Exports how writing to the state directory fares. */
export function exportState(registry: Registry): (successful: boolean, wallMs: number) => void {
  const failures = instrument('mcp_vitals_state_write_failures_total', registry);
  const lastWrite = instrument('mcp_vitals_state_last_write_timestamp_seconds', registry);
  // It begins at 0 by itself, which would be a write in 1970.
  lastWrite.remove();
  return (successful, wallMs) => {
    if (successful) lastWrite.set(wallMs / 1000);
    else failures.inc();
  };
}
