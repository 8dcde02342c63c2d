import type { Registry } from '@prometheus-io/client';
import { countElsewhere, instrument } from './instruments.ts';

/** Where the metrics of `detect` come from, asked at each exposition. */
export interface FleetMetricSources {
  /** Series that are followed. */
  readonly followed: () => number;
  /** Series that are not, for want of room. */
  readonly refused: () => number;
  readonly rounds: () => number;
  /** Unix time in milliseconds; undefined before the first. */
  readonly lastRoundMs: () => number | undefined;
}

/** What came of asking a query for what is new. */
export interface QueryReading {
  readonly query: string;
  readonly ok: boolean;
  readonly durationMs: number;
  /** Unix time at which it ended. */
  readonly wallMs: number;
}

/**
 * Exports how `detect` fares, each of its queries as a source.
 * @returns takes what came of each query.
 */
export function exportFleet(
  registry: Registry,
  sources: FleetMetricSources,
): (reading: QueryReading) => void {
  const up = instrument('mcp_vitals_source_up', registry);
  const duration = instrument('mcp_vitals_source_duration_seconds', registry);
  const readings = instrument('mcp_vitals_source_readings_total', registry);
  const lastSuccess = instrument('mcp_vitals_source_last_success_timestamp_seconds', registry);
  instrument('mcp_vitals_detector_series', registry, (gauge) => gauge.set(sources.followed()));
  instrument('mcp_vitals_detect_series_refused', registry, (gauge) => gauge.set(sources.refused()));
  countElsewhere('mcp_detector_evaluations_total', registry, sources.rounds);
  instrument('mcp_detector_last_evaluation_timestamp_seconds', registry, (gauge) => {
    const atMs = sources.lastRoundMs();
    if (atMs === undefined) gauge.remove();
    else gauge.set(atMs / 1000);
  });
  return ({ query: source, ok, durationMs, wallMs }) => {
    up.set({ source }, ok ? 1 : 0);
    duration.set({ source }, durationMs / 1000);
    readings.inc({ source, result: 'success' }, ok ? 1 : 0);
    readings.inc({ source, result: 'failure' }, ok ? 0 : 1);
    if (ok) lastSuccess.set({ source }, wallMs / 1000);
  };
}
