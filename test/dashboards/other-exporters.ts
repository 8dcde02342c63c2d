import { startHandServer, type HandServer } from '../harness/hand-server.ts';
import { documentTables } from '../../src/baselines/document-tables.ts';

const { sustained, spike } = documentTables;

interface Profile {
  readonly name: string;
  readonly throughput: number;
  readonly errors: number;
  readonly cpu: number;
  readonly memory: number;
  readonly seconds: number;
  /** Seconds by percentile. */
  readonly latency: Readonly<Record<string, number>>;
}

const { p50Ms, p75, p90, p95Ms, p99Ms, p999Ms } = sustained.latencyMs;
const latency = (factor: number): Profile['latency'] => ({
  p50: (p50Ms * factor) / 1000,
  p75: (p75 * factor) / 1000,
  p90: (p90 * factor) / 1000,
  p95: (p95Ms * factor) / 1000,
  p99: (p99Ms * factor) / 1000,
  'p99.9': (p999Ms * factor) / 1000,
});

const PROFILES: readonly Profile[] = [
  {
    name: 'light',
    throughput: 96,
    errors: 0,
    cpu: 0.08,
    memory: 1.1 * 2 ** 30,
    seconds: 60,
    latency: latency(0.3),
  },
  {
    name: 'sustained',
    throughput: 806,
    errors: 0.0003,
    cpu: 0.61,
    memory: 2.2 * 2 ** 30,
    seconds: 1800,
    latency: latency(0.94),
  },
  {
    name: 'spike',
    throughput: 540,
    errors: 0.11,
    cpu: 0.97,
    memory: 2.6 * 2 ** 30,
    seconds: 720,
    latency: latency(4.1),
  },
];

/** Results of load tests as `bench --push` leaves them, better by a little from one moment to the next. */
function benchPage(seconds: number): string[] {
  const trend = 1 + 0.02 * Math.sin(seconds / 20);
  return PROFILES.flatMap(({ name, throughput, errors, cpu, memory, seconds: lasted, latency: by }) => {
    const requests = Math.round(throughput * lasted);
    const of = (metric: string, value: number, more = ''): string =>
      `mcp_bench_${metric}{profile="${name}"${more}} ${value}`;
    return [
      of('throughput', throughput * trend),
      ...Object.entries(by).map(([percentile, value]) =>
        of('latency_seconds', value / trend, `,percentile="${percentile}"`),
      ),
      of('error_ratio', errors),
      of('requests', Math.round(requests * (1 - errors)), ',outcome="ok"'),
      of('requests', Math.round(requests * errors), ',outcome="error"'),
      of('cpu_ratio', cpu),
      of('memory_bytes', memory),
      of('finished_timestamp_seconds', Date.now() / 1000 - 5400),
      of('duration_seconds', lasted),
      ...(name === 'spike' ? [of('recovery_seconds', spike.recoverySeconds * 0.8)] : []),
    ];
  });
}

/** What kube-state-metrics says of an autoscaler that follows the load. */
function autoscalerPage(seconds: number): string[] {
  const desired = Math.min(20, 3 + Math.floor(seconds / 15));
  const of = (metric: string, value: number): string =>
    `kube_horizontalpodautoscaler_${metric}{namespace="mcp",horizontalpodautoscaler="mcp-server"} ${value}`;
  return [
    of('status_current_replicas', Math.max(2, desired - 1)),
    of('status_desired_replicas', desired),
    of('spec_max_replicas', 20),
  ];
}

/**
 * Stands in for what a test has not: kube-state-metrics in a cluster, and a load test of half an hour that was pushed
 * to the sidecar.
 */
export async function startOtherExporters(): Promise<HandServer> {
  const startedAt = performance.now();
  return startHandServer((_, response) => {
    const seconds = (performance.now() - startedAt) / 1000;
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(`${[...benchPage(seconds), ...autoscalerPage(seconds)].join('\n')}\n`);
  });
}
