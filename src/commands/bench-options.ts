import { didYouMean } from '../config/suggest.ts';
import { parseDuration } from '../config/duration.ts';
import { takeOptions } from './command.ts';

/** Who `bench` says it is, and what else it sends. */
export interface BenchHeaders {
  /** Name → value, as given; not secret. */
  readonly plain: Readonly<Record<string, string>>;
  /** Variable or file with a bearer token. */
  readonly bearer: { readonly env: string } | { readonly file: string } | undefined;
}

/** What `bench` is asked to do, apart from what becomes of its figures. */
export interface BenchOptions {
  /** URLs or the name of a probe; none with a command, or for the demo. */
  readonly targets: readonly string[];
  /** What stands behind `--`: the command of a server over stdio. */
  readonly command: readonly string[];
  readonly demo: boolean;
  readonly list: boolean;
  /** A built-in profile or a file; undefined: `light`, or what the next four say. */
  readonly profile: string | undefined;
  readonly ratePerSecond: number | undefined;
  readonly users: number | undefined;
  readonly requests: number | undefined;
  readonly durationMs: number | undefined;
  readonly timeScale: number;
  readonly runs: number;
  readonly warmUpMs: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly thinkTimeMs: number | undefined;
  readonly sessions: 'per_user' | 'per_request' | undefined;
  readonly era: 'auto' | 'legacy' | 'modern' | undefined;
  /** Only these tools. */
  readonly tools: readonly string[] | undefined;
  readonly exclude: readonly string[];
  /** YAML or JSON: arguments by tool. */
  readonly argumentsFile: string | undefined;
  readonly seed: number;
  readonly headers: BenchHeaders;
  readonly abortErrorRatio: number | undefined;
  readonly abortP99Ms: number | undefined;
  readonly maxInFlight: number;
  readonly maxRatePerSecond: number;
  readonly maxDurationMs: number;
  readonly honorRetryAfter: boolean;
  readonly pid: number | undefined;
  readonly isOwnServer: boolean;
}

/** The options, or every problem with them. */
export type ReadBenchOptions =
  | { readonly ok: true; readonly options: BenchOptions; readonly rest: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] };

const SWITCHES = ['--demo', '--list', '--honor-retry-after', '--yes-i-own-this-server'] as const;
// prettier-ignore
const VALUES = [
  '--profile', '--rate', '--users', '--requests', '--for', '--time-scale', '--runs',
  '--warm-up', '--timeout', '--think-time', '--sessions', '--era', '--tools', '--exclude',
  '--arguments', '--seed', '--bearer-env', '--bearer-file', '--abort-errors', '--abort-p99', '--max-in-flight',
  '--max-rate', '--max-duration', '--pid',
];

/** Enough for the spike of the document against a server that stands still for a second. */
const MAX_IN_FLIGHT = 2000;
/** Above what the profiles ask for; a slip of a zero is not. */
const MAX_RATE = 10_000;
/** The endurance profile with its warm-up. */
const MAX_DURATION_MS = 25 * 3_600_000;

/** Takes `--header 'Name: value'`, which may come again and again. */
function takeHeaders(argv: readonly string[]): {
  readonly headers: Readonly<Record<string, string>>;
  readonly rest: readonly string[];
  readonly problems: readonly string[];
} {
  const headers: Record<string, string> = {};
  const rest: string[] = [];
  const problems: string[] = [];
  for (let i = 0; i < argv.length; i += 1) {
    const arg = argv[i] ?? '';
    if (arg !== '--header' && !arg.startsWith('--header=')) {
      rest.push(arg);
      continue;
    }
    const text = arg === '--header' ? argv[(i += 1)] : arg.slice('--header='.length);
    const [, name, value] = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \t]*([\t\x20-\x7e]*)$/.exec(text ?? '') ?? [];
    if (name === undefined || value === undefined) {
      problems.push(`--header: want 'Name: value', got ${text === undefined ? 'nothing' : 'something else'}`);
    } else headers[name] = value;
  }
  return { headers, rest, problems };
}

/** Reads texts into values and gathers what is wrong with them. */
function createReader(values: ReadonlyMap<string, string>, problems: string[]) {
  const read = <T>(name: string, wanted: string, parse: (text: string) => T | undefined): T | undefined => {
    const text = values.get(name);
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) problems.push(`${name}: want ${wanted}, got ${JSON.stringify(text)}`);
    return value;
  };
  return {
    text: (name: string) => values.get(name),
    number: (name: string, above: number, most: number) =>
      read(name, `a number above ${above}, at most ${most}`, (text) => {
        const value = Number(text);
        return text.trim() !== '' && value > above && value <= most ? value : undefined;
      }),
    whole: (name: string, least: number, most: number) =>
      read(name, `a whole number from ${least} to ${most}`, (text) => {
        const value = Number(text);
        return /^\d+$/.test(text) && value >= least && value <= most ? value : undefined;
      }),
    duration: (name: string, least = 1) =>
      read(name, `a duration such as ${least === 0 ? '0s, ' : ''}500ms, 10s or 5m`, (text) => {
        const ms = parseDuration(text);
        return ms !== undefined && ms >= least ? ms : undefined;
      }),
    choice: <const Words extends readonly string[]>(name: string, words: Words) =>
      read(name, words.join(' or '), (text): Words[number] | undefined =>
        words.find((word) => word === text),
      ),
    names: (name: string) =>
      read(name, 'names, separated by commas', (text) => {
        const names = text.split(',').map((each) => each.trim());
        return names.every((each) => each !== '') ? names : undefined;
      }),
  };
}

function bearerOf(values: ReadonlyMap<string, string>): BenchHeaders['bearer'] {
  const env = values.get('--bearer-env');
  if (env !== undefined) return { env };
  const file = values.get('--bearer-file');
  return file === undefined ? undefined : { file };
}

/** What cannot stand together. */
function combinationProblems(options: BenchOptions, values: ReadonlyMap<string, string>): readonly string[] {
  const { targets, command, demo, profile, durationMs, ratePerSecond, requests } = options;
  const places = [targets.length > 0, command.length > 0, demo].filter(Boolean).length;
  const shape = ['--rate', '--requests', '--for'].filter((name) => values.has(name));
  return [
    ...(places > 1 ? ['target: want one of a URL, a command behind -- and --demo, got several'] : []),
    ...(profile === undefined ? [] : shape.map((name) => `${name}: want it without --profile, got both`)),
    ...(ratePerSecond !== undefined && requests !== undefined
      ? ['--requests: want it without --rate, got both']
      : []),
    ...(ratePerSecond !== undefined && durationMs === undefined
      ? ['--rate: want --for beside it, got none']
      : []),
    ...(values.has('--bearer-env') && values.has('--bearer-file')
      ? ['--bearer-file: want it without --bearer-env, got both']
      : []),
  ];
}

/** Reads the arguments of `bench` that are its own; `rest` are settings. */
export function readBenchOptions(argv: readonly string[]): ReadBenchOptions {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const command = argv.slice(end + 1);
  const firstOption = argv.slice(0, end).findIndex((arg) => arg.startsWith('-'));
  const targets = argv.slice(0, firstOption < 0 ? end : firstOption);
  const { headers, rest: unread, problems: wrongHeaders } = takeHeaders(argv.slice(targets.length, end));
  const isSwitch = (arg: string): boolean => SWITCHES.some((name) => name === arg);
  const has = (name: (typeof SWITCHES)[number]): boolean => unread.includes(name);
  const {
    values,
    rest,
    problems: wrong,
  } = takeOptions(
    unread.filter((arg) => !isSwitch(arg)),
    VALUES,
  );
  const problems = [...wrongHeaders, ...wrong];
  if (end < argv.length && command.length === 0) problems.push('--: want the command of a server, got none');
  const read = createReader(values, problems);
  const options: BenchOptions = {
    targets,
    command,
    demo: has('--demo'),
    list: has('--list'),
    profile: read.text('--profile'),
    ratePerSecond: read.number('--rate', 0, 100_000),
    users: read.whole('--users', 1, 100_000),
    requests: read.whole('--requests', 1, 1_000_000_000),
    durationMs: read.duration('--for'),
    timeScale: read.number('--time-scale', 0, 1000) ?? 1,
    runs: read.whole('--runs', 1, 100) ?? 1,
    warmUpMs: read.duration('--warm-up', 0),
    timeoutMs: read.duration('--timeout'),
    thinkTimeMs: read.duration('--think-time', 0),
    sessions: read.choice('--sessions', ['per_user', 'per_request']),
    era: read.choice('--era', ['auto', 'legacy', 'modern']),
    tools: read.names('--tools'),
    exclude: read.names('--exclude') ?? [],
    argumentsFile: read.text('--arguments'),
    seed: read.whole('--seed', 0, 4_294_967_295) ?? 1,
    headers: { plain: headers, bearer: bearerOf(values) },
    abortErrorRatio: read.number('--abort-errors', 0, 1),
    abortP99Ms: read.duration('--abort-p99'),
    maxInFlight: read.whole('--max-in-flight', 1, 50_000) ?? MAX_IN_FLIGHT,
    maxRatePerSecond: read.number('--max-rate', 0, 100_000) ?? MAX_RATE,
    maxDurationMs: read.duration('--max-duration') ?? MAX_DURATION_MS,
    honorRetryAfter: has('--honor-retry-after'),
    pid: read.whole('--pid', 1, 4_194_304),
    isOwnServer: has('--yes-i-own-this-server'),
  };
  problems.push(...combinationProblems(options, values));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, options, rest };
}

/** The loader knows flags of settings only: what is like none of these may be meant for an option of ours. */
export function suggestBenchOption(problem: string): string {
  const flag = /^(--[^\s:]+): unknown flag$/.exec(problem)?.[1];
  return flag === undefined ? problem : `${problem}${didYouMean(flag, [...SWITCHES, ...VALUES, '--header'])}`;
}
