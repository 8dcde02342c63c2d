import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { eventually } from '../harness/eventually.ts';
import { freePort } from '../harness/free-port.ts';
import { prometheusPath, startPrometheus, type Prometheus } from '../harness/prometheus.ts';
import { describeWith } from '../harness/requirement.ts';
import { startEverything, startFullServer } from '../harness/servers.ts';
import { startSidecar } from '../harness/sidecar.ts';
import { createStopStack } from '../harness/stop-stack.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

/** The scrape configuration that docs/probes.md shows, for these targets and this sidecar. */
function shownConfig(targets: readonly string[], sidecar: string): string {
  const text = readFileSync('docs/probes.md', 'utf8');
  const [, block = ''] = /```yaml\n(# Prometheus\n[^]*?)```/.exec(text) ?? [];
  const [orders = '', ...others] = targets;
  const replaced = block
    .replace('http://orders.mcp.svc.cluster.local:8000/mcp', orders)
    .replace(/- http:\/\/users\.\S+/, others.map((each) => `- ${each}`).join('\n          '))
    .replace('sidecar.monitoring:9464', sidecar)
    .replace('scrape_interval: 30s', 'scrape_interval: 2s')
    .replace('scrape_timeout: 10s', 'scrape_timeout: 2s');
  return stringify(parse(replaced));
}

describeWith(prometheusPath, 'apt-get install prometheus')('a fleet that Prometheus names', () => {
  let prometheus: Prometheus;
  let targets: string[];

  beforeAll(async () => {
    const [first, second] = await Promise.all([startEverything('streamableHttp'), startFullServer()]);
    stack.use(first);
    stack.use(second);
    const gone = `http://127.0.0.1:${await freePort()}/mcp`;
    targets = [`${first.url}/mcp`, `${second.url}/mcp`, gone];
    const modules = [
      { name: 'echo', kind: 'tool', tool: 'echo', arguments: { message: 'x' }, timeout: '5s' },
    ];
    const sidecar = stack.use(
      await startSidecar([
        '--upstream',
        first.url,
        '--probes.modules',
        JSON.stringify(modules),
        '--probes.targets',
        JSON.stringify(targets),
      ]),
    );
    prometheus = stack.use(await startPrometheus(() => shownConfig(targets, new URL(sidecar.adminUrl).host)));
  }, 90_000);

  it('is probed through one sidecar, each server under its own name', async () => {
    await eventually(async () => {
      const found = await prometheus.query('probe_success');
      const byInstance = Object.fromEntries(found.map(({ metric, value }) => [metric['instance'], value]));
      // The second has no tool of that name, the third is not there.
      expect(byInstance).toEqual({ [targets[0] ?? '']: 1, [targets[1] ?? '']: 0, [targets[2] ?? '']: 0 });
    }, 30_000);
    const reasons = await prometheus.query('probe_failure_reason == 1');
    const byInstance = new Map(reasons.map(({ metric }) => [metric['instance'], metric['reason']]));
    expect(byInstance.get(targets[2])).toBe('refused');
    expect(byInstance.get(targets[1])).toMatch(/^(rpc_error|tool_error)$/);
    expect(await prometheus.queryOne('count(up == 1)')).toBe(3);
  }, 60_000);
});
