import { accessSync, constants } from 'node:fs';
import type { Conflict } from './conflict.ts';
import { isMapping } from './raw-settings.ts';
import { whyUnreadable } from './read-yaml.ts';
import type { Settings } from './schema.ts';

type Probes = Settings['probes'];
type Entry = Probes['list'][number];

/** Longest maintenance that recurs, in milliseconds. */
const MAX_MAINTENANCE_MS = 86_400_000;

const LIST = 'probes.list';
const at = (entry: { readonly name: string }): string => `probe ${entry.name}`;

function entryProblems(entry: Entry, upstream: string | undefined): string[] {
  const { kind, url, command, interval, cron, cwd, env } = entry;
  const problems: string[] = [];
  if (kind === 'http' ? url === undefined : url === undefined && command === undefined) {
    problems.push(kind === 'http' ? 'want a url, got none' : 'want a url or a command, got neither');
  }
  if (kind === 'stdio' && command === undefined && url !== undefined) {
    problems.push('want a command, got a url');
  }
  if (kind === 'http' && command !== undefined) problems.push('want a url, got a command as well');
  else if (url !== undefined && command !== undefined) problems.push('want a url or a command, got both');
  if (command === undefined && (cwd !== undefined || Object.keys(env).length > 0)) {
    problems.push('want a command beside cwd and env, got none');
  }
  if (url?.startsWith('/') === true && upstream === undefined) {
    problems.push(
      `want upstream.url for the path ${JSON.stringify(url.replace(/\?.*$/s, '?***'))}, got none`,
    );
  }
  if (kind === 'http' && entry.credentials?.oauth !== undefined) {
    problems.push('want bearer, basic or headers for the kind http, got oauth');
  }
  if (interval !== undefined && cron !== undefined) problems.push('want an interval or cron, got both');
  if (entry.timeZone !== undefined && cron === undefined)
    problems.push('want cron beside timeZone, got none');
  return problems;
}

function repeated(setting: string, names: readonly string[]): Conflict[] {
  const twice = new Set(names.filter((name, i) => names.indexOf(name) !== i));
  return [...twice].map((name) => ({ names: [setting], problem: `want every name once, got ${name} again` }));
}

function maintenanceProblem(entry: Probes['maintenance'][number], probes: Probes): string | undefined {
  const { cron, duration, from, to } = entry;
  const recurs = cron !== undefined && duration !== undefined && from === undefined && to === undefined;
  const isOne = cron === undefined && duration === undefined && from !== undefined && to !== undefined;
  if (!recurs && !isOne) return 'want cron and duration, or from and to, got something else';
  if (recurs && duration > MAX_MAINTENANCE_MS) return 'want a duration of at most 24h, got a longer one';
  if (isOne && from >= to) return 'want from before to, got it after';
  const unknown = entry.probes.filter((name) => !probes.list.some((probe) => probe.name === name));
  return unknown.length === 0 ? undefined : `want names of probes, got ${unknown.join(', ')}`;
}

/** Combinations of the settings of the probes that cannot be. */
export function probeConflicts({ probes, upstream }: Settings): Conflict[] {
  return [
    ...probes.list.flatMap((entry) =>
      entryProblems(entry, upstream.url).map((problem): Conflict => ({
        names: [LIST],
        problem: `${at(entry)}: ${problem}`,
      })),
    ),
    ...repeated(
      LIST,
      probes.list.map(({ name }) => name),
    ),
    ...repeated(
      'probes.modules',
      probes.modules.map(({ name }) => name),
    ),
    ...probes.modules
      .filter(({ kind }) => kind === 'stdio')
      .map((entry): Conflict => ({
        names: ['probes.modules'],
        problem: `module ${entry.name}: want a kind over HTTP, got stdio`,
      })),
    ...probes.maintenance.flatMap((entry, i): Conflict[] => {
      const problem = maintenanceProblem(entry, probes);
      return problem === undefined
        ? []
        : [{ names: ['probes.maintenance'], problem: `entry ${i + 1}: ${problem}` }];
    }),
  ];
}

/** Where secrets and certificates of an entry come from. */
function sourcesOf(value: unknown): { readonly file?: string; readonly env?: string }[] {
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    if (typeof each !== 'string') return sourcesOf(each);
    if (['file', 'caFile', 'certFile', 'keyFile'].includes(key)) return [{ file: each }];
    return key === 'env' ? [{ env: each }] : [];
  });
}

function sourceProblem(
  { file, env }: { readonly file?: string; readonly env?: string },
  variables: NodeJS.ProcessEnv,
) {
  if (env !== undefined)
    return (variables[env] ?? '') === '' ? `want the variable ${env} set, got nothing` : undefined;
  try {
    accessSync(file ?? '', constants.R_OK);
    return undefined;
  } catch (error) {
    return `want a readable file, got ${JSON.stringify(file)} (${whyUnreadable(error)})`;
  }
}

/**
 * Every secret or certificate of a probe that cannot be read now. They are read
 * anew before each run; this is for whoever writes the configuration.
 */
export function probeSecretProblems(
  probes: Probes,
  variables: NodeJS.ProcessEnv,
): readonly { readonly name: string; readonly problem: string }[] {
  const entries = [
    ...probes.list.map((entry) => ({ name: LIST, what: at(entry), entry })),
    ...probes.modules.map((entry) => ({ name: 'probes.modules', what: `module ${entry.name}`, entry })),
  ];
  return entries.flatMap(({ name, what, entry }) =>
    [...sourcesOf(entry.credentials), ...sourcesOf(entry.tls)].flatMap((source) => {
      const problem = sourceProblem(source, variables);
      return problem === undefined ? [] : [{ name, problem: `${what}: ${problem}` }];
    }),
  );
}
