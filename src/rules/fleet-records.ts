import { documentTables } from '../baselines/document-tables.ts';
import type { RecordGroup } from './rule-model.ts';

/** What the document lets expect of n instances: a step down at each of its rows, as a sum of plain comparisons. */
function efficiencyCurve(count: string): string {
  const rows = documentTables.horizontal.rows;
  const steps = rows.slice(1).map(({ instances, efficiencyRatio }, i) => {
    const drop = ((rows[i]?.efficiencyRatio ?? 1) - efficiencyRatio).toFixed(3);
    return `${drop} * (${count} >= bool ${instances})`;
  });
  return `1 - ${steps.join(' - ')}`;
}

/** Sums over all servers of a job. */
export const fleetRecords: RecordGroup = {
  name: 'mcp-fleet',
  file: 'fleet',
  interval: '30s',
  about: 'Sums over the servers of a job, and how well they scale.',
  records: [
    {
      record: 'job:mcp_servers:count',
      expr: () => 'count by (job) (job_instance:mcp_requests:rate5m)',
    },
    {
      record: 'job:mcp_requests:rate5m',
      expr: () => 'sum by (job) (job_instance:mcp_requests:rate5m)',
    },
    {
      record: 'job:mcp_errors:ratio_rate5m',
      expr: () => 'sum by (job) (job_instance:mcp_errors:rate5m) / (job:mcp_requests:rate5m > 0)',
    },
    {
      record: 'job:mcp_sessions:count',
      expr: () => 'sum by (job) (job_instance:mcp_sessions:count)',
    },
    {
      record: 'job:mcp_scaling_efficiency:ratio',
      expr: () =>
        'job:mcp_requests:rate5m / (job:mcp_servers:count * max by (job) (job_instance:mcp_baseline_throughput:rate))',
    },
    {
      record: 'job:mcp_scaling_expected:ratio',
      expr: () => efficiencyCurve('job:mcp_servers:count'),
    },
  ],
};
