import { documentTables } from '../../src/baselines/document-tables.ts';
import { counter, gauge, type Series } from './alert-case.ts';

const GIB = 1024 ** 3;

/** One of the document's load tests as series, and when it is looked at. */
export interface DocumentRun {
  readonly name: string;
  /** Seconds of a step. */
  readonly stepSeconds: number;
  readonly series: Series;
  readonly looks: readonly {
    readonly atMinutes: number;
    /** Names of all alerts that fire then, the watchdog aside. */
    readonly firing: readonly string[];
  }[];
}

const calls = 'request_duration_seconds_count{method="tools/call",endpoint="lookup",status="ok"}';
const seconds = 'request_duration_seconds_sum{method="tools/call",endpoint="lookup",status="ok"}';
const over = (percentile: string) =>
  `mcp_requests_over_baseline_total{tool="lookup",percentile="${percentile}"}`;
const errors = (type: string) =>
  `mcp_request_errors_total{method="tools/call",endpoint="lookup",error_type="${type}",fault="server"}`;

interface Steady {
  readonly perSecond: number;
  /** Shares of calls beyond the baseline's P50, P95, P99 and P99.9. */
  readonly beyond: readonly [number, number, number, number];
  readonly cpuRatio: number;
  readonly memoryGib: number;
}

const percentiles = ['p50', 'p95', 'p99', 'p99.9'];

/** A run at one rate for half an hour, with the failures of the sustained test. */
function steady(
  { perSecond, beyond, cpuRatio, memoryGib }: Steady,
  stepSeconds: number,
  steps: number,
): Series {
  const { sustained, results } = documentTables;
  const perStep = perSecond * stepSeconds;
  return {
    [calls]: counter([perStep, steps]),
    [seconds]: counter([perStep * 0.06, steps]),
    ...Object.fromEntries(
      percentiles.map((name, i) => [over(name), counter([perStep * (beyond[i] ?? 0), steps])]),
    ),
    ...Object.fromEntries(
      Object.entries(sustained.errors).map(([type, count]) => [
        errors(type),
        counter([(perStep * count) / sustained.totalRequests, steps]),
      ]),
    ),
    'mcp_process_cpu_ratio{}': gauge([cpuRatio, steps]),
    'mcp_process_memory_bytes{kind="pss"}': gauge([memoryGib * GIB, steps]),
    'mcp_process_memory_limit_bytes{}': gauge([8 * GIB, steps]),
    'connection_pool_usage{pool_type="database"}': gauge([results.poolRatio, steps]),
    'cache_hit_rate{cache_type="redis"}': gauge([results.cacheHitRatio, steps]),
    'mcp_requests_in_flight{}': gauge([50, steps]),
    'mcp_sessions_active{}': gauge([sustained.concurrentUsers, steps]),
  };
}

type Phase = (typeof documentTables.spike.phases)[number];

/** The server of the document's spike test: half its calls are far too slow during the spike. */
function spike(): Series {
  const { phases, recoverySeconds } = documentTables.spike;
  const [before, during, after] = phases;
  if (!before || !during || !after) throw new Error('spike: want three phases, got fewer');
  const step = 30;
  const minutes = (count: number) => (count * 60) / step;
  const ill = Math.round(recoverySeconds / step);
  const stretch = (base: (phase: Phase) => number, illAfter: number, wellAfter: number): string =>
    counter(
      [base(before) * step, minutes(before.durationMinutes)],
      [base(during) * step, minutes(during.durationMinutes)],
      [illAfter * step, ill],
      [wellAfter * step, minutes(50)],
    );
  const rate = after.actualPerSecond;
  return {
    [calls]: stretch((phase) => phase.actualPerSecond, rate, rate),
    // 1.2 % of the recovery phase fail; by the end of the recovery as few as before.
    [errors('connection_timeout')]: stretch(
      ({ actualPerSecond, errorRatio }) => actualPerSecond * errorRatio,
      rate * 0.024,
      rate * 0.0001,
    ),
    [over('p99')]: stretch(
      (phase) => phase.actualPerSecond * (phase === during ? 0.5 : 0.001),
      rate * 0.003,
      rate * 0.001,
    ),
    'mcp_requests_in_flight{}': gauge([5, minutes(5)], [200, minutes(2)], [5, minutes(55)]),
    'connection_pool_usage{pool_type="database"}': gauge(
      [0.2, minutes(5)],
      [1, minutes(2)],
      [0.3, ill],
      [0.2, minutes(50)],
    ),
  };
}

/** The endurance test's columns over so many hours, straight between its rows and on beyond them. */
function endurance(hours: number, stepSeconds: number): Series {
  const { rows, concurrentUsers } = documentTables.endurance;
  const at = (hour: number, column: (row: (typeof rows)[number]) => number): number => {
    const next = Math.min(
      Math.max(
        1,
        rows.findIndex((row) => row.hour >= hour) === -1
          ? rows.length - 1
          : rows.findIndex((row) => row.hour >= hour),
      ),
      rows.length - 1,
    );
    const [a, b] = [rows[next - 1], rows[next]];
    if (!a || !b) throw new Error('endurance: want at least two rows, got fewer');
    return column(a) + ((column(b) - column(a)) * (hour - a.hour)) / (b.hour - a.hour);
  };
  // Counters change their pace every half hour, gauges too.
  const halves = Array.from({ length: hours * 2 }, (_, i) => i / 2);
  const each = 1800 / stepSeconds;
  const paced = (perSecond: (hour: number) => number): string =>
    counter(...halves.map((hour) => [perSecond(hour) * stepSeconds, each] as const));
  const level = (value: (hour: number) => number): string =>
    gauge(...halves.map((hour) => [value(hour), each] as const));
  const throughput = (hour: number) => at(hour, (row) => row.throughputPerSecond);
  return {
    [calls]: paced(throughput),
    // The mean moves as P99 does: a third of it.
    [seconds]: paced((hour) => (throughput(hour) * at(hour, (row) => row.p99Ms)) / 3000),
    ...Object.fromEntries(
      [0.4, 0.02, 0.0005, 0.0001].map((beyond, i) => [
        over(percentiles[i] ?? ''),
        paced((hour) => throughput(hour) * beyond),
      ]),
    ),
    [errors('connection_timeout')]: paced(
      (hour) => (throughput(hour) * at(hour, (row) => row.errorRatio)) / 2,
    ),
    [errors('database_deadlock')]: paced(
      (hour) => (throughput(hour) * at(hour, (row) => row.errorRatio)) / 2,
    ),
    'mcp_process_memory_bytes{kind="pss"}': level((hour) => at(hour, (row) => row.memoryGib) * GIB),
    'connection_pool_usage{pool_type="database"}': level((hour) => at(hour, (row) => row.connections) / 100),
    'mcp_requests_in_flight{}': level(() => concurrentUsers),
    'mcp_process_cpu_ratio{}': level(() => 0.4),
  };
}

/** The document's own runs, and what they raise. */
export const documentRuns: readonly DocumentRun[] = [
  {
    name: 'the baseline',
    stepSeconds: 60,
    series: steady(
      { perSecond: 850, beyond: [0.5, 0.05, 0.01, 0.001], cpuRatio: 0.65, memoryGib: 2.1 },
      60,
      62,
    ),
    // It is run at the most that its tier can do.
    looks: [{ atMinutes: 60, firing: ['McpTierLimitNear', 'McpTierLimitReached'] }],
  },
  {
    name: 'the sustained test',
    stepSeconds: 60,
    series: steady(
      { perSecond: 850, beyond: [0.5, 0.13, 0.026, 0.002], cpuRatio: 0.78, memoryGib: 2.4 },
      60,
      62,
    ),
    looks: [{ atMinutes: 60, firing: ['McpTierLimitNear', 'McpTierLimitReached'] }],
  },
  {
    name: 'the spike test',
    stepSeconds: 30,
    series: spike(),
    looks: [
      { atMinutes: 4, firing: [] },
      {
        atMinutes: 8,
        firing: ['McpErrorRatioHigh', 'McpLatencyFarAboveBaseline', 'McpTrafficSpike'],
      },
      // No page is left. Tickets are, for what the spike cost.
      {
        atMinutes: 55,
        firing: [
          'McpErrorBudgetBurnSlow',
          'McpErrorsAboveBaseline',
          'McpLatencyBudgetBurnSlow',
          'McpToolLatencyAboveBaseline',
          'McpToolTimeouts',
        ],
      },
    ],
  },
  {
    name: 'the endurance test',
    stepSeconds: 150,
    series: endurance(27, 150),
    looks: [
      { atMinutes: 8 * 60, firing: [] },
      // The run goes on for two hours, since a day must lie between what is compared.
      {
        atMinutes: 26 * 60,
        firing: [
          'McpConnectionCreep',
          'McpLatencyDrift',
          'McpMemoryAboveBaseline',
          'McpMemoryGrowth',
          'McpPoolAboveBaseline',
          'McpThroughputDecline',
        ],
      },
    ],
  },
];
