import { documentTables } from '../baselines/document-tables.ts';
import type { RecordGroup, RecordDeclaration } from './rule-model.ts';
import { thresholds } from './thresholds.ts';

const only = (record: string, selector: string): RecordDeclaration => ({
  record,
  expr: () => `max by (job, instance) (${selector})`,
});

const tierUsage = (resource: string, live: string): RecordDeclaration => ({
  record: 'job_instance_resource:mcp_tier_usage:ratio',
  labels: { resource },
  expr: () => `${live} / on (job, instance) max by (job, instance) (mcp_tier_limit{resource="${resource}"})`,
});

/** 1 and one more for each tier whose figure the live one exceeds, leaving the same room as the alert does. */
function tierBy(live: string, limits: readonly number[]): string {
  return `(1 + ${limits.map((limit) => `(${live} > bool ${limit})`).join(' + ')})`;
}

const lower = documentTables.tiers.rows.slice(0, -1);
const demands = lower.map(({ demand }) => demand.to ?? Infinity);
const users = lower.map(({ concurrentUsers }) => concurrentUsers * thresholds.tier.near);
const memories = lower.map(({ memoryGib }) => memoryGib * 1024 ** 3 * thresholds.tier.near);

/** What each server is held against, and how near it is to the limits of its tier. */
export const baselineRecords: RecordGroup = {
  name: 'mcp-baseline',
  file: 'baseline',
  interval: '30s',
  about: 'What each server is held against, and how much of its tier it uses.',
  records: [
    only('job_instance:mcp_baseline_error:ratio', 'mcp_baseline_error_ratio'),
    only('job_instance:mcp_baseline_throughput:rate', 'mcp_baseline_throughput{tool=""}'),
    only('job_instance:mcp_availability_objective:ratio', 'mcp_slo_objective_ratio{slo="availability"}'),
    only('job_instance:mcp_latency_objective:ratio', 'mcp_slo_objective_ratio{slo="latency"}'),
    {
      record: 'job_instance:mcp_memory:bytes',
      expr: () =>
        'max by (job, instance) (mcp_process_memory_bytes{kind="pss"}) or max by (job, instance) (mcp_process_memory_bytes{kind="rss"})',
    },
    only('job_instance:mcp_sessions:count', 'mcp_sessions_active'),
    {
      record: 'job_instance:mcp_in_flight:avg5m',
      expr: (w) => `max by (job, instance) (avg_over_time(mcp_requests_in_flight[${w('5m')}]))`,
    },
    {
      record: 'job_instance_pool_type:mcp_pool_full:bool',
      expr: () => 'max by (job, instance, pool_type) (connection_pool_usage) >= bool 1',
    },
    tierUsage('requests_per_second', 'job_instance:mcp_requests:rate5m'),
    tierUsage('sessions', 'job_instance:mcp_sessions:count'),
    tierUsage('memory_bytes', 'job_instance:mcp_memory:bytes'),
    tierUsage('bandwidth_bits_per_second', 'job_instance:mcp_bandwidth:bits_rate5m'),
    tierUsage('vcpus', 'max by (job, instance) (mcp_process_cpu_cores)'),
    {
      // The greatest of what requests, sessions and memory ask for; each alone where the others are not known.
      record: 'job_instance:mcp_fitting_tier:number',
      expr: () =>
        `max by (job, instance) (label_replace(${tierBy('job_instance:mcp_requests:rate5m', demands)}, "by", "requests", "", "") or label_replace(${tierBy('job_instance:mcp_sessions:count', users)}, "by", "sessions", "", "") or label_replace(${tierBy('job_instance:mcp_memory:bytes', memories)}, "by", "memory", "", ""))`,
    },
    {
      record: 'job_instance:mcp_spike:bool',
      expr: (w) =>
        `(job_instance:mcp_requests:rate1m > bool ${thresholds.spikeLeastRate}) * (job_instance:mcp_requests:rate1m > bool ${thresholds.spikeFactor} * avg_over_time(job_instance:mcp_requests:rate1m[${w('10m')}] offset ${w('5m')}))`,
    },
  ],
};
