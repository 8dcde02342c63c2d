import type {
  DatabaseConfig,
  PostgresConfig,
  PrometheusConfig,
  ProcessConfig,
  RedisConfig,
  ScrapeConfig,
  SeriesFormula,
  SourcesConfig,
  SourceTiming,
} from './backends-config.ts';
import type { ClientTls } from '../model/client-tls.ts';
import { given } from './given.ts';
import type { FileContents } from './read-secrets.ts';
import type { Settings } from './schema.ts';
import { detectorMappings, detectorQueries } from './to-detectors.ts';

type Sources = Settings['sources'];

/** Puts the settings of a TLS section and what its files hold together. */
export function clientTls(
  pem: Omit<ClientTls, 'serverName' | 'rejectUnauthorized'>,
  settings: { readonly serverName?: string | undefined; readonly verify: boolean },
): ClientTls {
  const { serverName, verify } = settings;
  return { ...pem, ...(serverName === undefined ? {} : { serverName }), rejectUnauthorized: verify };
}

/** At most the interval: readings of one source never overlap. */
function timing({ interval, timeout }: { interval: number; timeout: number }): SourceTiming {
  return { intervalMs: interval, timeoutMs: Math.min(timeout, interval) };
}

function processConfig({ process }: Sources): ProcessConfig {
  const { pid, port, command } = process;
  return { ...given({ pid, port, command }), ...timing(process) };
}

function postgresConfig({ postgres }: Sources, files: FileContents): PostgresConfig | undefined {
  const { url, tls, pools } = postgres;
  if (url === undefined) return undefined;
  return {
    url,
    ...given({ password: files.secrets.get('sources.postgres.password') }),
    ...(tls.enabled && { tls: clientTls(files.postgresTls, tls) }),
    pools: pools.map(({ poolType, ...rest }) => ({ poolType, ...given(rest) })),
    ...timing(postgres),
  };
}

function redisConfig({ redis }: Sources, files: FileContents): RedisConfig | undefined {
  const { url, tls, cacheType } = redis;
  if (url === undefined) return undefined;
  const password = given({ password: files.secrets.get('sources.redis.password') });
  return { url, ...password, tls: clientTls(files.redisTls, tls), cacheType, ...timing(redis) };
}

function formula({ value, of, hits, misses, lookups }: Sources['scrape']['map'][number]): SeriesFormula {
  if (hits !== undefined) return misses === undefined ? { hits, lookups: lookups ?? '' } : { hits, misses };
  return of === undefined ? { value: value ?? '' } : { value: value ?? '', of };
}

function scrapeConfig(settings: Settings, files: FileContents): ScrapeConfig | undefined {
  const { scrape } = settings.sources;
  const { url, tls } = scrape;
  if (url === undefined) return undefined;
  return {
    url,
    ...given({ token: files.secrets.get('sources.scrape.token') }),
    tls: clientTls(files.scrapeTls, tls),
    map: [
      ...scrape.map.map((entry) => ({ to: entry.to, labels: entry.labels, from: formula(entry) })),
      ...detectorMappings(settings),
    ],
    ...timing(scrape),
  };
}

function prometheusConfig(settings: Settings, files: FileContents): PrometheusConfig | undefined {
  const { prometheus } = settings.sources;
  const { url, tls, username, queries } = prometheus;
  if (url === undefined) return undefined;
  const password = files.secrets.get('sources.prometheus.password');
  const token = files.secrets.get('sources.prometheus.token');
  return {
    url: url.replace(/\/$/, ''),
    ...given({ username, password, token }),
    tls: clientTls(files.prometheusTls, tls),
    queries: [...queries, ...detectorQueries(settings)],
    ...timing(prometheus),
  };
}

/** The database tap, if it is configured. */
export function toDatabase({ database }: Settings, files: FileContents): DatabaseConfig | undefined {
  const { upstream, listen, tls, connectTimeout, poolSize, ...rest } = database;
  if (upstream === undefined) return undefined;
  return {
    ...rest,
    upstream,
    listen,
    tlsMode: tls.mode,
    tls: clientTls(files.databaseTls, tls),
    connectTimeoutMs: connectTimeout,
    ...given({ poolSize }),
  };
}

/** The sources that are configured. */
export function toSources(settings: Settings, files: FileContents): SourcesConfig {
  const { sources } = settings;
  const process = processConfig(sources);
  const rest = given({
    postgres: postgresConfig(sources, files),
    redis: redisConfig(sources, files),
    scrape: scrapeConfig(settings, files),
    prometheus: prometheusConfig(settings, files),
  });
  return { process, ...rest };
}
