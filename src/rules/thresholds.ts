import type { BaselineTables } from '../baselines/baseline-schema.ts';
import { documentTables } from '../baselines/document-tables.ts';

/**
 * Every number that a rule compares with, in one place. Those of the benchmark document are read from its
 * tables; the others say why they are what they are.
 */
export interface Thresholds {
  /**
   * Shares of calls slower than a percentile of the baseline at which an alert begins. In accordance with the
   * baseline are 50 %, 5 %, 1 % and 0.1 %; the document's own sustained test has 13 % and 2.6 % beyond P95 and P99.
   */
  readonly slowShare: {
    readonly warning: Readonly<Record<string, number>>;
    readonly criticalP99: number;
    readonly toolP99: number;
  };
  /** Growth of the mean latency over a day: the document's run grew by 29.7 % in 23 hours. */
  readonly latencyDrift: number;
  /** Calls a second below which a share says nothing: at 0.5 a second 5 minutes hold 150 calls. */
  readonly leastRate: { readonly fast: number; readonly slow: number };
  readonly errorRatio: {
    readonly critical: number;
    readonly timesBaseline: number;
    readonly leastErrors: number;
  };
  /** Shares of all requests that fail for a reason, by the sustained test; alerts begin at ten times them. */
  readonly errorShare: Readonly<Record<string, number>>;
  /** Shares of all requests that fail in one way, and of one tool's calls. */
  readonly failureRatio: {
    readonly tool: number;
    readonly rpc: number;
    readonly transport: number;
    readonly unreachable: number;
    readonly ofOneTool: number;
  };
  readonly toolTimeoutRatio: number;
  readonly circuitOpeningsPerHour: number;
  readonly throughputDecline: number;
  /** Answers beside those of the hour before, and how many wait for theirs, when the server falls behind. */
  readonly demand: { readonly answered: number; readonly waiting: number; readonly leastWaiting: number };
  readonly spikeFactor: number;
  readonly spikeLeastRate: number;
  readonly recovery: string;
  /** Times the baseline, and shares of the limit. */
  readonly cpu: { readonly timesBaseline: number; readonly saturated: number };
  readonly memory: { readonly timesBaseline: number; readonly near: number; readonly exhausted: number };
  readonly openFilesRatio: number;
  readonly restartsPerHour: number;
  readonly stuckSeconds: number;
  readonly poolTimesBaseline: number;
  readonly cacheTimesBaseline: number;
  readonly postgresConnectionRatio: number;
  readonly transactionSeconds: number;
  readonly certificateDays: { readonly warning: number; readonly critical: number };
  readonly tapDroppedRatio: number;
  readonly detectorSilenceSeconds: number;
  readonly poolRatio: number;
  readonly waitRatio: number;
  /** Burn rates for a budget of 30 days: (long window, short window, burn rate). */
  readonly burn: {
    readonly page: readonly Burn[];
    readonly ticket: readonly Burn[];
  };
  readonly tier: { readonly near: number; readonly reached: number };
  readonly objectives: { readonly availability: number; readonly latency: number };
}

/** A pair of windows that must both burn the budget at a rate. */
export interface Burn {
  readonly long: string;
  readonly short: string;
  readonly rate: number;
}

function errorShares({ sustained }: BaselineTables): Record<string, number> {
  return Object.fromEntries(
    Object.entries(sustained.errors).map(([type, count]) => [type, count / sustained.totalRequests]),
  );
}

function declineOf({ endurance }: BaselineTables): number {
  const [first, last] = [endurance.rows[0], endurance.rows.at(-1)];
  if (!first || !last) throw new Error('endurance: want at least two rows, got fewer');
  return Math.round((1 - last.throughputPerSecond / first.throughputPerSecond) * 1000) / 1000;
}

const weather = documentTables.tools['fetch_weather'];

/** The thresholds of the rules that ship. */
export const thresholds: Thresholds = {
  slowShare: {
    warning: { p50: 0.75, p95: 0.2, p99: 0.05, 'p99.9': 0.02 },
    criticalP99: 0.1,
    toolP99: 0.05,
  },
  latencyDrift: 1.25,
  leastRate: { fast: 0.5, slow: 0.05 },
  errorRatio: { critical: 0.05, timesBaseline: 10, leastErrors: 10 },
  errorShare: errorShares(documentTables),
  failureRatio: { tool: 0.1, rpc: 0.01, transport: 0.01, unreachable: 0.5, ofOneTool: 0.5 },
  toolTimeoutRatio: weather?.timeoutRatio ?? 0.005,
  circuitOpeningsPerHour: weather?.circuitOpeningsPerHour ?? 2,
  throughputDecline: declineOf(documentTables),
  demand: { answered: 0.6, waiting: 2, leastWaiting: 5 },
  spikeFactor: 4,
  spikeLeastRate: 10,
  recovery: `${documentTables.spike.recoverySeconds}s`,
  cpu: { timesBaseline: 1.25, saturated: 0.95 },
  memory: { timesBaseline: 1.3, near: 0.85, exhausted: 0.95 },
  openFilesRatio: 0.8,
  restartsPerHour: 2.5,
  stuckSeconds: 600,
  poolTimesBaseline: 1.2,
  cacheTimesBaseline: 0.85,
  postgresConnectionRatio: 0.9,
  transactionSeconds: 900,
  certificateDays: { warning: 14, critical: 2 },
  tapDroppedRatio: 0.01,
  detectorSilenceSeconds: 3600,
  poolRatio: 0.85,
  waitRatio: 0.03,
  burn: {
    page: [
      { long: '1h', short: '5m', rate: 14.4 },
      { long: '6h', short: '30m', rate: 6 },
    ],
    ticket: [
      { long: '1d', short: '2h', rate: 3 },
      { long: '3d', short: '6h', rate: 1 },
    ],
  },
  tier: { near: 0.8, reached: 0.95 },
  objectives: { availability: 0.999, latency: 0.95 },
};
