import { expect, it } from '@jest/globals';
import { Registry } from '@prometheus-io/client';
import { ToolLatencyBins } from '../../src/metrics/tool-latency.ts';

it('bins of latency tell P50 of five calls, P99 of a hundred, and nothing of a tool that is not called any more', async () => {
  const registry = new Registry();
  const bins = new ToolLatencyBins(registry);
  const call = (tool: string, times: number, ms: (n: number) => number): void => {
    for (let n = 0; n < times; n += 1) bins.add(tool, ms(n));
  };
  call('few', 4, () => 10);
  call('some', 99, (n) => n + 1);
  call('many', 1000, (n) => n + 1);
  expect(bins.last().size).toBe(0);
  bins.close();
  expect(bins.last().get('few')).toEqual({});
  expect(bins.last().get('some')).toEqual({ p50: expect.closeTo(0.05, 2) });
  const many = bins.last().get('many');
  expect((many?.p50 ?? 0) / 0.5).toBeCloseTo(1, 1);
  expect((many?.p99 ?? 0) / 0.99).toBeCloseTo(1, 1);
  expect(await registry.metrics()).toMatch(/^mcp_tool_latency_seconds\{tool="many",percentile="p99"\} \S+$/m);

  call('many', 5, () => 100);
  bins.close();
  expect(bins.last().get('many')).toEqual({ p50: expect.closeTo(0.1, 2) });
  bins.close();
  expect([...bins.last().keys()]).toEqual(['many']);
  bins.close();
  expect(bins.last().size).toBe(0);
  expect(await registry.metrics()).not.toContain('mcp_tool_latency_seconds{');
});
