import type { Config } from '../config/config.ts';
import { parseDuration } from '../config/duration.ts';
import { loadConfig } from '../config/load-config.ts';
import { didYouMean } from '../config/suggest.ts';
import { parseTime } from '../fleet/series-csv.ts';
import { VERDICT_STATES, type VerdictState } from '../model/verdict.ts';
import { takeOptions } from './command.ts';

/** How what was found is told. */
export interface ReportOptions {
  readonly json: boolean;
  /** Verdicts whose evidence is drawn, the worst first. */
  readonly explain: number;
  /** Least state that fails the command. */
  readonly failOn: VerdictState | undefined;
}

/** What `detect` is to do. */
export type DetectOptions =
  | { readonly ok: false; readonly problems: readonly string[] }
  | { readonly ok: true; readonly mode: 'service'; readonly config: Config }
  | {
      readonly ok: true;
      readonly mode: 'range';
      readonly config: Config;
      readonly report: ReportOptions;
      readonly fromMs: number;
      readonly toMs: number;
    }
  | {
      readonly ok: true;
      readonly mode: 'csv';
      readonly config: Config;
      readonly report: ReportOptions;
      readonly file: string;
    };

/** Verdicts that are explained if it does not say how many. */
const EXPLAINED = 5;
const DAY_MS = 24 * 3_600_000;

/** Options that stand for settings. */
const ALIASES: Readonly<Record<string, string>> = {
  '--prometheus': '--detect.url',
  '--step': '--detect.step',
  '--interval': '--detect.interval',
  '--shard': '--detect.shard',
  '--max-series': '--detect.max-series',
  '--listen': '--admin',
};

/** Options of which each is a key of an entry in `detect.queries`. */
const QUERY_KEYS: Readonly<Record<string, string>> = {
  '--detector': 'detector',
  '--selector': 'selector',
  '--query': 'query',
  '--profile': 'profile',
  '--unit': 'unit',
  '--limit': 'limit',
  '--limit-query': 'limitQuery',
  '--load-query': 'loadQuery',
  '--start-query': 'startQuery',
  '--on': 'on',
};

const OWN = ['--from', '--to', '--csv', '--fail-on'];

const aMoment = 'now, how long ago (such as 7d or 90m), Unix seconds or ISO 8601';

/** A moment as it was written; undefined if it is none. */
function parseMoment(text: string, nowMs: number): number | undefined {
  if (text === 'now') return nowMs;
  const days = /^(\d+(?:\.\d+)?)d$/.exec(text)?.[1];
  const agoMs = days === undefined ? parseDuration(text) : Number(days) * DAY_MS;
  return agoMs === undefined ? parseTime(text) : nowMs - agoMs;
}

/** Bare words among the arguments, and what is left of these. */
function takeSwitches(argv: readonly string[]) {
  const rest: string[] = [];
  const found = { json: false, serve: false, explain: 0 };
  const problems: string[] = [];
  for (const arg of argv) {
    const [, count] = /^--explain=(.*)$/.exec(arg) ?? [];
    if (arg === '--json') found.json = true;
    else if (arg === '--serve') found.serve = true;
    else if (arg === '--explain') found.explain = EXPLAINED;
    else if (count === undefined) rest.push(arg);
    else if (/^[1-9]\d{0,3}$/.test(count)) found.explain = Number(count);
    else problems.push(`--explain: want a number from 1 to 9999, got ${JSON.stringify(count)}`);
  }
  return { ...found, rest, problems };
}

/** The entry of `detect.queries` that the options describe; undefined if there are none. */
function queryEntry(values: ReadonlyMap<string, string>): Record<string, unknown> | undefined {
  const given = Object.entries(QUERY_KEYS).filter(([option]) => values.has(option));
  if (given.length === 0 && !values.has('--csv')) return undefined;
  const entry: Record<string, unknown> = {};
  for (const [option, key] of given) {
    const text = values.get(option) ?? '';
    if (key === 'on') entry[key] = text.split(',').map((label) => label.trim());
    else entry[key] = key === 'limit' && /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  }
  if (values.has('--csv')) entry['query'] = 'csv';
  if (entry['detector'] === undefined) entry['name'] = entry['profile'] ?? 'memory';
  return entry;
}

/** Options that cannot stand together, or lack another. */
function combinationProblems(values: ReadonlyMap<string, string>, isService: boolean): readonly string[] {
  const reading = [...OWN.slice(0, 2), '--fail-on'].filter((option) => values.has(option));
  const asking = ['--prometheus', '--query', '--detector', '--selector', '--from', '--to', '--limit-query'];
  const besideCsv = [...asking, '--load-query', '--start-query', '--on'].filter((option) =>
    values.has(option),
  );
  return [
    ...(values.has('--csv') ? besideCsv.map((option) => `${option}: want it without --csv, got both`) : []),
    ...(isService
      ? reading.map((option) => `${option}: want it without --serve and --listen, got both`)
      : []),
    ...(isService && values.has('--csv') ? ['--csv: want it without --serve and --listen, got both'] : []),
  ];
}

/**
 * Reads the arguments of `detect`.
 * @param nowMs Unix time, which `--from 7d` counts from.
 */
export function readDetectOptions(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  nowMs: number,
): DetectOptions {
  const switches = takeSwitches(argv);
  const names = [...Object.keys(ALIASES), ...Object.keys(QUERY_KEYS), ...OWN];
  const { values, rest, problems: wrong } = takeOptions(switches.rest, names);
  const isService = switches.serve || values.has('--listen');
  const problems = [...switches.problems, ...wrong, ...combinationProblems(values, isService)];
  const entry = queryEntry(values);
  const loaded = loadConfig({
    env,
    flags: [
      ...rest,
      // There is no proxy whose address could be in the way.
      '--listen=127.0.0.1:0',
      ...Object.entries(ALIASES).flatMap(([option, flag]) => {
        const value = values.get(option);
        return value === undefined ? [] : [`${flag}=${value}`];
      }),
      ...(entry === undefined ? [] : [`--detect.queries=${JSON.stringify([entry])}`]),
    ],
  });
  if (!loaded.ok) {
    const own = [...names, '--json', '--explain', '--serve'];
    return {
      ok: false,
      problems: [...problems, ...loaded.problems.map((text) => withSuggestion(text, own))],
    };
  }
  const { config } = loaded;
  const moment = (option: string, usual: number): number => {
    const text = values.get(option);
    const read = text === undefined ? usual : parseMoment(text, nowMs);
    if (read === undefined) problems.push(`${option}: want ${aMoment}, got ${JSON.stringify(text)}`);
    return read ?? usual;
  };
  const toMs = moment('--to', nowMs);
  const fromMs = moment('--from', toMs - config.detect.historyMs);
  if (fromMs >= toMs) problems.push('--from: want a time before --to, got a later one');
  const failOn = values.get('--fail-on');
  const state = VERDICT_STATES.find((each) => each === failOn && each !== 'none');
  if (failOn !== undefined && state === undefined) {
    problems.push(`--fail-on: want watch, ticket, urgent or page, got ${JSON.stringify(failOn)}`);
  }
  const file = values.get('--csv');
  if (file === undefined) problems.push(...askingProblems(config));
  if (problems.length > 0) return { ok: false, problems };
  const report = { json: switches.json, explain: switches.explain, failOn: state };
  if (isService) return { ok: true, mode: 'service', config };
  if (file !== undefined) return { ok: true, mode: 'csv', config, report, file };
  return { ok: true, mode: 'range', config, report, fromMs, toMs };
}

/** The loader knows flags of settings only: what is like none of these may be meant for an option of ours. */
function withSuggestion(problem: string, options: readonly string[]): string {
  const flag = /^(--[^\s:]+): unknown flag$/.exec(problem)?.[1];
  return flag === undefined ? problem : `${problem}${didYouMean(flag, options)}`;
}

function askingProblems({ detect }: Config): readonly string[] {
  return [
    ...(detect.url === undefined
      ? ['want --prometheus URL, detect.url in the file or --csv FILE, got none of them']
      : []),
    ...(detect.queries.length === 0
      ? ['want --detector NAME, --query PROMQL or detect.queries in the file, got none of them']
      : []),
  ];
}
