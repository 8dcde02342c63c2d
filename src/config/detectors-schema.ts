import { z } from 'zod';
import { BUILT_IN_DETECTOR_NAMES } from '../model/detector-name.ts';
import { parseAmount } from './amount.ts';
import { evidenceSchema } from './evidence-schema.ts';
import { setting } from './setting-meta.ts';
import { section } from './tls-section.ts';
import * as value from './value-types.ts';

const memorySize = () =>
  value.size({ bytes: 1024 ** 2, text: '1MiB' }, { bytes: 16_384 * 1024 ** 3, text: '16384GiB' });

const limit = (about: string, example: number) =>
  setting(value.count(1, 1_000_000_000).optional(), { kind: 'integer', about, example });

const limits = section({
  memory: setting(memorySize().optional(), {
    kind: 'size',
    about:
      "Memory that the server must not reach. Without it the limit of its cgroup counts, else the machine's memory.",
    example: '4GiB',
  }),
  sessions: limit('Sessions that the server must not reach. Without it `tap.maxSessions` counts.', 500),
  connections: limit(
    'Connections to the database that the server must not reach. Without it the size of the pool counts (`database.poolSize`), or what the database takes.',
    50,
  ),
  openFiles: limit(
    "Open files that the server's processes must not reach. Without it the limit of one process counts.",
    1024,
  ),
  threads: limit(
    'Threads that the server must not reach. Without it four times as many as there were at first.',
    200,
  ),
});

const detectorName = () =>
  z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,62}$/, { error: 'a name of a-z, 0-9 and _, at most 63 long' })
    .refine((name) => !BUILT_IN_DETECTOR_NAMES.some((builtIn) => builtIn === name), {
      error: `another name than the built-in ${BUILT_IN_DETECTOR_NAMES.join(', ')}`,
    });

const anAmount = 'a number above 0, a size such as 4GiB or a duration such as 250ms';

/** A limit: a number, a size or a duration. */
export const amount = () =>
  z.union([z.number(), z.string()], { error: anAmount }).transform((given, context) => {
    const read = parseAmount(given);
    if (read !== undefined) return read;
    context.issues.push({ code: 'custom', message: anAmount, input: given });
    return z.NEVER;
  });

const expression = () => value.text('a PromQL expression', /\S/);
const namedSelector = () => value.namedSelector();

const custom = section(
  {
    sample: namedSelector().optional(),
    scrape: value.selector().optional(),
    query: expression().optional(),
    limit: amount().optional(),
    unit: value.choice(['bytes', 'seconds', 'count', 'ratio', 'per_second']).optional(),
    profile: value.choice(['memory', 'connections', 'latency', 'throughput']).optional(),
    // In the language of the series; which that is, is checked when all of it is known.
    load: expression().optional(),
  },
  'a mapping with sample, scrape or query, and limit, unit, profile and load',
);

const aDuration = 'a duration such as 250ms or 2s';

/** Settings of the leak and drift detectors. */
export const detectorsSchema = section({
  enabled: setting(value.toggle().prefault(true), {
    kind: 'boolean',
    about: 'Whether series are watched for leaks and drift.',
    example: false,
  }),
  interval: setting(value.intervalDuration().prefault('15m'), {
    kind: 'duration',
    about: 'How often it is concluded from what was measured; measured is every 15 seconds.',
    example: '5m',
  }),
  limits: limits.prefault({}),
  latencyObjectives: setting(
    z
      .record(value.text('the name of a tool', /^[^\n]+$/), value.duration(), {
        error: `a mapping of tool names to ${aDuration}`,
      })
      .prefault({}),
    {
      kind: 'map',
      about:
        'What the P99 of a tool must not reach, by tool. Without one, three times what it was at first counts.',
      example: { get_user: '250ms' },
    },
  ),
  custom: setting(
    z
      .record(detectorName(), custom, { error: 'a mapping of names to detectors' })
      .refine((all) => Object.keys(all).length <= 50, { error: 'at most 50 detectors' })
      .prefault({}),
    {
      kind: 'map',
      itemKeys: Object.keys(custom.shape),
      about:
        "Detectors of your own by name, each of one series: `sample` (a selector of this sidecar's own metrics), `scrape` (one of the server's page, `sources.scrape`) or `query` (PromQL, `sources.prometheus`); the sum of what matches, of a name that ends in `_total` its rate. `limit` is a number, a size or a duration; `profile` (`memory`, `connections`, `latency` or `throughput`) and `unit` follow from the name if they are not given; `load` is what the growth may go with, in place of requests a second.",
      example: {
        job_queue: { scrape: 'app_jobs_waiting', limit: 10_000, load: 'app_jobs_started_total' },
      },
    },
  ),
  refill: section({
    enabled: setting(value.toggle().prefault(true), {
      kind: 'boolean',
      about:
        'Whether the last week is asked of `sources.prometheus` at the start, for series that the state directory knows less of.',
      example: false,
    }),
    selector: setting(value.selector().optional(), {
      kind: 'text',
      about:
        "Selector that this sidecar's own series match in that Prometheus. Without it, it must hold those of one sidecar only.",
      example: '{job="mcp-vitals",namespace="orders"}',
    }),
  }).prefault({}),
  evidence: evidenceSchema.prefault({}),
});

/** Settings of what outlives the process. */
export const stateSchema = section(
  {
    directory: setting(value.filePath('the path of a directory').optional(), {
      kind: 'file',
      about:
        'Directory of this sidecar alone, in which the history of the detectors and of the probes outlives it; it is made if it is not there. Without it, history is held in memory only.',
      example: '/var/lib/mcp-vitals',
      restart: true,
    }),
  },
  'the path of a directory or a mapping of settings',
);
