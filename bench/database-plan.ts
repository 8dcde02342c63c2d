import { parseArgs } from 'node:util';
import { DATABASE_LOADS, type DatabaseLoad } from './database-loads.ts';
import { DATABASE_TARGET_NAMES, type DatabaseTargetName } from './database-targets.ts';

/** What a run does, and for how long. */
export interface DatabasePlan {
  readonly rounds: number;
  /** No round begins that would end later than this. */
  readonly limitMs: number;
  readonly targets: readonly DatabaseTargetName[];
  readonly loads: readonly DatabaseLoad[];
  /** Length of a window, as pgbench takes it. */
  readonly windowSeconds: number;
  /** Branches of 100,000 accounts. */
  readonly scale: number;
  /** Idle connections whose memory is measured; 0 leaves it out. */
  readonly idleConnections: number;
  /** Rest before memory is read. */
  readonly settleMs: number;
  /** Time for repeating windows that other processes disturbed. */
  readonly patienceMs: number;
  readonly strict: boolean;
  readonly jsonFile: string | undefined;
  readonly sidecarNodeOptions: readonly string[];
}

const LOAD_NAMES = DATABASE_LOADS.map(({ name }) => name);

const FULL = { rounds: 4, limitSeconds: 240, windowSeconds: 1, scale: 8, settleMs: 1500 } as const;
const QUICK = { rounds: 1, limitSeconds: 60, windowSeconds: 1, scale: 1, settleMs: 500 } as const;
const QUICK_LOADS = ['select simple', 'select prepared', 'tpcb extended', 'wide rows', 'narrow rows'];

/** What `--help` prints. */
export const DATABASE_USAGE = `bench/database.ts [options]
  --quick                 one round, and half of the loads: at most 60 s instead of 4 minutes
  --strict                exit code 1 if a criterion of the bar is missed
  --json FILE             write the figures as JSON
  --rounds N              number of interleaved rounds
  --limit SECONDS         begin no round that would end later
  --window-s N            length of each measured window, in whole seconds
  --patience SECONDS      repeat windows that other processes disturb, for so long in all (default 0); beyond the limit
  --targets a,b           only these: ${DATABASE_TARGET_NAMES.join(', ')}
  --loads a,b             only these: ${LOAD_NAMES.join(', ')}
  --idle-connections N    idle connections whose memory is measured (default 200), 0 for none
  --sidecar-node-option O option for the sidecar's node, e.g. --cpu-prof (repeatable)`;

function pick<T extends string>(option: string, given: string, known: readonly T[]): readonly T[] {
  const names = given.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !known.some((item) => item === name));
  if (unknown.length > 0) {
    throw new Error(`--${option}: want some of ${known.join(', ')}, got ${unknown.join(', ')}`);
  }
  return known.filter((item) => names.includes(item));
}

function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new Error(`--${option}: want a whole number from ${min} to ${max}, got ${text}`);
}

/** Reads the command line; undefined if it asks for help. Throws an Error that names the first mistake. */
export function readDatabasePlan(args: readonly string[]): DatabasePlan | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      json: { type: 'string' },
      rounds: { type: 'string' },
      limit: { type: 'string' },
      'window-s': { type: 'string' },
      patience: { type: 'string', default: '0' },
      targets: { type: 'string' },
      loads: { type: 'string' },
      'idle-connections': { type: 'string', default: '200' },
      'sidecar-node-option': { type: 'string', multiple: true, default: [] },
    },
  });
  if (values.help) return undefined;
  const budget = values.quick ? QUICK : FULL;
  const loads = values.loads ?? (values.quick ? QUICK_LOADS : LOAD_NAMES).join(',');
  const loadNames = pick('loads', loads, LOAD_NAMES);
  const seconds = (option: string, text: string): number => wholeNumber(option, text, 0, 3600) * 1000;
  return {
    rounds: wholeNumber('rounds', values.rounds ?? String(budget.rounds), 1, 50),
    limitMs: seconds('limit', values.limit ?? String(budget.limitSeconds)),
    targets: pick('targets', values.targets ?? DATABASE_TARGET_NAMES.join(','), DATABASE_TARGET_NAMES),
    loads: DATABASE_LOADS.filter(({ name }) => loadNames.includes(name)),
    windowSeconds: wholeNumber('window-s', values['window-s'] ?? String(budget.windowSeconds), 1, 60),
    scale: budget.scale,
    idleConnections: wholeNumber('idle-connections', values['idle-connections'], 0, 5000),
    settleMs: budget.settleMs,
    patienceMs: seconds('patience', values.patience),
    strict: values.strict,
    jsonFile: values.json,
    sidecarNodeOptions: values['sidecar-node-option'],
  };
}
