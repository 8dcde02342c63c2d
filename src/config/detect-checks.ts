import type { Conflict } from './conflict.ts';
import { credentialConflicts } from './credential-checks.ts';
import type { Settings } from './schema.ts';
import { pairConflict, tlsWithoutUse } from './tls-checks.ts';
import { PROFILE_UNITS } from './to-detectors.ts';

type Query = Settings['detect']['queries'][number];

/** The width of a detector's bins: with less than a sample in each it sees nothing. */
const MOST_STEP_MS = 300_000;

function formProblem({ detector, selector, name, query, profile, unit }: Query): string | undefined {
  if (detector === undefined) {
    if (name === undefined || query === undefined) {
      const got = [name === undefined ? [] : ['name'], query === undefined ? [] : ['query']].flat();
      return `want detector, or name and query, got ${got.length === 0 ? 'neither' : `${got[0]} only`}`;
    }
    return selector === undefined ? undefined : 'want selector with a detector only, got a query';
  }
  const others = Object.entries({ name, query, profile, unit }).filter(([, given]) => given !== undefined);
  return others.length === 0
    ? undefined
    : `want detector alone, got ${others.map(([key]) => key).join(' and ')} as well`;
}

/** Unit of a limit that the known detectors take. */
const unitOf = ({ detector, profile = 'memory', unit }: Query): string => {
  if (detector === undefined) return unit ?? PROFILE_UNITS[profile];
  if (detector === 'memory' || detector === 'bytes_per_session') return 'bytes';
  if (detector === 'latency') return 'seconds';
  return detector === 'throughput' ? 'per_second' : 'count';
};

function limitProblem(query: Query): string | undefined {
  const { limit, limitQuery } = query;
  if (limit !== undefined && limitQuery !== undefined) return 'want one of limit and limitQuery, got both';
  const unit = unitOf(query);
  if (limit?.unit === undefined || limit.unit === unit) return undefined;
  return `want a limit in ${unit}, got one in ${limit.unit}`;
}

function queryConflicts(queries: readonly Query[]): Conflict[] {
  const names = queries.map(({ detector, name }) => detector ?? name);
  return queries.flatMap((query, index): Conflict[] => {
    const name = names[index];
    const first = names.indexOf(name);
    // One detector may be there for several selectors.
    const areDetectors = [query, queries[first]].every((each) => each?.detector !== undefined);
    const isTaken = name !== undefined && first !== index && !areDetectors;
    const problem =
      formProblem(query) ??
      limitProblem(query) ??
      (isTaken ? `want names that differ, got ${name} again` : undefined);
    return problem === undefined
      ? []
      : [{ names: ['detect.queries'], problem: `entry ${index + 1}: ${problem}` }];
  });
}

function timeConflicts({ step, interval, history, delay }: Settings['detect']): Conflict[] {
  const found: Conflict[] = [];
  if (step > MOST_STEP_MS) found.push({ names: ['detect.step'], problem: 'want at most 5m, got more' });
  if (step > interval) {
    const problem = 'want detect.interval at least as long, got less';
    found.push({ names: ['detect.step', 'detect.interval'], problem });
  }
  if (delay >= history) {
    found.push({
      names: ['detect.delay', 'detect.history'],
      problem: 'want less than detect.history, got more',
    });
  }
  return found;
}

/**
 * Combinations of the settings of `detect` that cannot be.
 * @param givenSecrets names of the secrets that came from the environment.
 */
export function detectConflicts({ detect }: Settings, givenSecrets: ReadonlySet<string>): Conflict[] {
  const { url, tls, queries } = detect;
  const found = [
    ...pairConflict('detect.tls', tls),
    ...credentialConflicts('detect', detect, givenSecrets),
    ...queryConflicts(queries),
    ...timeConflicts(detect),
  ];
  if (url?.startsWith('http:') === true) {
    const problem = 'want a detect.url with https beside it, got http';
    found.push(...tlsWithoutUse('detect.tls', tls, 'detect.url', problem));
  }
  return found;
}
