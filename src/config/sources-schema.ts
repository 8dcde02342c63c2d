import { z } from 'zod';
import { SAMPLE_METRICS, type SampleName } from '../model/sample.ts';
import { setting } from './setting-meta.ts';
import { clientTlsShape, section } from './tls-section.ts';
import * as value from './value-types.ts';

const timing = (what: string) => ({
  interval: setting(value.intervalDuration().prefault('15s'), {
    kind: 'duration',
    about: `How often ${what} is read.`,
    example: '1m',
  }),
  timeout: setting(value.duration().prefault('5s'), {
    kind: 'duration',
    about: 'Time that a reading may take before it counts as failed; never more than the interval.',
    example: '2s',
  }),
});

const credentialFile = (kind: 'password' | 'token', name: string) =>
  setting(value.filePath().optional(), {
    kind: 'file',
    about: `File with the ${kind}. \`MCP_VITALS_SOURCES_${name}_${kind.toUpperCase()}\` gives the ${kind} itself instead.`,
    example: `/run/secrets/mcp-vitals-${name.toLowerCase()}`,
  });

const processSource = section({
  pid: setting(value.count(1, 2 ** 31 - 1).optional(), {
    kind: 'integer',
    about: "Process of the server, by id. The process's descendants are read with it.",
    example: 4711,
  }),
  port: setting(value.count(1, 65_535).optional(), {
    kind: 'integer',
    about: 'Process of the server, by the TCP port it listens on.',
    example: 8000,
  }),
  command: setting(value.pattern().optional(), {
    kind: 'text',
    about:
      'Process of the server, by a regular expression, ignoring case, that its command line matches (arguments joined by a space).',
    example: 'uvicorn',
  }),
  ...timing('the process'),
});

const poolKeys = ['poolType', 'size', 'applicationName', 'user', 'database'] as const;
const name = () => value.text('a name of at most 200 characters', /^[^\p{Cc}]{1,200}$/u);

const pool = section(
  {
    poolType: value.labelValue(),
    size: value.count(1, 1_000_000).optional(),
    applicationName: name().optional(),
    user: name().optional(),
    database: name().optional(),
  },
  'a mapping with poolType and size, applicationName, user or database',
);

const postgresSource = section(
  {
    url: setting(value.postgresUrl().optional(), {
      kind: 'url',
      about:
        'The PostgreSQL server whose pools, transactions, deadlocks and buffer cache are read. The account needs the role pg_monitor and nothing else.',
      example: 'postgres://vitals@127.0.0.1:5432/orders',
    }),
    passwordFile: credentialFile('password', 'POSTGRES'),
    tls: section({
      enabled: setting(value.toggle().prefault(false), {
        kind: 'boolean',
        about: 'Whether the connection is made over TLS.',
        example: true,
      }),
      ...clientTlsShape('server'),
    }).prefault({}),
    pools: setting(
      z.array(pool, { error: 'a list of mappings' }).max(50, { error: 'at most 50 entries' }).prefault([]),
      {
        kind: 'list',
        itemKeys: poolKeys,
        about:
          "Connection pools to tell apart, each with its `poolType` and the `applicationName`, `user` or `database` of its sessions. With a `size` the usage is the share of it that is not idle, without one the pool's sessions as a share of the server's connections. An empty list: all sessions as one pool `postgres`.",
        example: [{ poolType: 'orders', size: 20, applicationName: 'orders-mcp' }],
      },
    ),
    ...timing('the database'),
  },
  'the URL of the server or a mapping of settings',
);

const redisSource = section(
  {
    url: setting(value.redisUrl().optional(), {
      kind: 'url',
      about:
        'The Redis (or Valkey) server whose hit rate, memory and clients are read; `rediss:` for TLS. The account needs the command INFO and nothing else.',
      example: 'redis://vitals@127.0.0.1:6379',
    }),
    passwordFile: credentialFile('password', 'REDIS'),
    tls: section(clientTlsShape('server')).prefault({}),
    cacheType: setting(value.labelValue().prefault('redis'), {
      kind: 'text',
      about: 'Value of the label `cache_type` of its hit rate.',
      example: 'sessions',
    }),
    ...timing('the cache'),
  },
  'the URL of the server or a mapping of settings',
);

/** A detector's input is filled by the detector's own settings. */
const gauges = Object.entries(SAMPLE_METRICS).flatMap(([metric, { type }]) =>
  type === 'gauge' && metric !== 'mcp_detector_input' ? [metric] : [],
);
const isGauge = (text: string): text is SampleName => gauges.includes(text);

const target = {
  to: z
    .string({ error: `one of ${gauges.join(', ')}` })
    .refine(isGauge, { error: `one of ${gauges.join(', ')}` }),
  labels: z
    .record(z.string(), value.labelValue(), { error: 'a mapping of label names to values' })
    .prefault({}),
};

const mapping = section(
  {
    ...target,
    value: value.selector().optional(),
    of: value.selector().optional(),
    hits: value.selector().optional(),
    misses: value.selector().optional(),
    lookups: value.selector().optional(),
  },
  'a mapping with to, labels and value (and of), or hits and misses (or lookups)',
);

const scrapeSource = section(
  {
    url: setting(value.httpUrl().optional(), {
      kind: 'url',
      about:
        "The server's own metrics page. `cache_hit_rate` and `connection_pool_usage` on it are taken over as they are.",
      example: 'http://127.0.0.1:8000/metrics',
    }),
    tokenFile: credentialFile('token', 'SCRAPE'),
    tls: section(clientTlsShape('server')).prefault({}),
    map: setting(
      z
        .array(mapping, { error: 'a list of mappings' })
        .max(100, { error: 'at most 100 entries' })
        .prefault([]),
      {
        kind: 'list',
        itemKeys: Object.keys(mapping.shape),
        about:
          "How samples of ours are made from the server's own series: `value` (a selector; the sum of what matches), `value` and `of` (their quotient), `hits` and `misses`, or `hits` and `lookups` (counters; the rate since the last reading).",
        example: [
          {
            to: 'cache_hit_rate',
            labels: { cache_type: 'l1' },
            hits: 'app_cache_total{result="hit"}',
            lookups: 'app_cache_total',
          },
        ],
      },
    ),
    ...timing('the page'),
  },
  'the URL of the page or a mapping of settings',
);

const query = section(
  { ...target, query: value.text('a PromQL expression', /\S/) },
  'a mapping with to, labels and query',
);

const prometheusSource = section(
  {
    url: setting(value.httpUrl().optional(), {
      kind: 'url',
      about: 'A server with the HTTP API of Prometheus, up to the path before `/api/v1`.',
      example: 'http://prometheus:9090',
    }),
    username: setting(
      value.text('a name of at most 200 characters without a colon', /^[^\p{Cc}:]{1,200}$/u).optional(),
      {
        kind: 'text',
        about: 'Name for basic authentication, with a password.',
        example: 'vitals',
      },
    ),
    passwordFile: credentialFile('password', 'PROMETHEUS'),
    tokenFile: credentialFile('token', 'PROMETHEUS'),
    tls: section(clientTlsShape('server')).prefault({}),
    queries: setting(
      z.array(query, { error: 'a list of mappings' }).max(100, { error: 'at most 100 entries' }).prefault([]),
      {
        kind: 'list',
        itemKeys: Object.keys(query.shape),
        about: 'PromQL expressions, each with one value, and the samples of ours that they become.',
        example: [
          {
            to: 'connection_pool_usage',
            labels: { pool_type: 'pgbouncer' },
            query: 'sum(pgbouncer_pools_server_active_connections) / 50',
          },
        ],
      },
    ),
    ...timing('the API'),
  },
  'the URL of the API or a mapping of settings',
);

/** Settings of what is read beside the traffic. */
export const sourcesSchema = section({
  process: processSource.prefault({}),
  postgres: postgresSource.prefault({}),
  redis: redisSource.prefault({}),
  scrape: scrapeSource.prefault({}),
  prometheus: prometheusSource.prefault({}),
});
