import { z } from 'zod';
import { BENCH_SCHEMA_VERSION, type BenchReport } from './bench-report.ts';
import { above0, atLeast0, line, list, mapping, oneOf, share, whole } from '../model/schema-terms.ts';

const ms = () => atLeast0('milliseconds');
const seconds = () => atLeast0('seconds');
const perSecond = () => atLeast0('requests per second');

/** A lower percentile above a higher one cannot be measured. */
const ORDER = ['minMs', 'p50Ms', 'p75Ms', 'p90Ms', 'p95Ms', 'p99Ms', 'p999Ms', 'maxMs'] as const;

const latency = () =>
  mapping({
    minMs: ms(),
    p50Ms: ms(),
    p75Ms: ms(),
    p90Ms: ms(),
    p95Ms: ms(),
    p99Ms: ms(),
    p999Ms: ms(),
    maxMs: ms(),
    meanMs: ms(),
  }).check(({ value, issues }) => {
    ORDER.slice(1).forEach((name, i) => {
      const before = ORDER[i] ?? 'minMs';
      if (value[before] <= value[name]) return;
      issues.push({
        code: 'custom',
        path: [before],
        message: `at most ${name} (${value[name]})`,
        input: value,
      });
    });
  });

/** Numbers that contradict each other would be compared in earnest. */
function consistent({ value, issues }: z.core.ParsePayload<z.output<z.ZodObject<typeof figures>>>): void {
  const errors = Object.values(value.errors).reduce((sum, each) => sum + each, 0);
  if (value.ok + errors === value.requests) return;
  issues.push({
    code: 'custom',
    path: ['requests'],
    message: `the sum of ok (${value.ok}) and errors (${errors})`,
    input: value,
  });
}

const figures = {
  requests: whole('requests'),
  ok: whole('requests'),
  errors: z.record(line('the kind of an error', 60), whole('requests', 1), { error: 'a mapping of counts' }),
  intendedPerSecond: perSecond().exactOptional(),
  throughputPerSecond: perSecond(),
  latency: latency().exactOptional(),
};

const gauge = (unit: string) => mapping({ average: atLeast0(unit), max: atLeast0(unit) });

const server = {
  cpuRatio: gauge('a share').exactOptional(),
  memoryBytes: gauge('bytes').exactOptional(),
  connections: gauge('connections').exactOptional(),
};

const lasting = { durationSeconds: seconds() };

const run = mapping({
  ...figures,
  profile: line('the name of a profile', 60),
  era: oneOf(['legacy', 'modern']),
  protocolVersion: line('a version', 60).exactOptional(),
  transport: oneOf(['streamable-http', 'stdio']),
  target: mapping({ address: line('an address'), server: line('a name').exactOptional() }),
  machine: mapping({
    cpus: whole('CPUs', 1),
    cpuModel: line('the name of a CPU'),
    memoryBytes: above0('bytes'),
    platform: line('the name of a platform'),
    node: line('a version', 60),
  }),
  plan: mapping({
    loop: oneOf(['closed', 'open']),
    users: whole('users', 1),
    totalRequests: whole('requests', 1).exactOptional(),
    durationSeconds: seconds().exactOptional(),
    warmUpSeconds: seconds(),
    timeScale: above0('a factor'),
    sessions: oneOf(['per_user', 'per_request']),
    thinkTimeSeconds: seconds(),
    mix: list(mapping({ tool: line('the name of a tool'), shareRatio: share() }), 1000),
  }),
  startedAt: z.iso.datetime({ error: 'a time of ISO 8601 in UTC' }),
  ...lasting,
  end: z.discriminatedUnion(
    'how',
    [
      mapping({ how: z.literal('complete') }),
      mapping({ how: z.enum(['interrupted', 'aborted']), why: line('a reason') }),
    ],
    { error: 'a mapping with how: complete, interrupted or aborted' },
  ),
  timeToFirstByte: latency().exactOptional(),
  serviceTime: latency().exactOptional(),
  bytes: mapping({ sent: whole('bytes'), received: whole('bytes') }),
  lateStarts: mapping({ requests: whole('requests'), maxMs: ms() }).exactOptional(),
  heldBack: whole('requests').exactOptional(),
  sessions: mapping({ opened: whole('sessions'), closed: whole('sessions'), failed: whole('sessions') }),
  server: mapping(server).exactOptional(),
  tools: list(
    mapping({
      ...figures,
      tool: line('the name of a tool'),
      batchSize: whole('items', 1).exactOptional(),
    }).check(consistent),
    1000,
  ),
  slices: list(
    mapping({
      ...figures,
      ...server,
      ...lasting,
      atSeconds: seconds(),
      instances: whole('instances', 1).exactOptional(),
    }).check(consistent),
    10_000,
  ).exactOptional(),
  phases: list(
    mapping({ ...figures, ...server, ...lasting, phase: line('the name of a phase', 60) }).check(consistent),
    100,
  ).exactOptional(),
  hours: list(
    mapping({ ...figures, ...server, ...lasting, hour: whole('hours', 1) }).check(consistent),
    1000,
  ).exactOptional(),
  recovery: z
    .discriminatedUnion(
      'recovered',
      [
        mapping({ recovered: z.literal(true), seconds: seconds() }),
        mapping({ recovered: z.literal(false), watchedSeconds: seconds() }),
      ],
      { error: 'a mapping with recovered: true or false' },
    )
    .exactOptional(),
  scaling: list(
    mapping({ ...figures, instances: whole('instances', 1) }).check(consistent),
    100,
  ).exactOptional(),
  verdicts: list(
    mapping({ detector: line('the name of a detector'), state: line('a state'), text: line('a text', 2000) }),
    1000,
  ).exactOptional(),
}).check(consistent);

/** What a report of `bench` looks like as JSON; strict, so that a figure that is misspelt is not taken for one that is absent. */
export const benchReportSchema: z.ZodType<BenchReport> = mapping({
  schemaVersion: z.literal(BENCH_SCHEMA_VERSION, {
    error: `${BENCH_SCHEMA_VERSION}, the version of the schema that this program reads`,
  }),
  version: line('a version', 60),
  runs: list(run, 1000),
  warnings: list(line('a warning', 2000), 1000),
});
