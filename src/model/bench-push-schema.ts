import { z } from 'zod';
import { BENCH_PUSH_VERSION, MOST_PROFILES, type BenchPush } from './bench-summary.ts';
import { atLeast0, above0, line, mapping, oneOf, whole } from './schema-terms.ts';

const ms = () => atLeast0('milliseconds');
const time = () => z.iso.datetime({ error: 'a time of ISO 8601 in UTC' });

const latency = mapping({
  p50Ms: ms(),
  p75Ms: ms(),
  p90Ms: ms(),
  p95Ms: ms(),
  p99Ms: ms(),
  p999Ms: ms(),
});

const summary = mapping({
  profile: line('the name of a profile', 60),
  target: line('an address'),
  loop: oneOf(['closed', 'open']),
  startedAt: time(),
  finishedAt: time(),
  durationSeconds: atLeast0('seconds'),
  runs: whole('runs', 1),
  partial: z.boolean({ error: 'true or false' }),
  timeScale: above0('a factor'),
  requests: mapping({ ok: whole('requests'), error: whole('requests') }),
  throughputPerSecond: atLeast0('requests per second'),
  latency: latency.exactOptional(),
  cpuRatio: atLeast0('a share').exactOptional(),
  memoryBytes: atLeast0('bytes').exactOptional(),
  recoverySeconds: atLeast0('seconds').exactOptional(),
});

const atMost = (least: 0 | 1) => {
  const wanted = `a list of ${least} to ${MOST_PROFILES} profiles, each of them once`;
  return mapping({
    schemaVersion: z.literal(BENCH_PUSH_VERSION, {
      error: `${BENCH_PUSH_VERSION}, the version of the schema that this program reads`,
    }),
    profiles: z
      .array(summary, { error: wanted })
      .min(least, { error: wanted })
      .max(MOST_PROFILES, { error: wanted })
      .refine((list) => new Set(list.map(({ profile }) => profile)).size === list.length, { error: wanted })
      .readonly(),
  });
};

/** Body of `POST /api/v1/bench`; strict. */
export const benchPushSchema: z.ZodType<BenchPush> = atMost(1).meta({ id: 'BenchPush' });

/** Answer of both methods of `/api/v1/bench`: the last load test of each profile. */
export const lastBenchSchema: z.ZodType<BenchPush> = atMost(0).meta({ id: 'LastBench' });
