import { parseArgs } from 'node:util';
import { TARGET_NAMES, type TargetName } from './targets.ts';

/** Parts of a run. */
export const PHASES = ['cpu', 'latency', 'events', 'memory'] as const;

/** One part of a run. */
export type Phase = (typeof PHASES)[number];

/** What a run does, and for how long. */
export interface Plan {
  readonly rounds: number;
  readonly targets: readonly TargetName[];
  readonly phases: readonly Phase[];
  /** Full load, then half as long at the highest rate, before the first round: just-in-time compilers take their time. */
  readonly firstWarmupMs: number;
  readonly warmupMs: number;
  readonly fullLoadMs: number;
  readonly openLoopMs: number;
  readonly eventsMs: number;
  /** Rest before memory is read. */
  readonly settleMs: number;
  /** Targets whose memory is measured. */
  readonly memoryTargets: readonly TargetName[];
  readonly connections: number;
  readonly ratesPerSecond: readonly number[];
  readonly streamCounts: readonly number[];
  readonly eventStreams: number;
  /** Time for repeating windows that other processes disturbed. */
  readonly patienceMs: number;
  readonly strict: boolean;
  readonly jsonFile: string | undefined;
  readonly sidecarNodeOptions: readonly string[];
}

const FULL = {
  rounds: 5,
  firstWarmupMs: 2500,
  warmupMs: 300,
  fullLoadMs: 1500,
  openLoopMs: 2200,
  eventsMs: 1000,
  settleMs: 1500,
  memoryTargets: ['nginx', 'http-proxy-3', 'sidecar', 'sidecar, no tap'],
} as const;

const QUICK = {
  rounds: 2,
  firstWarmupMs: 500,
  warmupMs: 200,
  fullLoadMs: 600,
  openLoopMs: 1000,
  eventsMs: 400,
  settleMs: 500,
  memoryTargets: ['nginx', 'http-proxy-3', 'sidecar'],
} as const;

/** What `--help` prints. */
export const USAGE = `bench/overhead.ts [options]
  --quick                 shorter windows, two rounds: at most 90 s instead of 6 minutes
  --strict                exit code 1 if a criterion of the bar is missed
  --json FILE             write the figures as JSON
  --rounds N              number of interleaved rounds
  --patience SECONDS      repeat windows that other processes disturb, for so long in all (default 0)
  --window-ms N           length of each measured window
  --targets a,b           only these: ${TARGET_NAMES.join(', ')}  (separate with ; a name that holds a comma)
  --phases a,b            only these: ${PHASES.join(', ')}
  --sidecar-node-option O option for the sidecar's node, e.g. --cpu-prof (repeatable)`;

function pick<T extends string>(
  option: string,
  given: string | undefined,
  known: readonly T[],
): readonly T[] {
  if (given === undefined) return known;
  const names = given.split(given.includes(';') ? ';' : ',').map((name) => name.trim());
  const unknown = names.filter((name) => name !== '' && !known.some((item) => item === name));
  if (unknown.length > 0) {
    throw new Error(`--${option}: want some of ${known.join('; ')}, got ${unknown.join('; ')}`);
  }
  return known.filter((item) => names.includes(item));
}

function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new Error(`--${option}: want a whole number from ${min} to ${max}, got ${text}`);
}

function windows(ms: number): Pick<Plan, 'fullLoadMs' | 'openLoopMs' | 'eventsMs'> {
  return { fullLoadMs: ms, openLoopMs: ms, eventsMs: ms };
}

/** Reads the command line; undefined if it asks for help. Throws an Error with one line per mistake. */
export function readPlan(args: readonly string[]): Plan | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      json: { type: 'string' },
      rounds: { type: 'string' },
      'window-ms': { type: 'string' },
      patience: { type: 'string', default: '0' },
      targets: { type: 'string' },
      phases: { type: 'string' },
      'sidecar-node-option': { type: 'string', multiple: true, default: [] },
    },
  });
  if (values.help) return undefined;
  const budget = values.quick ? QUICK : FULL;
  const windowMs = values['window-ms'];
  return {
    ...budget,
    rounds: wholeNumber('rounds', values.rounds ?? String(budget.rounds), 1, 50),
    ...(windowMs !== undefined && windows(wholeNumber('window-ms', windowMs, 100, 20_000))),
    targets: pick('targets', values.targets, TARGET_NAMES),
    phases: pick('phases', values.phases, PHASES),
    connections: 32,
    ratesPerSecond: [850, 1890],
    streamCounts: [1000, 5000],
    eventStreams: 20,
    patienceMs: wholeNumber('patience', values.patience, 0, 3600) * 1000,
    strict: values.strict,
    jsonFile: values.json,
    sidecarNodeOptions: values['sidecar-node-option'],
  };
}
