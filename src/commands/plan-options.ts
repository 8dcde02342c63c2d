import type { CapacityDemand } from '../baselines/capacity-demand.ts';
import type { HpaTarget } from '../baselines/hpa-manifest.ts';
import type { CpuSource } from '../baselines/load-curves.ts';
import type { Config } from '../config/config.ts';
import { parseDuration } from '../config/duration.ts';
import { loadConfig } from '../config/load-config.ts';
import { parseSize } from '../config/size.ts';
import { didYouMean } from '../config/suggest.ts';
import { parseSelector } from '../model/series-selector.ts';
import { takeOptions } from './command.ts';

/** What of a demand was stated. */
export type StatedDemand = Partial<Omit<CapacityDemand, 'setUp'>>;

/** Which traffic of the past is taken for the demand. */
export interface TrafficOptions {
  /** Matchers of labels, without braces; may be empty. */
  readonly selector: string;
  readonly overMs: number;
  /** Which of the minute rates the demand is. */
  readonly take: 'peak' | 'p99';
}

/** What `plan` is to do. */
export type PlanOptions =
  | { readonly ok: false; readonly problems: readonly string[] }
  | {
      readonly ok: true;
      readonly config: Config;
      readonly json: boolean;
      readonly hpa: boolean;
      readonly simulate: boolean;
      readonly stated: StatedDemand;
      readonly traffic: TrafficOptions | undefined;
      readonly target: HpaTarget;
      readonly rampSeconds: number | undefined;
      readonly cpuSource: CpuSource | undefined;
    };

const DAY_MS = 24 * 3_600_000;
const WEEK_MS = 7 * DAY_MS;
const URL_OPTION = '--from-prometheus';

const VALUES = [
  '--rps',
  '--users',
  '--p99',
  '--request-size',
  '--response-size',
  '--error-budget',
  '--tier',
  '--headroom',
  '--max-connections',
  URL_OPTION,
  '--selector',
  '--over',
  '--take',
  '--deployment',
  '--namespace',
  '--ramp',
  '--cpu',
] as const;
const SWITCHES = ['--json', '--hpa', '--simulate'] as const;

/** A share as `30%` or `0.3`. */
function parseShare(text: string): number | undefined {
  const [, digits, percent] = /^(\d+(?:\.\d+)?) ?(%?)$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) / (percent === '%' ? 100 : 1);
}

function parseNumber(text: string): number | undefined {
  return /^\d+(\.\d+)?$/.test(text) && Number(text) > 0 && Number(text) <= 1e9 ? Number(text) : undefined;
}

const parseWhole = (text: string): number | undefined =>
  /^\d{1,9}$/.test(text) && Number(text) > 0 ? Number(text) : undefined;

function parseSpan(text: string): number | undefined {
  const days = /^(\d{1,3})d$/.exec(text)?.[1];
  return (days === undefined ? parseDuration(text) : Number(days) * DAY_MS) || undefined;
}

const within = (least: number, most: number) => (value: number | undefined) =>
  value !== undefined && value >= least && value <= most ? value : undefined;

function parseMatchers(text: string): string | undefined {
  try {
    parseSelector(`m{${text}}`);
    return text;
  } catch {
    return undefined;
  }
}

const parseName = (text: string): string | undefined =>
  /^[a-z0-9]([-a-z0-9]{0,57}[a-z0-9])?$/.test(text) ? text : undefined;

function oneOf<const Words extends readonly string[]>(words: Words) {
  return (text: string): Words[number] | undefined => words.find((word) => word === text);
}

/** Options that say nothing without another one. */
function idleProblems(values: ReadonlyMap<string, string>, isGiven: (name: string) => boolean): string[] {
  const needs: readonly (readonly [option: string, other: string])[] = [
    ['--selector', URL_OPTION],
    ['--over', URL_OPTION],
    ['--take', URL_OPTION],
    ['--deployment', '--hpa'],
    ['--namespace', '--hpa'],
    ['--ramp', '--simulate'],
    ['--cpu', '--simulate'],
  ];
  return needs.flatMap(([option, other]) =>
    values.has(option) && !isGiven(other) ? [`${option}: want ${other} beside it, got none`] : [],
  );
}

/** The loader knows flags of settings only: what is like none of these may be meant for an option of ours. */
function withSuggestion(problem: string): string {
  const flag = /^(--[^\s:]+): unknown flag$/.exec(problem)?.[1];
  return flag === undefined ? problem : `${problem}${didYouMean(flag, [...VALUES, ...SWITCHES])}`;
}

/** Reads the arguments of `plan`; settings (`--baseline FILE`, `--server.cache-strategy none`, `--detect.…`) may stand among them. */
export function readPlanOptions(argv: readonly string[], env: NodeJS.ProcessEnv): PlanOptions {
  const switches = new Set(argv.filter((arg) => SWITCHES.some((each) => each === arg)));
  const {
    values,
    rest,
    problems: wrong,
  } = takeOptions(
    argv.filter((arg) => !switches.has(arg)),
    VALUES,
  );
  const isGiven = (name: string) => switches.has(name) || values.has(name);
  const problems = [...wrong, ...idleProblems(values, isGiven)];
  const url = values.get(URL_OPTION);
  const loaded = loadConfig({
    env,
    flags: [...rest, ...(url === undefined ? [] : [`--detect.url=${url}`])],
  });
  if (!loaded.ok) problems.push(...loaded.problems.map(withSuggestion));
  const read = <T>(name: (typeof VALUES)[number], wanted: string, parse: (text: string) => T | undefined) => {
    const text = values.get(name);
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) problems.push(`${name}: want ${wanted}, got ${JSON.stringify(text)}`);
    return value;
  };
  const aSize = 'a size such as 2KB or 5KiB';
  const given = {
    requestsPerSecond: read('--rps', 'requests per second above 0, such as 1200', parseNumber),
    users: read('--users', 'a whole number of users from 1', parseWhole),
    p99Ms: read('--p99', 'a duration such as 300ms', (text) => parseDuration(text) || undefined),
    requestBytes: read('--request-size', aSize, (text) => parseSize(text) || undefined),
    responseBytes: read('--response-size', aSize, (text) => parseSize(text) || undefined),
    errorRatio: read('--error-budget', 'a share of requests above 0 and below 100%, such as 0.1%', (text) =>
      within(Number.MIN_VALUE, 0.999_999)(parseShare(text)),
    ),
    tier: read('--tier', 'the number of a tier, such as 2', parseWhole),
    headroomRatio: read('--headroom', 'a share from 0% to 90%, such as 30%', (text) =>
      within(0, 0.9)(parseShare(text)),
    ),
    maxConnections: read('--max-connections', 'a whole number of connections from 1', parseWhole),
  };
  const selector = read('--selector', `matchers of labels such as 'job="mcp"'`, parseMatchers) ?? '';
  const overMs = read('--over', 'a span from 1h to 90d, such as 7d', (text) =>
    within(3_600_000, 90 * DAY_MS)(parseSpan(text)),
  );
  const take = read('--take', 'peak or p99', oneOf(['peak', 'p99'] as const));
  const aName = 'a name of small letters, digits and -';
  const deployment = read('--deployment', aName, parseName) ?? 'mcp-server';
  const namespace = read('--namespace', aName, parseName);
  const rampMs = read('--ramp', 'a duration from 1m to 24h, such as 30m', (text) =>
    within(60_000, DAY_MS)(parseDuration(text)),
  );
  const cpuSource = read('--cpu', 'timeline or baseline', oneOf(['timeline', 'baseline'] as const));
  if (given.requestsPerSecond === undefined && !values.has('--rps') && url === undefined) {
    if (!switches.has('--simulate') || switches.has('--hpa')) {
      problems.push(`want --rps NUMBER or ${URL_OPTION} URL, got neither`);
    }
  }
  if (problems.length > 0 || !loaded.ok) return { ok: false, problems };
  const stated: StatedDemand = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  );
  return {
    ok: true,
    config: loaded.config,
    json: switches.has('--json'),
    hpa: switches.has('--hpa'),
    simulate: switches.has('--simulate'),
    stated,
    traffic: url === undefined ? undefined : { selector, overMs: overMs ?? WEEK_MS, take: take ?? 'peak' },
    target: { deployment, ...(namespace !== undefined && { namespace }) },
    rampSeconds: rampMs === undefined ? undefined : Math.round(rampMs / 1000),
    cpuSource,
  };
}
