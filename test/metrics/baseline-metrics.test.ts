import { expect, it } from '@jest/globals';
import { Registry } from '@prometheus-io/client';
import { baselineInForce } from '../../src/baselines/baseline-in-force.ts';
import { documentTables } from '../../src/baselines/document-tables.ts';
import { exportBaseline, exportObjectives } from '../../src/metrics/baseline-metrics.ts';

async function page(tier?: number): Promise<string[]> {
  const registry = new Registry();
  const inForce = baselineInForce(documentTables, {}, tier === undefined ? {} : { tier });
  exportBaseline(inForce.baseline, registry);
  exportObjectives({ availability: 0.999, latency: 0.95 }, inForce.tier, registry);
  return (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

it('shows what is expected of a server and what its tier allows', async () => {
  const lines = await page(2);
  for (const line of [
    'mcp_baseline_latency_seconds{tool="",percentile="p99"} 0.28',
    'mcp_baseline_latency_seconds{tool="generate_report",percentile="p99"} 2.4',
    'mcp_baseline_throughput{tool=""} 850',
    'mcp_baseline_error_ratio 0.0002',
    'mcp_baseline_cpu_ratio 0.65',
    'mcp_baseline_pool_ratio 0.45',
    'mcp_baseline_cache_hit_ratio 0.78',
    'mcp_slo_objective_ratio{slo="availability"} 0.999',
    'mcp_tier_info{tier="2",name="medium"} 1',
    'mcp_tier_limit{resource="requests_per_second"} 850',
    'mcp_tier_limit{resource="sessions"} 500',
    'mcp_tier_limit{resource="memory_bytes"} 8589934592',
    'mcp_tier_limit{resource="bandwidth_bits_per_second"} 2500000000',
    'mcp_tier_limit{resource="vcpus"} 4',
  ]) {
    expect(lines).toContain(line);
  }
});

it('has no limits where no tier is stated', async () => {
  expect((await page()).filter((line) => line.startsWith('mcp_tier'))).toEqual([]);
});
