import type { RecordDeclaration, RecordGroup, Windows } from './rule-model.ts';

const SLOW = 'job_instance_percentile:mcp_slow_calls';
const COMPARED = 'job_instance_percentile:mcp_compared_calls';

interface Budget {
  readonly record: (window: string) => string;
  readonly bad: (rate: string) => string;
  readonly all: (rate: string) => string;
  readonly objective: string;
}

const availability: Budget = {
  record: (window) => `job_instance:mcp_error_budget:burnrate${window}`,
  bad: (rate) => `job_instance:mcp_errors:${rate}`,
  all: (rate) => `job_instance:mcp_requests:${rate}`,
  objective: 'job_instance:mcp_availability_objective:ratio',
};

const latency: Budget = {
  record: (window) => `job_instance:mcp_latency_budget:burnrate${window}`,
  bad: (rate) => `${SLOW}:${rate}{percentile="p99"}`,
  all: (rate) => `${COMPARED}:${rate}{percentile="p99"}`,
  objective: 'job_instance:mcp_latency_objective:ratio',
};

/** Share of bad requests over a window, in multiples of what the objective allows. */
function burn(budget: Budget, window: string, from: string): RecordDeclaration {
  const over = (series: string, w: Windows) =>
    window === from.slice('rate'.length) ? series : `avg_over_time(${series}[${w(window)}])`;
  return {
    record: budget.record(window),
    expr: (w) =>
      `(sum by (job, instance) (${over(budget.bad(from), w)}) / (sum by (job, instance) (${over(budget.all(from), w)}) > 0)) / on (job, instance) (1 - ${budget.objective})`,
  };
}

const burns = (windows: readonly string[], from: string): RecordDeclaration[] =>
  [availability, latency].flatMap((budget) => windows.map((window) => burn(budget, window, from)));

/** Averages over an hour, which the longest windows are made of. */
const hourly = (series: string, labels: string): RecordDeclaration => ({
  record: `${series}:rate1h`,
  expr: (w) => `sum by (${labels}) (avg_over_time(${series}:rate5m[${w('1h')}]))`,
});

/** Burn rates of the error and latency budgets over short windows. */
export const sloRecords: RecordGroup = {
  name: 'mcp-slo',
  file: 'slo',
  interval: '30s',
  about: 'How fast the budgets of availability and latency burn: 1 is exactly what the objective allows.',
  records: burns(['5m', '30m', '1h'], 'rate5m'),
};

/** The same over long windows, and what is compared with yesterday; evaluated less often. */
export const longRecords: RecordGroup = {
  name: 'mcp-slo-long',
  file: 'slo',
  interval: '2m',
  about: 'The same over hours and days. A window of a day is made of hourly averages.',
  records: [
    ...burns(['2h', '6h'], 'rate5m'),
    hourly('job_instance:mcp_errors', 'job, instance'),
    hourly('job_instance:mcp_requests', 'job, instance'),
    hourly(SLOW, 'job, instance, percentile'),
    hourly(COMPARED, 'job, instance, percentile'),
    ...burns(['1d', '3d'], 'rate1h'),
    {
      record: 'job_instance:mcp_in_flight:avg1h',
      expr: (w) => `avg_over_time(job_instance:mcp_in_flight:avg5m[${w('1h')}])`,
    },
  ],
};
