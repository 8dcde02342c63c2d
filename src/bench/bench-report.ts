/** Version of the report's shape; raised when a field changes its meaning or goes. */
export const BENCH_SCHEMA_VERSION = 1;

/**
 * Latencies in milliseconds. Open loop: from the intended start of each request; closed loop: from its sending.
 * They are those of the requests that were answered well and of those that ran into the time-out, which count with
 * the time until then (a lower bound); other failures have no part in them.
 */
export interface BenchLatency {
  readonly minMs: number;
  readonly p50Ms: number;
  readonly p75Ms: number;
  readonly p90Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
  readonly meanMs: number;
}

/** What came of some requests: of a whole run, a phase, an hour, a tool. */
export interface BenchFigures {
  /** Requests that ended, warm-up left out: `ok` and all `errors`. */
  readonly requests: number;
  readonly ok: number;
  /** Requests by kind of failure, those that occurred: the document's words where they fit (`BENCH_ERROR_KINDS`). */
  readonly errors: Readonly<Record<string, number>>;
  /** Rate that was aimed at, requests a second; absent in a closed loop. */
  readonly intendedPerSecond?: number;
  /** Requests answered well, a second. */
  readonly throughputPerSecond: number;
  /** Absent where no request was answered. */
  readonly latency?: BenchLatency;
}

/** Kinds of error that a report names, the document's break-down first; any other kind is shown by its own name. */
export const BENCH_ERROR_KINDS = [
  'connection_timeout',
  'database_deadlock',
  'rate_limit_exceeded',
  'internal_error',
  'circuit_open',
  'timeout',
  'connection_refused',
  'connection_reset',
  'tool_error',
  'invalid_params',
  'unknown_tool',
  'session_lost',
  'protocol_error',
  'http_error',
  'other',
] as const;

/** A figure that was read again and again while a run went on. */
export interface BenchGauge {
  readonly average: number;
  readonly max: number;
}

/** What a `process` source saw of the server; what it could not see is absent. */
export interface BenchServer {
  /** Share of the CPUs that it may use, 0 to 1. */
  readonly cpuRatio?: BenchGauge;
  /** Memory of the process tree, bytes. */
  readonly memoryBytes?: BenchGauge;
  /** Open connections. */
  readonly connections?: BenchGauge;
}

/** The machine that drove the load, and the server too where the target is on the loopback. */
export interface BenchMachine {
  readonly cpus: number;
  readonly cpuModel: string;
  readonly memoryBytes: number;
  /** e.g. `linux 6.1 x64`. */
  readonly platform: string;
  /** Version of Node, e.g. `v24.1.0`. */
  readonly node: string;
}

/** What the load was sent to. */
export interface BenchTarget {
  /** URL without user, password and query, or the program of a stdio server without its arguments. */
  readonly address: string;
  /** As the server introduced itself, e.g. `demo 1.0.0`. */
  readonly server?: string;
}

/** What a profile asked for, after `--time-scale`. */
export interface BenchPlan {
  /** Closed: each user sends when it has its answer; open: requests start when they are due. */
  readonly loop: 'closed' | 'open';
  readonly users: number;
  readonly totalRequests?: number;
  readonly durationSeconds?: number;
  readonly warmUpSeconds: number;
  /** 1 as the document has it; 0.1: a tenth as long. */
  readonly timeScale: number;
  readonly sessions: 'per_user' | 'per_request';
  readonly thinkTimeSeconds: number;
  /** Tools with their share of the calls, 0 to 1. */
  readonly mix: readonly { readonly tool: string; readonly shareRatio: number }[];
}

/** The calls of one tool; with a batch size where the profile varied it. */
export interface BenchToolRow extends BenchFigures {
  readonly tool: string;
  readonly batchSize?: number;
}

/** A stretch of a run: of sustained, spike, autoscaling. */
export interface BenchSlice extends BenchFigures, BenchServer {
  /** Seconds from the start of what was measured. */
  readonly atSeconds: number;
  readonly durationSeconds: number;
  /** Instances that answered, where that is known. */
  readonly instances?: number;
}

/** One hour of an endurance run, from 1; with a time scale it is an hour of the document's 24. */
export interface BenchHour extends BenchFigures, BenchServer {
  readonly hour: number;
  /** How long it took, seconds. */
  readonly durationSeconds: number;
}

/** A part of a profile with a rate of its own; the spike's are `baseline`, `spike` and `recovery`. */
export interface BenchPhase extends BenchFigures, BenchServer {
  readonly phase: string;
  readonly durationSeconds: number;
}

/** How long after the end of a spike latency and errors were again what they had been before it. */
export type BenchRecovery =
  | { readonly recovered: true; readonly seconds: number }
  | { readonly recovered: false; readonly watchedSeconds: number };

/** The profile run against a number of endpoints. */
export interface BenchScalingPoint extends BenchFigures {
  readonly instances: number;
}

/** What a detector concluded at the end of an endurance run. */
export interface BenchVerdict {
  readonly detector: string;
  /** State of its worst series, in the detectors' words. */
  readonly state: string;
  readonly text: string;
}

/** How a run ended: as planned, at the user's wish, or since it made no sense or did harm to go on. */
export type BenchEnd =
  { readonly how: 'complete' } | { readonly how: 'interrupted' | 'aborted'; readonly why: string };

/** One run of one profile. */
export interface BenchRun extends BenchFigures {
  readonly profile: string;
  readonly era: 'legacy' | 'modern';
  readonly protocolVersion?: string;
  readonly transport: 'streamable-http' | 'stdio';
  readonly target: BenchTarget;
  readonly machine: BenchMachine;
  readonly plan: BenchPlan;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Of what was measured, warm-up left out. */
  readonly durationSeconds: number;
  readonly end: BenchEnd;
  /** From a request's sending to the first byte of its answer's body. */
  readonly timeToFirstByte?: BenchLatency;
  /** From the sending, where `latency` is from the intended start: what a closed loop would have reported. */
  readonly serviceTime?: BenchLatency;
  readonly bytes: { readonly sent: number; readonly received: number };
  /** Open loop: requests that started more than a millisecond after they were due. */
  readonly lateStarts?: { readonly requests: number; readonly maxMs: number };
  /** Open loop: requests that were due and never made, since the server had asked all users to wait; absent if none. */
  readonly heldBack?: number;
  readonly sessions: { readonly opened: number; readonly closed: number; readonly failed: number };
  readonly server?: BenchServer;
  /** In the order of their names, batch sizes ascending. */
  readonly tools: readonly BenchToolRow[];
  readonly slices?: readonly BenchSlice[];
  readonly phases?: readonly BenchPhase[];
  readonly hours?: readonly BenchHour[];
  readonly recovery?: BenchRecovery;
  readonly scaling?: readonly BenchScalingPoint[];
  readonly verdicts?: readonly BenchVerdict[];
}

/** What `bench` hands on: all of its runs, in the order in which they ran; repeats have the same profile. */
export interface BenchReport {
  readonly schemaVersion: typeof BENCH_SCHEMA_VERSION;
  /** Version of mcp-vitals that made it. */
  readonly version: string;
  readonly runs: readonly BenchRun[];
  /** What a reader has to know before believing the figures. */
  readonly warnings: readonly string[];
}

/** Failed requests of all kinds. */
export const failures = ({ requests, ok }: Pick<BenchFigures, 'requests' | 'ok'>): number => requests - ok;

/** Share of requests that failed, 0 to 1; undefined where none was made. */
export const errorRatio = (figures: Pick<BenchFigures, 'requests' | 'ok'>): number | undefined =>
  figures.requests === 0 ? undefined : failures(figures) / figures.requests;

/** Latency percentiles with their names, as a table shows them. */
export const BENCH_PERCENTILES = [
  { name: 'P50', field: 'p50Ms', quantile: 0.5 },
  { name: 'P75', field: 'p75Ms', quantile: 0.75 },
  { name: 'P90', field: 'p90Ms', quantile: 0.9 },
  { name: 'P95', field: 'p95Ms', quantile: 0.95 },
  { name: 'P99', field: 'p99Ms', quantile: 0.99 },
  { name: 'P99.9', field: 'p999Ms', quantile: 0.999 },
] as const satisfies readonly { name: string; field: keyof BenchLatency; quantile: number }[];
