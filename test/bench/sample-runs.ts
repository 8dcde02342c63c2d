import type { BenchFigures, BenchLatency, BenchReport, BenchRun } from '../../src/bench/bench-report.ts';

/** Latencies whose P50 is given, in the proportions of the document's. */
export const latency = (p50Ms: number): BenchLatency => ({
  minMs: p50Ms * 0.25,
  p50Ms,
  p75Ms: p50Ms * 1.7,
  p90Ms: p50Ms * 2.2,
  p95Ms: p50Ms * 3,
  p99Ms: p50Ms * 6,
  p999Ms: p50Ms * 14,
  maxMs: p50Ms * 50,
  meanMs: p50Ms * 1.3,
});

/** Figures of some requests of which a number failed. */
export const figures = (
  requests: number,
  failed: number,
  throughputPerSecond: number,
  p50Ms: number,
): BenchFigures => ({
  requests,
  ok: requests - failed,
  errors: failed === 0 ? {} : { internal_error: failed },
  throughputPerSecond,
  latency: latency(p50Ms),
});

/** A run of `medium`, 5,000 requests without an error at 850/s and a P50 of 45 ms, with whatever is another. */
export const run = (other: Partial<BenchRun> = {}): BenchRun => ({
  profile: 'medium',
  era: 'modern',
  protocolVersion: '2026-07-28',
  transport: 'streamable-http',
  target: { address: 'http://127.0.0.1:8000/mcp', server: 'demo 1.0.0' },
  machine: {
    cpus: 2,
    cpuModel: 'Example CPU',
    memoryBytes: 8 * 1024 ** 3,
    platform: 'linux 6.1 x64',
    node: 'v24.1.0',
  },
  plan: {
    loop: 'closed',
    users: 50,
    totalRequests: 5000,
    warmUpSeconds: 1,
    timeScale: 1,
    sessions: 'per_user',
    thinkTimeSeconds: 0,
    mix: [{ tool: 'get_user', shareRatio: 1 }],
  },
  startedAt: '2026-11-27T10:00:00.000Z',
  durationSeconds: 5.9,
  end: { how: 'complete' },
  ...figures(5000, 0, 850, 45),
  bytes: { sent: 10_000_000, received: 25_000_000 },
  sessions: { opened: 50, closed: 50, failed: 0 },
  tools: [],
  ...other,
});

/** A report of runs. */
export const report = (...runs: readonly BenchRun[]): BenchReport => ({
  schemaVersion: 1,
  version: '0.1.0',
  runs,
  warnings: [],
});
