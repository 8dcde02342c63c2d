import { SAMPLE_METRICS, type SampleName } from '../model/sample.ts';
import type { SampleTarget } from './backends-config.ts';
import type { Conflict } from './conflict.ts';
import { credentialConflicts } from './credential-checks.ts';
import type { Settings } from './schema.ts';
import { pairConflict, tlsWithoutUse } from './tls-checks.ts';

type Sources = Settings['sources'];

/** A sample that something is configured to fill, and the settings that say so. */
interface Filled {
  readonly setting: string;
  readonly name: SampleName;
  readonly labels: Readonly<Record<string, string>>;
}

function databaseConflicts({ database }: Settings): Conflict[] {
  const { tls } = database;
  const found = pairConflict('database.tls', tls);
  if (tls.mode !== 'originate') {
    const problem = `want database.tls.mode originate beside it, got ${tls.mode}`;
    found.push(...tlsWithoutUse('database.tls', tls, 'database.tls.mode', problem));
  }
  return found;
}

function processConflicts({ process }: Sources): Conflict[] {
  const given = (['pid', 'port', 'command'] as const).filter((key) => process[key] !== undefined);
  const [first, second] = given;
  if (first === undefined || second === undefined) return [];
  return [
    {
      names: [`sources.process.${second}`, `sources.process.${first}`],
      problem: `want one of pid, port and command, got ${given.join(' and ')}`,
    },
  ];
}

function tlsConflicts({ postgres, redis, scrape, prometheus }: Sources): Conflict[] {
  const found: Conflict[] = [];
  for (const [name, { tls }] of Object.entries({ postgres, redis, scrape, prometheus })) {
    found.push(...pairConflict(`sources.${name}.tls`, tls));
  }
  if (!postgres.tls.enabled) {
    const problem = 'want sources.postgres.tls.enabled true beside it, got false';
    found.push(
      ...tlsWithoutUse('sources.postgres.tls', postgres.tls, 'sources.postgres.tls.enabled', problem),
    );
  }
  if (redis.url?.tls === false) {
    const problem = 'want a sources.redis.url with rediss beside it, got redis';
    found.push(...tlsWithoutUse('sources.redis.tls', redis.tls, 'sources.redis.url', problem));
  }
  for (const [name, { url, tls }] of Object.entries({ scrape, prometheus })) {
    if (url?.startsWith('http:') !== true) continue;
    const problem = `want a sources.${name}.url with https beside it, got http`;
    found.push(...tlsWithoutUse(`sources.${name}.tls`, tls, `sources.${name}.url`, problem));
  }
  return found;
}

function withoutUrl({ sources, detectors }: Settings): Conflict[] {
  const needUrl = {
    'sources.postgres': [sources.postgres.url, sources.postgres.pools.length > 0 ? 'pools' : undefined],
    'sources.scrape': [sources.scrape.url, sources.scrape.map.length > 0 ? 'map' : undefined],
    'sources.prometheus': [
      sources.prometheus.url,
      sources.prometheus.queries.length > 0 ? 'queries' : undefined,
    ],
  } as const;
  const found = Object.entries(needUrl).flatMap(([section, [url, given]]): Conflict[] =>
    url === undefined && given !== undefined
      ? [{ names: [`${section}.${given}`], problem: `want ${section}.url beside it, got none` }]
      : [],
  );
  // Detectors may have use for it without queries.
  const isOfUse = sources.prometheus.queries.length > 0 || detectors.enabled;
  if (sources.prometheus.url !== undefined && !isOfUse) {
    const problem = 'want sources.prometheus.queries or detectors.enabled beside it, got neither';
    found.push({ names: ['sources.prometheus.url', 'sources.prometheus.queries'], problem });
  }
  return found;
}

function formConflict(map: Sources['scrape']['map'][number], index: number): Conflict[] {
  const given = (['value', 'of', 'hits', 'misses', 'lookups'] as const).filter(
    (key) => map[key] !== undefined,
  );
  const forms = ['value', 'value,of', 'hits,misses', 'hits,lookups'];
  if (forms.includes(given.join(','))) return [];
  const got = given.length === 0 ? 'none of them' : given.join(' and ');
  return [
    {
      names: ['sources.scrape.map'],
      problem: `entry ${index + 1}: want value, value and of, hits and misses, or hits and lookups, got ${got}`,
    },
  ];
}

function labelConflict(setting: string, { to: name, labels }: SampleTarget, index: number): Conflict[] {
  const wanted: readonly string[] = SAMPLE_METRICS[name].labels;
  const got = Object.keys(labels);
  if (wanted.length === got.length && wanted.every((label) => got.includes(label))) return [];
  const text = (names: readonly string[]) => (names.length === 0 ? 'none' : names.join(', '));
  return [
    {
      names: [setting],
      problem: `entry ${index + 1}: want the labels of ${name} (${text(wanted)}), got ${text(got)}`,
    },
  ];
}

function filledBy({ database, sources }: Settings): Filled[] {
  const { postgres, redis, scrape, prometheus } = sources;
  const filled: Filled[] = [];
  const pool = (setting: string, poolType: string) =>
    filled.push({ setting, name: 'connection_pool_usage', labels: { pool_type: poolType } });
  const cache = (setting: string, cacheType: string) =>
    filled.push({ setting, name: 'cache_hit_rate', labels: { cache_type: cacheType } });
  if (database.upstream !== undefined && database.poolSize !== undefined) {
    pool('database.poolType', database.poolType);
  }
  if (postgres.url !== undefined) {
    cache('sources.postgres.url', 'postgres');
    if (postgres.pools.length === 0) pool('sources.postgres.url', 'postgres');
  }
  for (const { poolType } of postgres.pools) pool('sources.postgres.pools', poolType);
  if (redis.url !== undefined) cache('sources.redis.cacheType', redis.cacheType);
  for (const { to, labels } of scrape.map) filled.push({ setting: 'sources.scrape.map', name: to, labels });
  for (const { to, labels } of prometheus.queries) {
    filled.push({ setting: 'sources.prometheus.queries', name: to, labels });
  }
  return filled;
}

function clashes(filled: readonly Filled[]): Conflict[] {
  const seen = new Map<string, Filled>();
  return filled.flatMap((each): Conflict[] => {
    const labels = Object.entries(each.labels).toSorted(([a], [b]) => a.localeCompare(b));
    const series = `${each.name}{${labels.map(([label, value]) => `${label}="${value}"`).join(',')}}`;
    const first = seen.get(series);
    if (first === undefined) {
      seen.set(series, each);
      return [];
    }
    const where = first.setting === each.setting ? 'it twice' : `${first.setting} as well`;
    return [{ names: [each.setting, first.setting], problem: `want ${series} filled once, got ${where}` }];
  });
}

/**
 * Combinations of the settings of the database tap and of the sources that cannot be.
 * @param given names of the secrets that came from the environment.
 */
export function backendConflicts(settings: Settings, given: ReadonlySet<string>): Conflict[] {
  const { sources } = settings;
  const filled = filledBy(settings);
  return [
    ...databaseConflicts(settings),
    ...processConflicts(sources),
    ...tlsConflicts(sources),
    ...credentialConflicts('sources.prometheus', sources.prometheus, given),
    ...withoutUrl(settings),
    ...sources.scrape.map.flatMap(formConflict),
    ...sources.scrape.map.flatMap((map, i) => labelConflict('sources.scrape.map', map, i)),
    ...sources.prometheus.queries.flatMap((query, i) =>
      labelConflict('sources.prometheus.queries', query, i),
    ),
    ...clashes(filled),
  ];
}
