import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/load-config.ts';

const folder = 'test/config/invalid';
const anOrigin = 'an origin such as http://127.0.0.1:8000, without path, query or user';
const anAddress = 'an address such as 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080, port from 0 to 65535';
const aDurationOrOff = 'a duration such as 500ms, 10s, 5m or off';
const aSize = 'a size such as 64KiB, 1MiB or 5MB, from 1KiB to 1GiB';

// The file without its ending, then its problems without the name of the file.
const table: [file: string, ...problems: string[]][] = [
  ['address-without-host', `:2 admin.address: want ${anAddress}, got ":9464"`],
  ['address-without-port', `:1 listen.address: want ${anAddress}, got "localhost"`],
  [
    'batch-tools',
    ':3 tap.batchTools.process_batch: want the name of the argument that holds the batch, got 5',
  ],
  ['boolean-word', ':2 listen.via: want true or false, got "yes"'],
  [
    'ca-missing',
    ':3 upstream.tls.caFile: want a readable file, got "test/config/invalid/nowhere.pem" (no such file)',
  ],
  [
    'ca-no-certificate',
    ':4 upstream.tls.caFile: want a certificate in PEM, got something else in "test/config/files/good.token"',
  ],
  [
    'certificate-without-key',
    ':3 listen.tls.certFile: want listen.tls.keyFile beside it, got none',
    ':3 listen.tls.certFile: want a certificate in PEM, got something else in "test/config/files/good.token"',
  ],
  ['choice', ':2 log.level: want debug, info, warn or error, got "verbose"'],
  [
    'client-ca-alone',
    ':3 listen.tls.clientCaFile: want listen.tls.certFile beside it, got none',
    ':3 listen.tls.clientCaFile: want a certificate in PEM, got something else in "test/config/files/good.token"',
  ],
  [
    'decoded-below-body',
    ':3 tap.maxDecodedBytes: want tap.maxDecodedBytes not below tap.maxBodyBytes, got 1048576 and 2097152 bytes',
  ],
  ['drain-off', ':2 listen.drainTimeout: want a duration such as 0s, 500ms, 10s or 5m, got "off"'],
  ['duplicate-key', ':2: want every key once, got this one again'],
  ['duration-beyond-timers', `:2 tap.resumeTimeout: want ${aDurationOrOff}, got "10000h"`],
  ['duration-negative', `:2 upstream.keepAlive: want ${aDurationOrOff}, got "-4s"`],
  ['duration-number', `:1 upstream.headersTimeout: want ${aDurationOrOff}, got 10`],
  ['duration-word', `:7 upstream.connectTimeout: want ${aDurationOrOff}, got "fast"`],
  ['duration-zero', `:2 upstream.connectTimeout: want ${aDurationOrOff}, got "0s"`],
  ['error-type-key', ':3 tap.errorTypes[0].patern: unknown setting, did you mean pattern?'],
  [
    'error-type-name',
    ':5 tap.errorTypes[1].type: want a name of a-z, 0-9 and _, at most 63 long, got "Not A Label"',
  ],
  ['error-type-pattern', ':4 tap.errorTypes[0].pattern: want a regular expression of JavaScript, got "("'],
  [
    'host-header',
    ':2 upstream.hostHeader: want preserve, upstream or a host such as mcp.example.com:8000, got "bad host"',
  ],
  ['key-like-nothing', ':2 tap.colour: unknown setting'],
  [
    'key-of-another-section',
    ':2 listen.connectTimeout: unknown setting, did you mean upstream.connectTimeout or database.connectTimeout?',
  ],
  [
    'key-without-certificate',
    ':4 upstream.tls.keyFile: want upstream.tls.certFile beside it, got none',
    ':4 upstream.tls.keyFile: want a private key in PEM without a passphrase, got something else in "test/config/files/good.token"',
  ],
  ['list-at-top', ':1: want a mapping of settings, got a list'],
  [
    'many',
    `:2 upstream.url: want ${anOrigin}, got "http://127.0.0.1:8000/mcp"`,
    `:3 upstream.connectTimeout: want ${aDurationOrOff}, got "fast"`,
    ':5 tap.maxPending: want a whole number from 1 to 1000000, got "lots"',
    ':7 log.levle: unknown setting, did you mean level?',
  ],
  ['number-fraction', ':2 tap.maxTools: want a whole number from 1 to 10000, got 1.5'],
  ['number-negative', ':2 tap.maxPending: want a whole number from 1 to 1000000, got -1'],
  ['port-out-of-range', `:1 listen.address: want ${anAddress}, got "127.0.0.1:65536"`],
  ['proto-key', ':1 __proto__: unknown setting'],
  [
    'same-port-twice',
    ':1 listen.address: want listen.address and admin.address on different ports, got 9464 for both',
  ],
  ['section-as-list', ':1 tap: want a mapping of settings, got a list'],
  ['section-as-number', ":1 upstream: want the upstream's URL or a mapping of settings, got 8000"],
  ['several-documents', ':2: want one YAML document, got several'],
  [
    'server-objective',
    ':2 server.availabilityObjective: want a share above 0 and below 1, such as 0.999, got 99.9',
  ],
  ['server-tier', ':2 server.tier: want a whole number from 1 to 100, got "small"'],
  ['server-vcpus', ':2 server.vcpus: want a number above 0, at most 1024, got 0'],
  ['size-too-small', `:2 tap.maxBodyBytes: want ${aSize}, got "10B"`],
  ['size-without-unit', `:2 tap.maxBodyBytes: want ${aSize}, got 1048576`],
  ['syntax', ":3: want YAML, got: Missing closing 'quote"],
  ['text-at-top', ':1: want a mapping of settings, got "http://127.0.0.1:8000"'],
  [
    'tls-to-plain-upstream',
    ':3 upstream.tls.serverName: want an upstream.url with https, got http://127.0.0.1:8000',
  ],
  [
    'token-file-directory',
    ':2 admin.tokenFile: want a readable file, got "test/config/files" (it is a directory)',
  ],
  [
    'token-file-empty',
    ':2 admin.tokenFile: want a token of visible ASCII characters without spaces, got nothing',
  ],
  [
    'token-file-missing',
    ':2 admin.tokenFile: want a readable file, got "test/config/invalid/nowhere.token" (no such file)',
  ],
  [
    'token-in-file',
    ':2 admin.token: the token itself is taken from MCP_VITALS_ADMIN_TOKEN only; a file that holds it is named by admin.tokenFile',
  ],
  ['unknown-alias', ': want YAML, got: Unresolved alias (the anchor must be set before the alias): name'],
  ['unknown-key', ':3 upstream.conectTimeout: unknown setting, did you mean connectTimeout?'],
  ['unknown-section', ':1 lissten: unknown setting, did you mean listen?'],
  [
    'upstream-is-listen',
    ":2 upstream.url: want another address than listen.address, got the sidecar's own http://127.0.0.1:8000",
  ],
  ['url-of-another-scheme', `:1 upstream.url: want ${anOrigin}, got "ftp://127.0.0.1"`],
  ['url-port', `:1 upstream.url: want ${anOrigin}, got "http://127.0.0.1:70000"`],
  ['url-with-path', `:1 upstream.url: want ${anOrigin}, got "http://127.0.0.1:8000/mcp"`],
  ['url-with-query', `:1 upstream.url: want ${anOrigin}, got "http://127.0.0.1:8000?***"`],
  ['url-with-user', `:1 upstream.url: want ${anOrigin}, got "http://***@127.0.0.1:8000"`],
  ['value-missing', ':2 log.level: want debug, info, warn or error, got nothing'],
  [
    'postgres-password',
    ':2 sources.postgres.url: want a URL such as postgres://user@host:5432/database, without query and password (a password comes from a variable or a file), got "postgres://***@127.0.0.1/orders"',
  ],
  [
    'postgres-password-setting',
    ':4 sources.postgres.password: the password itself is taken from MCP_VITALS_SOURCES_POSTGRES_PASSWORD only; a file that holds it is named by sources.postgres.passwordFile',
  ],
  [
    'redis-scheme',
    ':2 sources.redis.url: want a URL such as redis://host:6379 or rediss://user@host:6380/0, without query and password (a password comes from a variable or a file), got "http://127.0.0.1:6379"',
  ],
  ['process-two-ways', ':4 sources.process.command: want one of pid, port and command, got port and command'],
  [
    'interval-too-short',
    ':4 sources.redis.interval: want a duration from 1s to 1h, such as 15s, got "100ms"',
  ],
  [
    'scrape-form',
    ':4 sources.scrape.map: entry 1: want value, value and of, hits and misses, or hits and lookups, got value and hits',
  ],
  [
    'scrape-labels',
    ':4 sources.scrape.map: entry 1: want the labels of cache_hit_rate (cache_type), got cache',
  ],
  [
    'scrape-selector',
    ':6 sources.scrape.map[0].value: want a selector of series such as cache_hits_total{cache="l1"}, got "threads{pool=main}"',
  ],
  [
    'scrape-expression',
    ':6 sources.scrape.map[0].value: want a selector of series such as cache_hits_total{cache="l1"}, got "threads{pool=~\\"ma(in\\"}"',
  ],
  [
    'scrape-target',
    ':5 sources.scrape.map[0].to: want one of cache_hit_rate, connection_pool_usage, mcp_processes, mcp_process_cpu_cores, mcp_process_cpu_limit_cores, mcp_process_cpu_ratio, mcp_process_memory_bytes, mcp_process_memory_limit_bytes, mcp_process_threads, mcp_process_open_files, mcp_process_open_files_limit, mcp_process_sockets, mcp_process_start_time_seconds, mcp_postgres_sessions, mcp_postgres_waiting_sessions, mcp_postgres_max_connections, mcp_postgres_oldest_transaction_age_seconds, mcp_redis_memory_bytes, mcp_redis_memory_limit_bytes, mcp_redis_clients, mcp_redis_blocked_clients, got "cache_rate"',
  ],
  ['scrape-without-url', ':3 sources.scrape.map: want sources.scrape.url beside it, got none'],
  [
    'series-twice',
    ':7 sources.prometheus.queries: want cache_hit_rate{cache_type="l1"} filled once, got sources.redis.cacheType as well',
  ],
  ['pool-key', ':6 sources.postgres.pools[0].siz: unknown setting, did you mean size?'],
  [
    'tls-without-originate',
    ':4 database.tls.serverName: want database.tls.mode originate beside it, got pass',
  ],
  [
    'redis-tls-without-use',
    ':5 sources.redis.tls.serverName: want a sources.redis.url with rediss beside it, got redis',
  ],
  ['prometheus-user-alone', ':4 sources.prometheus.username: want a password beside it, got none'],
  [
    'database-port-taken',
    ':3 database.listen: want admin.address and database.listen on different ports, got 9464 for both',
  ],
  [
    'database-is-listen',
    ":1 database.upstream: want another address than database.listen, got the sidecar's own 127.0.0.1:5433",
  ],
  [
    'database-without-port',
    ':1 database.upstream: want an address such as db:5432, 127.0.0.1:5432 or [::1]:5432, got "db.example.com"',
  ],
  [
    'scrape-url-user',
    ':2 sources.scrape.url: want a URL such as http://host:8000/metrics, without user and fragment, got "http://***@127.0.0.1:8000/metrics"',
  ],
  [
    'prometheus-without-queries',
    ':2 sources.prometheus.url: want sources.prometheus.queries beside it, got none',
  ],
  [
    'prometheus-user-colon',
    ':3 sources.prometheus.username: want a name of at most 200 characters without a colon, got "a:b"',
  ],
  [
    'upstream-is-localhost',
    ":1 upstream.url: want another address than listen.address, got the sidecar's own http://localhost:8080",
  ],
  [
    'scrape-is-admin',
    ":2 sources.scrape.url: want another address than admin.address, got the sidecar's own http://127.0.0.1:9464",
  ],
  [
    'postgres-is-tap',
    ":3 sources.postgres.url: want another address than database.listen, got the sidecar's own localhost:5433",
  ],
];

describe('a broken file', () => {
  it.each(table)('%s', (name, ...problems) => {
    const file = `${folder}/${name}.yaml`;
    const loaded = loadConfig({ file, env: {}, flags: [] });
    expect(loaded).toEqual({ ok: false, problems: problems.map((problem) => `${file}${problem}`) });
  });

  it('has a row in the table, every one', () => {
    const files = readdirSync(folder).map((file) => file.replace(/\.yaml$/, ''));
    expect(table.map(([name]) => name).toSorted()).toEqual(files.toSorted());
  });

  it('that is not there is one line', () => {
    const loaded = loadConfig({ env: {}, flags: ['-c', 'nowhere.yaml'], requireUpstream: true });
    const problems = ['nowhere.yaml: want a readable file, got none (no such file)'];
    expect(loaded).toEqual({ ok: false, problems });
  });
});
