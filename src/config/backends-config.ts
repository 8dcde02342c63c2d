import type { SampleName } from '../model/sample.ts';
import type { Address } from './address.ts';
import type { PostgresUrl, RedisUrl } from './backend-url.ts';
import type { ClientTls } from '../model/client-tls.ts';

/** The tap before a PostgreSQL database. */
export interface DatabaseConfig {
  readonly upstream: Address;
  readonly listen: Address;
  /** Who encrypts towards the database: the client (`pass`), nobody (`decline`) or the sidecar (`originate`). */
  readonly tlsMode: 'pass' | 'decline' | 'originate';
  readonly tls: ClientTls;
  /** 0: no limit. */
  readonly connectTimeoutMs: number;
  /** Size of the server's pool, where it was told. */
  readonly poolSize?: number;
  readonly poolType: string;
  readonly maxStatements: number;
  readonly maxPipeline: number;
}

/** When a source is read. */
export interface SourceTiming {
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** The server's process: at most one of the three is there; none for a server that the sidecar starts itself. */
export interface ProcessConfig extends SourceTiming {
  readonly pid?: number;
  readonly port?: number;
  readonly command?: RegExp;
}

/** A connection pool as sessions of a PostgreSQL server. */
export interface PoolConfig {
  readonly poolType: string;
  readonly size?: number;
  readonly applicationName?: string;
  readonly user?: string;
  readonly database?: string;
}

/** A PostgreSQL server to read. */
export interface PostgresConfig extends SourceTiming {
  readonly url: PostgresUrl;
  /** Secret. */
  readonly password?: string;
  /** Absent: no TLS. */
  readonly tls?: ClientTls;
  readonly pools: readonly PoolConfig[];
}

/** A Redis server to read. */
export interface RedisConfig extends SourceTiming {
  readonly url: RedisUrl;
  /** Secret. */
  readonly password?: string;
  readonly tls: ClientTls;
  readonly cacheType: string;
}

/** What a mapping or a query becomes. */
export interface SampleTarget {
  readonly to: SampleName;
  readonly labels: Readonly<Record<string, string>>;
}

/** How a sample is made from the series of a page, all given as selectors. */
export type SeriesFormula =
  | { readonly value: string }
  | { readonly value: string; readonly of: string }
  | { readonly hits: string; readonly misses: string }
  | { readonly hits: string; readonly lookups: string };

/** The server's own metrics page. */
export interface ScrapeConfig extends SourceTiming {
  readonly url: string;
  /** Secret. */
  readonly token?: string;
  readonly tls: ClientTls;
  readonly map: readonly (SampleTarget & { readonly from: SeriesFormula })[];
}

/** A Prometheus-compatible API. */
export interface PrometheusConfig extends SourceTiming {
  readonly url: string;
  readonly username?: string;
  /** Secret. */
  readonly password?: string;
  /** Secret. */
  readonly token?: string;
  readonly tls: ClientTls;
  readonly queries: readonly (SampleTarget & { readonly query: string })[];
}

/** What is read beside the traffic; what is not configured is absent, but for when a process would be read. */
export interface SourcesConfig {
  readonly process: ProcessConfig;
  readonly postgres?: PostgresConfig;
  readonly redis?: RedisConfig;
  readonly scrape?: ScrapeConfig;
  readonly prometheus?: PrometheusConfig;
}
