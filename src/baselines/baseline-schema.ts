import { z } from 'zod';

// In this file an error text is what was wanted; whoever reports it says where it stands and what came instead.

const number = (wanted: string) => z.number({ error: wanted });
const above = (unit: string) => {
  const wanted = `${unit} above 0`;
  return number(wanted).gt(0, { error: wanted });
};
const notBelow = (unit: string) => {
  const wanted = `${unit} of 0 or more`;
  return number(wanted).min(0, { error: wanted });
};
const whole = (wanted: string) => z.int({ error: wanted }).min(1, { error: wanted });
const ratio = () => {
  const wanted = 'a share from 0 to 1';
  return number(wanted).min(0, { error: wanted }).max(1, { error: wanted });
};
const words = (wanted = 'text of one line') =>
  z.string({ error: wanted }).regex(/^[^\p{Cc}]+$/u, { error: wanted });

const perSecond = () => above('requests per second');
const ms = () => above('milliseconds');
const gib = () => above('GiB');
const source = { source: words('the heading that the figures come from').optional() };

const mapping = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject({ ...source, ...shape }, { error: 'a mapping' });

const percentileOrder = ['p50Ms', 'p95Ms', 'p99Ms', 'p999Ms'] as const;

interface Percentiles {
  readonly p50Ms?: number | undefined;
  readonly p95Ms?: number | undefined;
  readonly p99Ms?: number | undefined;
  readonly p999Ms?: number | undefined;
}

/** A lower percentile above a higher one cannot be measured. */
function inOrder(percentiles: Percentiles, context: z.core.$RefinementCtx<Percentiles>): void {
  const stated = percentileOrder.flatMap((name) => {
    const value = percentiles[name];
    return value === undefined ? [] : [{ name, value }];
  });
  stated.slice(1).forEach(({ name, value }, i) => {
    const before = stated[i];
    if (before === undefined || before.value <= value) return;
    context.addIssue({
      code: 'custom',
      path: [before.name],
      message: `at most ${name} (${value})`,
      input: before.value,
    });
  });
}

/** Rows of a table, none of them twice, in the order of what tells them apart. */
function rows<Shape extends z.core.$ZodLooseShape>(key: keyof Shape & string, shape: Shape) {
  const wanted = 'a list of at least one row';
  const list = z.array(z.strictObject(shape, { error: `a row with ${Object.keys(shape).join(', ')}` }), {
    error: wanted,
  });
  return list.min(1, { error: wanted }).check((context) => {
    const keys = context.value.map((row): unknown => Reflect.get(row, key));
    keys.forEach((value, i) => {
      const before = keys[i - 1];
      if (keys.indexOf(value) < i) {
        context.issues.push({
          code: 'custom',
          path: [i, key],
          message: `every ${key} once`,
          input: context.value,
        });
      } else if (typeof value === 'number' && typeof before === 'number' && value < before) {
        context.issues.push({
          code: 'custom',
          path: [i, key],
          message: `rows in ascending order of ${key}`,
          input: context.value,
        });
      }
    });
  });
}

const table = <Shape extends z.core.$ZodLooseShape>(key: keyof Shape & string, shape: Shape) =>
  mapping({ rows: rows(key, shape) });

const results = mapping({
  throughputPerSecond: perSecond(),
  p50Ms: ms().optional(),
  p95Ms: ms().optional(),
  p99Ms: ms(),
  p999Ms: ms().optional(),
  errorRatio: ratio(),
  cpuRatio: ratio(),
  memoryGib: gib(),
  poolRatio: ratio(),
  cacheHitRatio: ratio(),
}).superRefine(inOrder);

const batchRow = {
  size: whole('a number of items from 1'),
  batchesPerSecond: above('batches per second'),
  p99Ms: ms(),
};

const tool = z
  .strictObject(
    {
      ...source,
      about: words().optional(),
      throughputPerSecond: perSecond().optional(),
      p50Ms: ms().optional(),
      p95Ms: ms().optional(),
      p99Ms: ms().optional(),
      p999Ms: ms().optional(),
      databaseQueries: notBelow('queries a call').optional(),
      cacheHitRatio: ratio().optional(),
      cpuIntensive: z.boolean({ error: 'true or false' }).optional(),
      externalLatencyMs: ms().optional(),
      timeoutRatio: ratio().optional(),
      circuitOpeningsPerHour: notBelow('openings an hour').optional(),
      batches: rows('size', batchRow).optional(),
      /** The batch size that a call of unknown size is held against. */
      usualBatchSize: whole('a number of items from 1').optional(),
    },
    { error: 'a mapping' },
  )
  .superRefine(inOrder)
  .check((context) => {
    if (Object.keys(context.value).every((key) => key === 'source' || key === 'about')) {
      context.issues.push({
        code: 'custom',
        path: [],
        message: 'at least one figure',
        input: context.value,
      });
    }
  });

const tier = {
  tier: whole('the number of a tier from 1'),
  name: words('the name of a tier'),
  /** The demand that the tier is meant for, requests a second; without `to` there is no upper end. */
  demand: z.strictObject(
    { from: notBelow('requests per second'), to: perSecond().optional() },
    { error: 'a mapping with from and to' },
  ),
  instances: z.strictObject(
    { from: whole('instances from 1'), to: whole('instances from 1') },
    { error: 'a mapping with from and to' },
  ),
  vcpus: above('vCPUs'),
  memoryGib: gib(),
  storageGb: above('GB'),
  networkGbps: above('Gbit/s'),
  database: words(),
  cache: words(),
  /** Of all instances together. */
  throughputPerSecond: z.strictObject(
    { from: perSecond(), to: perSecond() },
    { error: 'a mapping with from and to' },
  ),
  p99Ms: ms(),
  concurrentUsers: whole('users from 1'),
  costPerMonth: z.strictObject(
    { from: notBelow('dollars'), to: notBelow('dollars') },
    { error: 'a mapping with from and to' },
  ),
};

/**
 * Every table of the benchmark document, in one shape for the built-in figures and for a user's own.
 * Latencies are in milliseconds, shares lie between 0 and 1, memory is in GiB.
 */
export const baselineSchema = z.strictObject(
  {
    environment: mapping({
      vcpus: above('vCPUs'),
      memoryGib: gib(),
      workers: whole('workers from 1'),
      poolSize: whole('connections from 1'),
      cacheStrategy: words('a cache strategy of the table'),
      cacheTtlSeconds: above('seconds'),
      serialization: words('a serialization format of the table'),
      networkGbps: above('Gbit/s'),
      software: words().optional(),
    }),
    results,
    workers: table('workers', {
      workers: whole('workers from 1'),
      throughputPerSecond: perSecond(),
      p99Ms: ms(),
      cpuRatio: ratio(),
      memoryGib: gib(),
      bestFor: words().optional(),
    }),
    poolSizes: table('size', {
      size: whole('connections from 1'),
      throughputPerSecond: perSecond(),
      p99Ms: ms(),
      waitRatio: ratio(),
      notes: words().optional(),
    }),
    cacheStrategies: table('strategy', {
      strategy: words('the name of a strategy'),
      throughputPerSecond: perSecond(),
      p99Ms: ms(),
      hitRatio: ratio(),
      databaseLoadRatio: ratio(),
    }),
    cacheTtls: table('ttlSeconds', {
      ttlSeconds: above('seconds'),
      hitRatio: ratio(),
      stalenessRisk: words().optional(),
      throughputPerSecond: perSecond(),
    }),
    serialization: table('format', {
      format: words('the name of a format'),
      throughputPerSecond: perSecond(),
      encodingMicroseconds: above('microseconds'),
      sizeBytes: above('bytes'),
      p99Ms: ms(),
    }),
    sustained: mapping({
      durationMinutes: above('minutes'),
      concurrentUsers: whole('users from 1'),
      requestsPerSecond: perSecond(),
      mix: z.strictObject({ read: ratio(), write: ratio(), complex: ratio() }, { error: 'a mapping' }),
      totalRequests: whole('requests from 1'),
      failedRequests: notBelow('requests'),
      latencyMs: z
        .strictObject(
          {
            min: ms(),
            p50Ms: ms(),
            p75: ms(),
            p90: ms(),
            p95Ms: ms(),
            p99Ms: ms(),
            p999Ms: ms(),
            max: ms(),
          },
          { error: 'a mapping' },
        )
        .superRefine(inOrder),
      cpuRatio: z.strictObject({ average: ratio(), max: ratio() }, { error: 'a mapping' }),
      memoryGib: z.strictObject({ average: gib(), max: gib() }, { error: 'a mapping' }),
      networkMbps: z.strictObject(
        { in: notBelow('Mbit/s'), out: notBelow('Mbit/s') },
        { error: 'a mapping' },
      ),
      diskMegabytesPerSecond: notBelow('MB/s'),
      errors: z.record(words('the name of an error type'), notBelow('requests'), { error: 'a mapping' }),
    }),
    spike: mapping({
      phases: rows('phase', {
        phase: words('the name of a phase'),
        durationMinutes: above('minutes'),
        targetPerSecond: perSecond(),
        actualPerSecond: perSecond(),
        p99Ms: ms(),
        errorRatio: ratio(),
      }),
      circuitOpenings: notBelow('openings'),
      rateLimited: notBelow('requests'),
      recoverySeconds: above('seconds'),
    }),
    endurance: mapping({
      concurrentUsers: whole('users from 1'),
      requestsPerSecond: perSecond(),
      rows: rows('hour', {
        hour: notBelow('hours'),
        throughputPerSecond: perSecond(),
        p99Ms: ms(),
        memoryGib: gib(),
        connections: notBelow('connections'),
        errorRatio: ratio(),
      }),
    }),
    horizontal: table('instances', {
      instances: whole('instances from 1'),
      throughputPerSecond: perSecond(),
      perInstancePerSecond: perSecond(),
      efficiencyRatio: ratio(),
      p99Ms: ms(),
      costPerHour: notBelow('dollars'),
    }),
    vertical: table('vcpus', {
      vcpus: above('vCPUs'),
      memoryGib: gib(),
      throughputPerSecond: perSecond(),
      p99Ms: ms(),
      costPerHour: notBelow('dollars'),
      costPerMillionRequests: notBelow('dollars'),
    }),
    autoscaling: mapping({
      minReplicas: whole('replicas from 1'),
      maxReplicas: whole('replicas from 1'),
      cpuTargetRatio: ratio(),
      memoryTargetRatio: ratio(),
      requestsPerSecondTarget: perSecond(),
      scaleUpSeconds: above('seconds'),
      scaleUpEvents: notBelow('events'),
      p99Ms: ms(),
      rows: rows('minute', {
        minute: notBelow('minutes'),
        requestsPerSecond: perSecond(),
        instances: whole('instances from 1'),
        cpuRatio: ratio(),
      }),
    }),
    tools: z.record(words('the name of a tool'), tool, { error: 'a mapping of tools' }),
    tiers: table('tier', tier),
    storage: table('type', {
      type: words('the name of a storage type'),
      iops: above('operations per second'),
      megabytesPerSecond: above('MB/s'),
      latencyMs: z.strictObject(
        { from: notBelow('milliseconds'), to: ms() },
        { error: 'a mapping with from and to' },
      ),
      useCase: words().optional(),
    }),
    network: table('requestsPerSecond', {
      requestsPerSecond: perSecond(),
      requestKilobytes: above('KB'),
      responseKilobytes: above('KB'),
      megabitsPerSecond: above('Mbit/s'),
    }),
  },
  { error: 'a mapping of tables' },
);

/** The figures of a benchmark, table by table. */
export type BaselineTables = z.output<typeof baselineSchema>;

/** Names of the tables, in the order of the document. */
export const TABLE_NAMES = Object.keys(baselineSchema.shape);
