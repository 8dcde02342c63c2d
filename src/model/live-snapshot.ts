import type { LiveDetectors } from './live-detectors.ts';
import type { ProbeSummary } from './probe-history.ts';

/** Failures, kept apart by where they happened. */
export interface ErrorCounts {
  /** The HTTP exchange failed: unreachable, timeout, cut, a 4xx or 5xx without a JSON-RPC answer. */
  readonly transport: number;
  /** A JSON-RPC error was the answer. */
  readonly rpc: number;
  /** A tool answered with `isError`. */
  readonly tool: number;
}

/** Latency at percentiles in milliseconds; undefined while nothing was measured, or where no baseline exists. */
export interface Percentiles {
  readonly p50Ms?: number | undefined;
  readonly p95Ms?: number | undefined;
  readonly p99Ms?: number | undefined;
  readonly p999Ms?: number | undefined;
}

/** A row of the live view: one tool, or all of them. */
export interface LiveRow extends Percentiles {
  readonly name: string;
  /** Calls answered since the start. */
  readonly calls: number;
  /** Calls a second, lately. */
  readonly ratePerSecond: number;
  /** Calls answered in about the last minute: what shares of it are of. */
  readonly recentCalls: number;
  /** What the benchmark document expects of it. */
  readonly baseline?: Percentiles | undefined;
  readonly errors: ErrorCounts;
  /** Share of the calls of the last minute that failed by the server's fault; undefined without any. */
  readonly errorRatio?: number | undefined;
}

/** What the database tap sees. */
export interface LiveDatabase extends Percentiles {
  /** Queries a second, lately. */
  readonly queriesPerSecond: number;
  /** Failures since the start. */
  readonly errors: number;
  /** Connections to the database that are open. */
  readonly connections: number;
  /** Of them those that nothing can be seen of. */
  readonly opaque: number;
  /** Of them those that run a query or are in a transaction. */
  readonly busy: number;
}

/** A share, 0 to 1, with the kind of cache or pool that it is of. */
export interface LiveRatio {
  readonly type: string;
  readonly ratio: number;
}

/** What the source `process` reads of the server; what is not known is absent. */
export interface LiveProcess {
  /** CPUs in use. */
  readonly cpuCores?: number;
  readonly memoryBytes?: number;
  readonly memoryLimitBytes?: number;
  readonly threads?: number;
  readonly openFiles?: number;
  readonly restarts?: number;
}

/** What stands behind the server, as far as it is observed. */
export interface LiveBackends {
  readonly database?: LiveDatabase;
  readonly caches: readonly LiveRatio[];
  readonly pools: readonly LiveRatio[];
  readonly process?: LiveProcess;
  /** Sources whose last reading failed. */
  readonly failing: readonly string[];
}

/** The state of the sidecar and of the traffic through it at one moment. */
export interface LiveSnapshot {
  readonly uptimeSeconds: number;
  /** URL of the server that is measured. */
  readonly upstream: string;
  /** URL where clients connect. */
  readonly listen: string;
  readonly metricsUrl: string;
  /** Requests a second, lately. */
  readonly requestsPerSecond: number;
  /** Requests answered in about the last minute. */
  readonly recentRequests: number;
  /** Throughput of the benchmark document. */
  readonly baselineRequestsPerSecond: number;
  /** Share of the requests of the last minute that failed by the server's fault; undefined without any. */
  readonly errorRatio?: number | undefined;
  readonly inFlight: number;
  readonly sessionsActive: number;
  readonly sessionsOpened: number;
  readonly sessionsClosed: number;
  readonly streamsOpen: number;
  readonly errors: ErrorCounts;
  readonly tools: readonly LiveRow[];
  /** All tools together. */
  readonly totals: LiveRow;
  readonly backends: LiveBackends;
  /** Absent where series are not watched. */
  readonly detectors?: LiveDetectors;
  readonly probes: readonly ProbeSummary[];
  /** Observations given up, traffic unharmed. */
  readonly tapDropped: number;
}
