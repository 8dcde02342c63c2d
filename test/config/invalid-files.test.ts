import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/load-config.ts';

const folder = 'test/config/invalid';
const anOrigin = 'an origin such as http://127.0.0.1:8000, without path, query or user';
const anAddress = 'an address such as 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080, port from 0 to 65535';
const aDurationOrOff = 'a duration such as 500ms, 10s, 5m or off';
const aCron = 'a cron expression such as "*/5 * * * *", or with seconds "*/10 * * * * *"';
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
    'evidence-nothing-to-run',
    ':3 detectors.evidence.kind: want detectors.evidence.directory beside it, got none',
    ':3 detectors.evidence.kind: want detectors.evidence.command beside it, got none',
  ],
  [
    'evidence-command-text',
    ':5 detectors.evidence.command: want a list of the program and its arguments, got "gcore {pid}"',
  ],
  ['evidence-kind', ':3 detectors.evidence.kind: want off, inspector, py-spy or command, got "gdb"'],
  [
    'evidence-sampling-too-long',
    ':5 detectors.evidence.timeout: want detectors.evidence.timeout above detectors.evidence.inspector.sampling, got 20000 and 30000 ms',
  ],
  [
    'evidence-recording-too-long',
    ':6 detectors.evidence.pySpy.record: want detectors.evidence.timeout above detectors.evidence.pySpy.record, got 120000 and 120000 ms',
  ],
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
    ':5 sources.scrape.map[0].to: want one of cache_hit_rate, connection_pool_usage, mcp_server_sessions, mcp_processes, mcp_process_cpu_cores, mcp_process_cpu_limit_cores, mcp_process_cpu_ratio, mcp_process_memory_bytes, mcp_process_memory_limit_bytes, mcp_process_threads, mcp_process_open_files, mcp_process_open_files_limit, mcp_process_sockets, mcp_process_start_time_seconds, mcp_postgres_sessions, mcp_postgres_waiting_sessions, mcp_postgres_max_connections, mcp_postgres_oldest_transaction_age_seconds, mcp_redis_memory_bytes, mcp_redis_memory_limit_bytes, mcp_redis_clients, mcp_redis_blocked_clients, got "cache_rate"',
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
    ':2 sources.prometheus.url: want sources.prometheus.queries or detectors.enabled beside it, got neither',
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
  [
    'detector-two-kinds',
    ':2 detectors.custom: queue: want one of sample, scrape and query, got sample and scrape',
  ],
  ['detector-no-kind', ':2 detectors.custom: queue: want one of sample, scrape and query, got none'],
  [
    'detector-name',
    ':3 detectors.custom.Job Queue: want a name of a-z, 0-9 and _, at most 63 long, got "Job Queue"',
  ],
  [
    'detector-name-taken',
    ':3 detectors.custom.memory: want another name than the built-in memory, connections, sessions, parked_requests, open_files, threads, bytes_per_session, latency, throughput, got "memory"',
  ],
  ['detector-key', ':3 detectors.custom.queue.sampel: unknown setting, did you mean sample?'],
  [
    'detector-sample',
    ':4 detectors.custom.streams.sample: want a selector with the name of a metric such as mcp_streams_open{kind="get"}, got "{kind=\\"get\\"}"',
  ],
  [
    'detector-limit',
    ':5 detectors.custom.streams.limit: want a number above 0, a size such as 4GiB or a duration such as 250ms, got "many"',
  ],
  [
    'detector-limit-missing',
    ':2 detectors.custom: streams: want a limit for the profile connections, got none',
  ],
  ['detector-limit-unit', ':2 detectors.custom: cache: want a limit in bytes, got one in seconds'],
  [
    'detector-load',
    ':2 detectors.custom: cache: want a selector with the name of a metric as load, got "sum(rate(x[5m]))"',
  ],
  ['detector-without-scrape', ':2 detectors.custom: queue: want sources.scrape.url beside it, got none'],
  [
    'detector-without-prometheus',
    ':2 detectors.custom: queue: want sources.prometheus.url beside it, got none',
  ],
  [
    'detector-profile',
    ':5 detectors.custom.queue.profile: want memory, connections, latency or throughput, got "leak"',
  ],
  [
    'detector-memory-limit',
    ':3 detectors.limits.memory: want a size such as 64KiB, 1MiB or 5MB, from 1MiB to 16384GiB, got "4G"',
  ],
  [
    'detector-objective',
    ':3 detectors.latencyObjectives.get_user: want a duration such as 500ms, 10s or 5m, got "fast"',
  ],
  [
    'detector-refill-name',
    ':3 detectors.refill.selector: want matchers only such as {job="mcp-vitals"}, got the name up',
  ],
  [
    'detector-refill-selector',
    ':3 detectors.refill.selector: want a selector of series such as cache_hits_total{cache="l1"}, got "job=mcp-vitals"',
  ],
  ['detect-query-form', ':3 detect.queries: entry 1: want detector, or name and query, got neither'],
  [
    'detect-query-two-forms',
    ':2 detect.queries: entry 1: want detector alone, got query and profile as well',
  ],
  ['detect-query-half', ':2 detect.queries: entry 1: want detector, or name and query, got query only'],
  ['detect-name-taken', ':2 detect.queries: entry 2: want names that differ, got heap again'],
  [
    'detect-selector',
    ':4 detect.queries[0].selector: want matchers as between the braces of a selector, such as job="mcp",env=~"prod|test", got "{job=\\"mcp\\"}"',
  ],
  [
    'detect-detector',
    ':3 detect.queries[0].detector: want memory, connections, sessions, open_files, threads, bytes_per_session, latency or throughput, got "memroy"',
  ],
  ['detect-limit-unit', ':2 detect.queries: entry 1: want a limit in count, got one in bytes'],
  ['detect-two-limits', ':2 detect.queries: entry 1: want one of limit and limitQuery, got both'],
  ['detect-shard', ':2 detect.shard: want a part such as 2/8, the first is 1/8, got "9/8"'],
  ['detect-step', ':2 detect.step: want at most 5m, got more'],
  ['detect-step-interval', ':2 detect.step: want detect.interval at least as long, got less'],
  ['detect-delay', ':2 detect.delay: want less than detect.history, got more'],
  [
    'detect-token-in-file',
    ':2 detect.token: the token itself is taken from MCP_VITALS_DETECT_TOKEN only; a file that holds it is named by detect.tokenFile',
  ],
  ['detect-user-alone', ':2 detect.username: want a password beside it, got none'],
  ['detect-tls-without-use', ':4 detect.tls.serverName: want a detect.url with https beside it, got http'],
  ['detect-key', ':3 detect.queries[0].selecter: unknown setting, did you mean selector?'],
  [
    'page-counts',
    ':2 page.historySeries: want a whole number from 50 to 20000, got 10',
    ':3 page.maxListeners: want a whole number from 1 to 1000, got 0',
  ],
  [
    'page-durations',
    ':2 page.history: want a duration from 1h to 168h, got "30m"',
    ':3 page.updateInterval: want a duration from 500ms to 5s, got "100ms"',
    ':4 page.sessionLifetime: want a duration from 5m to 168h, got "forever"',
  ],
  [
    'page-hosts',
    ':2 page.hosts[1]: want a host name such as vitals.example.com, got "http://vitals.example.com"',
  ],
  [
    'page-key',
    ':2 page.hosts: want a list of host names, got "vitals.example.com"',
    ':3 page.histroy: unknown setting, did you mean history?',
  ],
  ['probe-cron', `:3 probes.list[0].cron: want ${aCron}, got "every day"`],
  ['probe-interval', ':3 probes.list[0].interval: want a duration from 1s to 24h, such as 30s, got "10ms"'],
  ['probe-interval-and-cron', ':2 probes.list: probe a: want an interval or cron, got both'],
  [
    'probe-json-path',
    ':7 probes.list[0].expect.json[0].path: want a JSON path such as $.content[0].text, got "content[0"',
  ],
  ['probe-key-of-another-kind', ':3 probes.list[0].tool: no setting of this kind of entry'],
  [
    'probe-kind',
    ':3 probes.list[0].kind: want one of handshake, tools, tool, resource, prompt, sequence, http, stdio, got "ping"',
  ],
  [
    'probe-maintenance',
    ':2 probes.maintenance: entry 1: want cron and duration, or from and to, got something else',
  ],
  ['probe-maintenance-probe', ':2 probes.maintenance: entry 1: want names of probes, got nobody'],
  ['probe-module-stdio', ':2 probes.modules: module a: want a kind over HTTP, got stdio'],
  ['probe-name', ':3 probes.list[0].name: want a name of at most 63 letters, digits, _, - or ., got "a b"'],
  ['probe-name-twice', ':2 probes.list: want every name once, got a again'],
  ['probe-no-place', ':2 probes.list: probe a: want a url or a command, got neither'],
  ['probe-path-without-upstream', ':2 probes.list: probe a: want upstream.url for the path "/mcp", got none'],
  // Not quoted: it is a secret.
  [
    'probe-secret-itself',
    ':6 probes.list[0].credentials.bearer: want a mapping with file or env, got a text',
  ],
  [
    'probe-secret-missing',
    ':2 probes.list: probe a: want a readable file, got "test/config/invalid/nowhere.token" (no such file)',
    ':2 probes.list: probe b: want the variable NOT_SET_ANYWHERE set, got nothing',
  ],
  [
    'probe-secret-source',
    ':6 probes.list[0].credentials.bearer: want a mapping with either file or env, got a mapping',
  ],
  ['probe-stdio-url', ':2 probes.list: probe a: want a command, got a url'],
  [
    'probe-step',
    ':6 probes.list[0].steps[0]: want a mapping with one of tool, resource, prompt and list, got a mapping',
  ],
  [
    'probe-target',
    ':2 probes.targets[0]: want a URL such as http://*.example.com:8000/mcp, without user, query and fragment, got "*"',
  ],
  ['probe-time-zone', ':2 probes.timeZone: want a time zone such as Europe/Berlin, got "Mars/Olympus"'],
  ['probe-tool-missing', ':3 probes.list[0].tool: want the name of a tool, got nothing'],
  [
    'probe-two-credentials',
    ':6 probes.list[0].credentials: want one of bearer, basic and oauth, got a mapping',
  ],
  ['probe-two-places', ':2 probes.list: probe a: want a url or a command, got both'],
  [
    'probe-http-oauth',
    ':2 probes.list: probe a: want bearer, basic or headers for the kind http, got oauth',
    ':2 probes.list: probe a: want the variable NOT_SET_ANYWHERE set, got nothing',
  ],
  ['probe-unknown-key', ':3 probes.list[0].argument: unknown setting, did you mean arguments?'],
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
