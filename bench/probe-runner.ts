import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../src/model/clock.ts';
import type { ProbeCheck, ProbeEra, ScheduledProbe } from '../src/model/probe.ts';
import { createProbeEngine } from '../src/probes/probe-engine.ts';
import { exitWithParent, listeningPort } from './child-process.ts';
import { quantile } from './statistics.ts';

/** What a run of the schedule came to. */
export interface ScheduleFigures {
  readonly runs: number;
  readonly failures: number;
  readonly skipped: number;
  readonly expectedRuns: number;
  readonly latenessMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Share of one CPU. */
  readonly cpu: number;
  readonly heapMib: number;
}

const PROBES = 500;
const INTERVAL_MS = 10_000;
/** Time that is not measured: modules load, code is compiled. */
const WARM_UP_MS = 10_000;

exitWithParent();
const url = `http://127.0.0.1:${listeningPort()}/mcp`;
const measuredMs = Number(process.argv[3]);

/** The kinds and eras in turn, as a fleet would have them. */
const checks: readonly (readonly [ProbeCheck, ProbeEra])[] = [
  [{ kind: 'handshake', capabilities: [] }, 'legacy'],
  [{ kind: 'tool', tool: 'echo', arguments: { text: 'x' }, expect: { matches: /x/ } }, 'legacy'],
  [{ kind: 'tools', failOn: [], require: ['echo'] }, 'auto'],
  [{ kind: 'tool', tool: 'echo', arguments: { text: 'x' }, expect: {} }, 'modern'],
];

const probes = Array.from({ length: PROBES }, (_, i): ScheduledProbe => {
  const [check, era] = checks[i % checks.length] ?? [{ kind: 'handshake', capabilities: [] }, 'legacy'];
  return {
    definition: {
      name: `probe-${i}`,
      target: { over: 'http', url, transport: 'streamable', tls: { verify: true }, headers: {} },
      era,
      check,
      timeoutMs: INTERVAL_MS,
      retries: 0,
    },
    schedule: {
      every: { intervalMs: INTERVAL_MS },
      jitterMs: INTERVAL_MS,
      failureThreshold: 1,
      successThreshold: 1,
      enabled: true,
    },
  };
});

let isMeasured = false;
const lateness: number[] = [];
const counts = { runs: 0, failures: 0, skipped: 0 };
const engine = createProbeEngine({
  clock: systemClock,
  env: {},
  store: undefined,
  baselineMs: () => undefined,
  readTools: async () => undefined,
  on: {
    result: (_name, { failure }) => {
      if (!isMeasured) return;
      counts.runs += 1;
      if (failure !== undefined) counts.failures += 1;
    },
    skip: () => {
      if (isMeasured) counts.skipped += 1;
    },
    lateness: (ms) => {
      if (isMeasured) lateness.push(ms);
    },
    known: () => {},
    gone: () => {},
    error: (error) => {
      throw error;
    },
  },
});
await engine.apply(probes, []);
await sleep(WARM_UP_MS);
isMeasured = true;
const before = process.cpuUsage();
await sleep(measuredMs);
isMeasured = false;
const used = process.cpuUsage(before);
const figures: ScheduleFigures = {
  ...counts,
  expectedRuns: (PROBES * measuredMs) / INTERVAL_MS,
  latenessMs: { p50: quantile(lateness, 0.5), p99: quantile(lateness, 0.99), max: Math.max(...lateness) },
  cpu: (used.user + used.system) / 1000 / measuredMs,
  heapMib: process.memoryUsage().heapUsed / 1024 ** 2,
};
process.send?.(figures);
await engine.stop();
process.disconnect();
