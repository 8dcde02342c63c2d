import type { EvidenceSettings } from '../model/evidence.ts';
import type { SeriesUnit } from '../model/verdict.ts';

/** Which rules a series is held against, by the name of the engine's profile. */
export type DetectorProfile = 'memory' | 'connections' | 'latency' | 'throughput';

/** Where a detector of the user's own gets its series: selectors of our page or of the server's, or a PromQL expression. */
export type DetectorSeriesKind = 'sample' | 'scrape' | 'query';

/** A detector of the user's own. */
export interface CustomDetector {
  /** Value of the label `detector`. */
  readonly name: string;
  readonly kind: DetectorSeriesKind;
  /** Selector or expression. */
  readonly series: string;
  /** In the same language; absent: requests a second. */
  readonly load?: string;
  /** In the unit; absent: assumed from where the series begins. */
  readonly limit?: number;
  readonly unit: SeriesUnit;
  readonly profile: DetectorProfile;
}

/** Limits of the built-in detectors that were told. */
export interface DetectorLimits {
  readonly memoryBytes?: number;
  readonly sessions?: number;
  readonly connections?: number;
  readonly openFiles?: number;
  readonly threads?: number;
}

/** The leak and drift detectors. */
export interface DetectorsConfig {
  readonly enabled: boolean;
  /** Between two evaluations. */
  readonly intervalMs: number;
  readonly limits: DetectorLimits;
  /** What the P99 of a tool's calls must not reach, by the tool's name. */
  readonly latencyObjectives: ReadonlyMap<string, { readonly seconds: number }>;
  readonly custom: readonly CustomDetector[];
  readonly refill: {
    readonly enabled: boolean;
    /** Selector that this server's own series match in Prometheus. */
    readonly selector?: string;
  };
  /** Absent: no evidence is captured. */
  readonly evidence?: EvidenceSettings;
}

/** Where what has to outlive the process is kept. */
export interface StateConfig {
  readonly directory: string;
}
