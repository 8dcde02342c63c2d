/** Version of what is pushed; raised when a field changes its meaning or goes. */
export const BENCH_PUSH_VERSION = 1;

/** Profiles whose last run a sidecar keeps. */
export const MOST_PROFILES = 20;

/** Percentiles that a summary has, with the values of their label `percentile`. */
export const SUMMARY_PERCENTILES = [
  { label: 'p50', field: 'p50Ms' },
  { label: 'p75', field: 'p75Ms' },
  { label: 'p90', field: 'p90Ms' },
  { label: 'p95', field: 'p95Ms' },
  { label: 'p99', field: 'p99Ms' },
  { label: 'p99.9', field: 'p999Ms' },
] as const;

/** Latency percentiles in milliseconds. */
export type SummaryLatency = Readonly<Record<(typeof SUMMARY_PERCENTILES)[number]['field'], number>>;

/** What came of the load test of one profile; of repeated runs the medians. */
export interface BenchSummary {
  readonly profile: string;
  /** What was driven: a URL without user, password and query, or a program. */
  readonly target: string;
  readonly loop: 'closed' | 'open';
  /** ISO 8601, UTC: of the first run, and of the last one's end. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** What was measured, all runs together. */
  readonly durationSeconds: number;
  readonly runs: number;
  /** Whether a run ended before its time. */
  readonly partial: boolean;
  /** 1: as long as the documented test. */
  readonly timeScale: number;
  /** Of all runs together. */
  readonly requests: { readonly ok: number; readonly error: number };
  /** Requests answered well, a second. */
  readonly throughputPerSecond: number;
  /** Absent where no request was answered. */
  readonly latency?: SummaryLatency;
  /** Average share of the server's CPUs, 0 to 1; absent where it was not watched. */
  readonly cpuRatio?: number;
  readonly memoryBytes?: number;
  /** After a spike; absent where the server did not recover, or there was none. */
  readonly recoverySeconds?: number;
}

/** What `bench --push` sends to a sidecar, and what that gives back: one summary for each profile. */
export interface BenchPush {
  readonly schemaVersion: typeof BENCH_PUSH_VERSION;
  readonly profiles: readonly BenchSummary[];
}
