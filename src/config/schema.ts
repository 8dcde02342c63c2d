import { hostname } from 'node:os';
import { z } from 'zod';
import { DEFAULT_ERROR_PATTERNS } from '../model/error-pattern.ts';
import { databaseSchema } from './database-schema.ts';
import { baselineSchema, serverSchema } from './server-schema.ts';
import { detectSchema } from './detect-schema.ts';
import { detectorsSchema, stateSchema } from './detectors-schema.ts';
import { pageSchema } from './page-schema.ts';
import { probesSchema } from './probes-schema.ts';
import { setting } from './setting-meta.ts';
import { sourcesSchema } from './sources-schema.ts';
import { clientTlsShape, section } from './tls-section.ts';
import * as value from './value-types.ts';

const upstreamTls = section(clientTlsShape('upstream'));

const upstream = section(
  {
    url: setting(value.origin().optional(), {
      kind: 'origin',
      about: 'Origin of the MCP server to stand before; every path of it is forwarded. `serve` needs it.',
      example: 'http://127.0.0.1:8000',
    }),
    tls: upstreamTls.prefault({}),
    connectTimeout: setting(value.durationOrOff().prefault('10s'), {
      kind: 'duration',
      about:
        'Time that a connection to the upstream may take to open, TLS included, before the answer is 504; `off` for no limit.',
      example: '3s',
    }),
    headersTimeout: setting(value.durationOrOff().prefault('5m'), {
      kind: 'duration',
      about:
        "Time from the request to the head of the upstream's answer, before the answer is 504; `off` for no limit. Streams that have begun have none. An upstream that takes nothing more of an upload for 10 minutes is given up in any case.",
      example: 'off',
    }),
    keepAlive: setting(value.durationOrOff().prefault('4s'), {
      kind: 'duration',
      about:
        'How long an idle connection to the upstream is kept. Stay below the time the upstream keeps it; `off` keeps none.',
      example: '30s',
    }),
    hostHeader: setting(
      value
        .text(
          'preserve, upstream or a host such as mcp.example.com:8000',
          /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/,
        )
        .prefault('preserve'),
      {
        kind: 'text',
        about:
          "`Host` that the upstream sees: `preserve` (what the client sent), `upstream` (the URL's own), or any host given here.",
        example: 'mcp.example.com',
      },
    ),
  },
  "the upstream's URL or a mapping of settings",
);

const listenTls = section({
  certFile: setting(value.filePath().optional(), {
    kind: 'file',
    about: 'PEM certificate (chain) to serve clients over TLS with. Needs keyFile.',
    example: 'tls/server.pem',
  }),
  keyFile: setting(value.filePath().optional(), {
    kind: 'file',
    about: 'PEM private key of certFile, not encrypted.',
    example: 'tls/server.key',
  }),
  clientCaFile: setting(value.filePath().optional(), {
    kind: 'file',
    about:
      'PEM certificates that the certificate of every client must chain to; without it none is asked for. To add or remove it needs a restart.',
    example: 'tls/clients-ca.pem',
  }),
});

const listen = section(
  {
    address: setting(value.address().prefault('127.0.0.1:8080'), {
      kind: 'address',
      about: 'Where traffic is taken. Port 0 takes a free one and logs it.',
      example: '0.0.0.0:8081',
      restart: true,
    }),
    tls: listenTls.prefault({}),
    via: setting(value.toggle().prefault(false), {
      kind: 'boolean',
      about: 'Whether a `Via` header is added in both directions (RFC 9110 section 7.6.3).',
      example: true,
    }),
    xForwarded: setting(value.toggle().prefault(false), {
      kind: 'boolean',
      about: 'Whether `X-Forwarded-For`, `-Host` and `-Proto` are added to requests.',
      example: true,
    }),
    drainTimeout: setting(value.durationOrZero().prefault('30s'), {
      kind: 'duration',
      about: 'How long requests and streams may go on after SIGTERM before they are cut.',
      example: '10s',
    }),
  },
  'an address or a mapping of settings',
);

const admin = section(
  {
    address: setting(value.address().prefault('127.0.0.1:9464'), {
      kind: 'address',
      about:
        'Where the status page, /metrics, /healthz, /readyz and /api/v1 are served. Port 0 takes a free one and logs it.',
      example: '0.0.0.0:9465',
      restart: true,
    }),
    tokenFile: setting(value.filePath().optional(), {
      kind: 'file',
      about:
        'File with the bearer token that the admin server asks for (/healthz and /readyz stay open). `MCP_VITALS_ADMIN_TOKEN` gives the token itself instead.',
      example: '/run/secrets/mcp-vitals-token',
    }),
  },
  'an address or a mapping of settings',
);

const sized = (least: string, leastBytes: number) =>
  value.size({ bytes: leastBytes, text: least }, { bytes: 1024 ** 3, text: '1GiB' });

const labelName = () => value.text('a name of a-z, 0-9 and _, at most 63 long', /^[a-z][a-z0-9_]{0,62}$/);

const tap = section({
  enabled: setting(value.toggle().prefault(true), {
    kind: 'boolean',
    about: 'Whether traffic is observed. Off, the sidecar only forwards.',
    example: false,
  }),
  maxBodyBytes: setting(sized('1KiB', 1024).prefault('1MiB'), {
    kind: 'size',
    about: 'Largest copy held of a body; one beyond this is only scanned while it passes.',
    example: '64KiB',
  }),
  maxDecodedBytes: setting(sized('1KiB', 1024).prefault('64MiB'), {
    kind: 'size',
    about: 'Most bytes that the copy of a compressed body may unpack to before its observation is dropped.',
    example: '16MiB',
  }),
  maxPending: setting(value.count(1, 1_000_000).prefault(10_000), {
    kind: 'integer',
    about: 'Most requests that may wait for their answer in the table; one beyond is dropped and counted.',
    example: 2000,
  }),
  resumeTimeout: setting(value.durationOrOff().prefault('5m'), {
    kind: 'duration',
    about:
      'How long the answer to a call whose stream was cut is waited for on another stream; `off` for not at all.',
    example: '1m',
  }),
  parkedAfter: setting(value.durationOrOff().prefault('5m'), {
    kind: 'duration',
    about:
      'Time without an answer or progress after which a call on an open stream counts as parked (`mcp_requests_parked`); `off` for not at all.',
    example: '10m',
  }),
  maxSessions: setting(value.count(1, 1_000_000).prefault(10_000), {
    kind: 'integer',
    about: 'Most sessions that are followed at once.',
    example: 500,
  }),
  sessionIdleTimeout: setting(value.durationOrOff().prefault('30m'), {
    kind: 'duration',
    about: 'Silence after which a session counts as closed; `off` for never.',
    example: '1h',
  }),
  maxTools: setting(value.count(1, 10_000).prefault(200), {
    kind: 'integer',
    about: 'Most tool names that become label values; the rest is `other`.',
    example: 20,
  }),
  maxPrompts: setting(value.count(1, 10_000).prefault(200), {
    kind: 'integer',
    about: 'Most prompt names that become label values; the rest is `other`.',
    example: 20,
  }),
  maxPaths: setting(value.count(1, 10_000).prefault(50), {
    kind: 'integer',
    about: 'Most HTTP paths that become label values; the rest is `other`.',
    example: 10,
  }),
  maxMethods: setting(value.count(1, 10_000).prefault(50), {
    kind: 'integer',
    about: 'Most JSON-RPC methods that become label values; the rest is `other`.',
    example: 30,
  }),
  maxClients: setting(value.count(1, 10_000).prefault(50), {
    kind: 'integer',
    about: 'Most names of clients that become label values; the rest is `other`.',
    example: 20,
  }),
  batchTools: setting(
    z
      .record(
        value.text('the name of a tool', /^[^\n]+$/),
        value.text('the name of the argument that holds the batch', /^[^\n]+$/),
        { error: 'a mapping of tool names to argument names' },
      )
      .prefault({ process_batch: 'items' }),
    {
      kind: 'map',
      about:
        "Tools that take a batch, each with the argument whose array length is the batch's size. A mapping given replaces the default.",
      example: { import_rows: 'rows' },
    },
  ),
  errorTypes: setting(
    z
      .array(section({ type: labelName(), pattern: value.pattern() }, 'a mapping with type and pattern'), {
        error: 'a list of mappings with type and pattern',
      })
      .max(50, { error: 'at most 50 entries' })
      .prefault(DEFAULT_ERROR_PATTERNS.map(({ type, pattern }) => ({ type, pattern: pattern.source }))),
    {
      kind: 'list',
      itemKeys: ['type', 'pattern'],
      about:
        "Values of the label `error_type`: regular expressions, ignoring case, tried in order against an error's message; the first that matches names it. A list given replaces the default.",
      example: [{ type: 'quota_exceeded', pattern: 'quota' }],
    },
  ),
});

const log = section({
  level: setting(value.choice(['debug', 'info', 'warn', 'error']).prefault('info'), {
    kind: 'choice',
    about: 'Least severity that is logged: `debug`, `info`, `warn` or `error`.',
    example: 'debug',
  }),
  format: setting(value.choice(['text', 'json']).prefault('text'), {
    kind: 'choice',
    about: 'Form of a log line: `text` or `json`.',
    example: 'json',
  }),
});

/** Every setting as it may stand in the file; defaults are part of it, and an unknown key is an error. */
export const settingsSchema = section({
  instance: setting(
    value.text('a name of at most 200 characters', /^[^\p{Cc}]{1,200}$/u).prefault(() => hostname()),
    {
      kind: 'text',
      about: 'Value of the label `instance` where a metric carries it.',
      example: 'mcp-eu-1',
      defaultText: 'the host name',
      restart: true,
    },
  ),
  upstream: upstream.prefault({}),
  listen: listen.prefault({}),
  admin: admin.prefault({}),
  tap: tap.prefault({}),
  database: databaseSchema.prefault({}),
  sources: sourcesSchema.prefault({}),
  server: serverSchema.prefault({}),
  baseline: baselineSchema.prefault({}),
  detectors: detectorsSchema.prefault({}),
  state: stateSchema.prefault({}),
  detect: detectSchema.prefault({}),
  probes: probesSchema.prefault({}),
  page: pageSchema.prefault({}),
  log: log.prefault({}),
});

/** All settings, read: durations in milliseconds (0 for off), sizes in bytes. */
export type Settings = z.output<typeof settingsSchema>;
