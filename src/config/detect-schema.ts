import { z } from 'zod';
import { FLEET_DETECTOR_NAMES } from '../model/fleet-detector-name.ts';
import { parseSelector } from '../model/series-selector.ts';
import { parseShard } from '../model/shard.ts';
import { amount } from './detectors-schema.ts';
import { setting } from './setting-meta.ts';
import { clientTlsShape, section } from './tls-section.ts';
import * as value from './value-types.ts';

const aShard = 'a part such as 2/8, the first is 1/8';

const shard = () =>
  z.string({ error: aShard }).transform((text, context) => {
    const read = parseShard(text);
    if (read !== undefined) return read;
    context.issues.push({ code: 'custom', message: aShard, input: text });
    return z.NEVER;
  });

const someMatchers = 'matchers as between the braces of a selector, such as job="mcp",env=~"prod|test"';

/** Whether a text can stand between the braces of a selector. */
function areMatchers(text: string): boolean {
  try {
    parseSelector(`a{${text}}`);
    return !/^\s*\}|\{/.test(text.replaceAll(/"(?:[^"\\]|\\.)*"/g, ''));
  } catch {
    return false;
  }
}

const matchers = () => z.string({ error: someMatchers }).refine(areMatchers, { error: someMatchers });
const expression = () => value.text('a PromQL expression', /\S/);
const labelName = () => value.text('the name of a label', /^[A-Za-z_][A-Za-z0-9_]*$/);

const query = section(
  {
    detector: value.choice(FLEET_DETECTOR_NAMES).optional(),
    selector: matchers().optional(),
    name: value.text('a name of a-z, 0-9 and _, at most 63 long', /^[a-z][a-z0-9_]{0,62}$/).optional(),
    query: expression().optional(),
    profile: value.choice(['memory', 'connections', 'latency', 'throughput']).optional(),
    unit: value.choice(['bytes', 'seconds', 'count', 'ratio', 'per_second']).optional(),
    limit: amount().optional(),
    limitQuery: expression().optional(),
    loadQuery: expression().optional(),
    startQuery: expression().optional(),
    on: z.array(labelName(), { error: 'a list of label names' }).optional(),
  },
  'a mapping with detector and selector, or name and query',
);

/** Settings of `detect`: the detectors over a fleet. */
export const detectSchema = section(
  {
    url: setting(value.httpUrl().optional(), {
      kind: 'url',
      about:
        'For `detect`: a server with the HTTP API of Prometheus that has the series of the fleet, up to the path before `/api/v1`.',
      example: 'http://prometheus:9090',
    }),
    username: setting(
      value.text('a name of at most 200 characters without a colon', /^[^\p{Cc}:]{1,200}$/u).optional(),
      { kind: 'text', about: 'Name for basic authentication, with a password.', example: 'vitals' },
    ),
    passwordFile: setting(value.filePath().optional(), {
      kind: 'file',
      about: 'File with the password. `MCP_VITALS_DETECT_PASSWORD` gives the password itself instead.',
      example: '/run/secrets/mcp-vitals-detect',
    }),
    tokenFile: setting(value.filePath().optional(), {
      kind: 'file',
      about: 'File with the token. `MCP_VITALS_DETECT_TOKEN` gives the token itself instead.',
      example: '/run/secrets/mcp-vitals-detect-token',
    }),
    tls: section(clientTlsShape('server')).prefault({}),
    queries: setting(
      z.array(query, { error: 'a list of mappings' }).max(100, { error: 'at most 100 entries' }).prefault([]),
      {
        kind: 'list',
        itemKeys: Object.keys(query.shape),
        about:
          'What is followed: the series of a `detector` of sidecars (`memory`, `connections`, `sessions`, `open_files`, `threads`, `bytes_per_session`, `latency`, `throughput`), narrowed by `selector`; or every series of a `query`, under a `name`, by a `profile` (`memory`, `connections`, `latency`, `throughput`) and in a `unit`. With either, `limit` (a number, a size or a duration) or `limitQuery`, `loadQuery` (what the growth may go with) and `startQuery` (start times of the processes, or counters of their restarts); their series are joined by the labels that both have, or by those in `on`.',
        example: [{ detector: 'memory', selector: 'job="mcp"' }],
      },
    ),
    interval: setting(value.intervalDuration().prefault('15m'), {
      kind: 'duration',
      about: 'How often new samples are asked for and concluded of.',
      example: '5m',
    }),
    step: setting(value.intervalDuration().prefault('1m'), {
      kind: 'duration',
      about: 'Time between the samples that are asked for, at most 5m.',
      example: '30s',
    }),
    history: setting(value.duration().prefault('168h'), {
      kind: 'duration',
      about: 'How much of the past is asked for at the start.',
      example: '48h',
    }),
    delay: setting(value.durationOrZero().prefault('1m'), {
      kind: 'duration',
      about: 'How long a sample may take to reach the server: so far behind now what is asked for ends.',
      example: '5m',
    }),
    timeout: setting(value.duration().prefault('1m'), {
      kind: 'duration',
      about: 'Time that a question may take.',
      example: '20s',
    }),
    forget: setting(value.duration().prefault('24h'), {
      kind: 'duration',
      about: 'How long a series that has ended is remembered, in case it goes on.',
      example: '1h',
    }),
    maxSeries: setting(value.count(1, 1_000_000).prefault(20_000), {
      kind: 'integer',
      about: 'Most series that are followed at once, at about 8 KB each; those beyond are counted.',
      example: 500,
    }),
    shard: setting(shard().prefault('1/1'), {
      kind: 'text',
      about:
        'Which part of the series this process follows, where several share them: part and number of parts.',
      example: '2/8',
    }),
  },
  'the URL of the API or a mapping of settings',
);
