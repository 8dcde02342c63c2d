import { z } from 'zod';
import { figure, pageUnit, pageVerdict, unixMs } from './page-verdict.ts';

/** The rows of the benchmark document's table "Baseline Results", in its order. */
export const HEALTH_FIGURES = [
  'throughput',
  'latency_p50',
  'latency_p95',
  'latency_p99',
  'latency_p999',
  'error_ratio',
  'cpu_ratio',
  'memory_bytes',
  'pool_ratio',
  'cache_hit_ratio',
] as const;

/** One of {@link HEALTH_FIGURES}. */
export type HealthFigure = (typeof HEALTH_FIGURES)[number];

/** Schema of {@link HealthRow}. */
export const healthRow = z
  .object({
    figure: z.enum(HEALTH_FIGURES),
    name: z.string().describe('For people, e.g. `P99 latency`.'),
    unit: pageUnit,
    of: z.string().nullable().describe('Which pool or cache, where there are several: the worst of them.'),
    live: figure.describe('Over the last minute, or the last reading; null where it is not known.'),
    baseline: figure,
    ratio: figure.describe('Live over baseline.'),
    better: z.enum(['lower', 'higher', 'neither']).describe('Which side of the baseline is the good one.'),
    verdict: pageVerdict,
    words: z.string().describe('The verdict in words, e.g. `2.1 times the baseline`.'),
    series: z.string().describe('Its series, a key of `recent.values` and a name for `/api/v1/series`.'),
  })
  .readonly()
  .meta({ id: 'HealthRow', description: 'One figure beside its baseline.' });

/** One figure beside its baseline. */
export type HealthRow = z.infer<typeof healthRow>;

/** Schema of {@link PageReadiness}. */
export const pageReadiness = z
  .object({
    ready: z.boolean().nullable().describe('Null: not asked yet.'),
    reason: z.string().nullable().describe('Why not, in words.'),
    checkedAtMs: unixMs.nullable(),
  })
  .readonly()
  .meta({ id: 'PageReadiness', description: 'Whether the server takes connections, as /readyz says it.' });

/** Whether the server takes connections, as /readyz says it. */
export type PageReadiness = z.infer<typeof pageReadiness>;

/** Schema of {@link HealthReason}. */
export const healthReason = z
  .object({
    verdict: pageVerdict,
    text: z.string().describe('One sentence.'),
    alert: z
      .string()
      .nullable()
      .describe('The alert whose runbook says what to do, at `/runbooks/<alert>`; null: there is none.'),
    next: z.array(z.string()).readonly().describe('What to do now, by that runbook.'),
    sinceMs: unixMs.nullable().describe('Since when it has been so, as far as it is known.'),
    section: z
      .enum(['health', 'conditions', 'tools', 'sessions', 'probes', 'leaks', 'headroom', 'sources'])
      .describe('The section of the page that says more.'),
  })
  .readonly()
  .meta({ id: 'HealthReason', description: 'What is not as it should be.' });

/** What is not as it should be. */
export type HealthReason = z.infer<typeof healthReason>;

/** Schema of {@link PageHealth}. */
export const pageHealth = z
  .object({
    verdict: pageVerdict.describe('Of the server as a whole: the worst of its reasons.'),
    words: z.string().describe('One sentence for the person on call.'),
    sinceMs: unixMs
      .nullable()
      .describe('Since when the verdict has been this one; null while it is unknown.'),
    reasons: z
      .array(healthReason)
      .readonly()
      .describe('What made the verdict, the worst first; empty when all is well.'),
    readiness: pageReadiness,
    windowSeconds: z.number().describe('What live figures of traffic look back on.'),
    rows: z.array(healthRow).readonly(),
  })
  .readonly()
  .meta({ id: 'PageHealth', description: 'The server against its baseline.' });

/** The server against its baseline. */
export type PageHealth = z.infer<typeof pageHealth>;
