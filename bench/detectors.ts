import process from 'node:process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createDetector, restoreDetector } from '../src/detectors/detector.ts';
import { PROFILES } from '../src/detectors/profiles.ts';
import { evaluationPace } from '../src/fleet/evaluation-pace.ts';
import type { QueriedSeries, QueryRange } from '../src/fleet/queried-series.ts';
import { createQueryWatch } from '../src/fleet/query-watch.ts';
import { WHOLE } from '../src/model/shard.ts';
import { table } from './table.ts';
import { watchDisturbance } from './undisturbed.ts';

// What following many series costs: each sampled every 15 s, concluded of every 15 min, after two days that it knows.
const argument = (name: string, usual: number): number =>
  Number(process.argv.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1] ?? usual);

const SERIES = argument('series', 10_000);
const KNOWN_HOURS = argument('hours', 48);
const ROUNDS = argument('rounds', 4);
const STEP_MS = 15_000;
const ROUND_MS = 15 * 60_000;
const HOUR_MS = 3_600_000;
/** The past is shown in coarser steps: it is not what is measured. */
const PAST_STEP_MS = 300_000;
/** The default of `detect.step`. */
const FLEET_STEP_MS = 60_000;
const FLEET_HOURS = Math.min(24, KNOWN_HOURS);
const BAR = { cpuShare: 0.1, megabytes: 100 };
const PATIENCE_MS = 60_000;
const START_MS = Date.UTC(2026, 0, 5);
const GIB = 1024 ** 3;

/** Memory in use in megabytes, what typed arrays hold included: these are freed a turn after they were found dead. */
async function usedMegabytes(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('bench: want node --expose-gc, got none');
  for (let turn = 0; turn < 4; turn++) {
    globalThis.gc();
    await nextTurn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Pseudo-random, cheap, and the same each time: what it is must not be what is measured. */
const noise = (series: number, atMs: number): number => ((series * 7919 + atMs / 1000) % 997) / 997;

/** A third leaks, a third has a daily season, a third is flat. */
function valueAt(series: number, atMs: number): number {
  const hour = (atMs - START_MS) / HOUR_MS;
  const shape = series % 3 === 0 ? 0.02 * hour : series % 3 === 1 ? 0.2 * Math.sin((hour / 24) * 6.283) : 0;
  return (1 + shape + 0.05 * noise(series, atMs)) * GIB;
}

const loadAt = (series: number, atMs: number): number =>
  30 + 10 * Math.sin((((atMs - START_MS) / HOUR_MS / 24) * 6.283 + series) % 6.283);

/** Answers as a Prometheus would, with the labels of a fleet. */
function createAsk(): QueryRange {
  const labels = Array.from({ length: SERIES }, (_, n) => ({
    job: 'mcp',
    instance: `mcp-${n}.prod.svc:9464`,
    namespace: `team-${n % 50}`,
    pod: `mcp-server-${(n * 7919) % 100_003}-${n}`,
  }));
  return (expr, { fromMs, toMs, stepMs }) => {
    const at = expr === 'load' ? loadAt : valueAt;
    const timesMs = Float64Array.from(
      { length: Math.floor((toMs - fromMs) / stepMs) + 1 },
      (_, n) => fromMs + n * stepMs,
    );
    const series = labels.map((own, n): QueriedSeries => ({
      labels: { ...own },
      timesMs,
      values: timesMs.map((atMs) => at(n, atMs)),
    }));
    return Promise.resolve({ series, warnings: [] });
  };
}

interface Cost {
  readonly cpuMs: number;
  readonly megabytes: number;
}

const { undisturbed, othersCpus } = watchDisturbance(PATIENCE_MS);

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** The detectors alone: as in the sidecar, which has its samples in hand. */
async function measureDetectors(): Promise<
  Cost & { readonly encodedBytes: number; readonly states: string }
> {
  const before = await usedMegabytes();
  const detectors = Array.from({ length: SERIES }, () => createDetector(PROFILES.memory));
  const show = (fromMs: number, toMs: number, stepMs: number): void => {
    for (const [n, detector] of detectors.entries()) {
      for (let atMs = fromMs; atMs < toMs; atMs += stepMs) {
        detector.add({
          atMs,
          value: valueAt(n, atMs),
          load: loadAt(n, atMs),
          limit: 4 * GIB,
          startedAtMs: START_MS,
        });
      }
    }
  };
  let nowMs = START_MS + KNOWN_HOURS * HOUR_MS;
  show(START_MS, nowMs, PAST_STEP_MS);
  const counts = new Map<string, number>();
  const costs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    costs.push(
      await undisturbed(() => {
        const startedMs = cpuMs();
        show(nowMs, nowMs + ROUND_MS, STEP_MS);
        nowMs += ROUND_MS;
        counts.clear();
        for (const detector of detectors) {
          const { state } = detector.evaluate(nowMs);
          counts.set(state, (counts.get(state) ?? 0) + 1);
        }
        return Promise.resolve(cpuMs() - startedMs);
      }),
    );
  }
  const megabytes = (await usedMegabytes()) - before;
  const encoded = detectors[0]?.encode() ?? new Uint8Array();
  restoreDetector(PROFILES.memory, encoded);
  const states = [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
  return { cpuMs: median(costs), megabytes, encodedBytes: encoded.length, states };
}

/** All of `detect` but the HTTP: questions, joins with load and limit, detectors, verdicts. */
async function measureFleet(): Promise<Cost> {
  const ask = createAsk();
  const before = await usedMegabytes();
  const watch = createQueryWatch({
    query: {
      detector: 'memory',
      settings: PROFILES.memory,
      query: 'memory',
      limit: 4 * GIB,
      loadQuery: 'load',
    },
    ask,
    stepMs: FLEET_STEP_MS,
    shard: WHOLE,
    room: { most: SERIES, taken: 0 },
    forgetMs: 24 * HOUR_MS,
    timeoutMs: 60_000,
    breathe: () => Promise.resolve(),
    onProblem: (text) => console.warn(text),
  });
  let toMs = START_MS + FLEET_HOURS * HOUR_MS;
  const pace = evaluationPace(ROUND_MS, toMs);
  const { signal } = new AbortController();
  await watch.advance({ fromMs: START_MS, toMs, pace, signal });
  const costs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    costs.push(
      await undisturbed(async () => {
        const startedMs = cpuMs();
        toMs += ROUND_MS;
        await watch.advance({ fromMs: START_MS, toMs, pace, signal });
        return cpuMs() - startedMs;
      }),
    );
  }
  return { cpuMs: median(costs), megabytes: (await usedMegabytes()) - before };
}

const detectors = await measureDetectors();
const fleet = await measureFleet();
const share = ({ cpuMs: ms }: Cost): number => ms / ROUND_MS;
const row = (title: string, cost: Cost): readonly string[] => [
  title,
  cost.cpuMs.toFixed(0),
  `${(share(cost) * 100).toFixed(2)} %`,
  ((cost.cpuMs / SERIES) * 1000).toFixed(0),
  cost.megabytes.toFixed(0),
  ((cost.megabytes * 1e6) / SERIES).toFixed(0),
];
console.log(
  table(
    [`${SERIES} series`, 'CPU ms / 15 min', 'of a core', 'µs a series', 'MB', 'bytes a series'],
    [
      row(`detectors, a sample in 15 s, ${KNOWN_HOURS} h known`, detectors),
      row(`detect without HTTP, a sample a minute, ${FLEET_HOURS} h`, fleet),
    ],
  ),
);
console.log(`encoded: ${detectors.encodedBytes} bytes a series; verdicts: ${detectors.states}`);
console.log(`other processes used ${othersCpus().toFixed(2)} CPUs meanwhile`);
const isMet = [detectors, fleet].every(
  (cost) => share(cost) < BAR.cpuShare && cost.megabytes < BAR.megabytes,
);
console.log(
  `bar: under ${BAR.cpuShare * 100} % of a core and under ${BAR.megabytes} MB: ${isMet ? 'pass' : 'FAIL'}`,
);
process.exitCode = isMet ? 0 : 1;
