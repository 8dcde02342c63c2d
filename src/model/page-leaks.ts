import { z } from 'zod';
import { figure, pageVerdict, unixMs } from './page-verdict.ts';
import { VERDICT_STATES } from './verdict.ts';

/** Schema of {@link PageEstimate}. */
export const pageEstimate = z
  .object({
    low: z.number(),
    best: figure.describe('Null: without end.'),
    high: figure.describe('Null: without end.'),
  })
  .readonly()
  .meta({ id: 'PageEstimate', description: 'A figure with its likely range.' });

/** A figure with its likely range. */
export type PageEstimate = z.infer<typeof pageEstimate>;

/** Schema of {@link PageEvidence}. */
export const pageEvidence = z
  .object({
    points: z
      .array(z.tuple([z.number(), z.number(), z.number(), figure]).readonly())
      .readonly()
      .describe(
        'In order of time: `[Unix ms, low, high, load]`. The lows are the lower envelope that is fitted, low and high together the band of the series; at most 160 points.',
      ),
    fit: z
      .object({ fromMs: unixMs, from: z.number(), toMs: unixMs, to: z.number() })
      .readonly()
      .nullable()
      .describe('The fitted line by its two ends.'),
    limit: figure,
    restartsMs: z.array(unixMs).readonly().describe('When the process started anew.'),
  })
  .readonly()
  .meta({ id: 'PageEvidence', description: 'What a person looks at to believe a verdict.' });

/** What a person looks at to believe a verdict. */
export type PageEvidence = z.infer<typeof pageEvidence>;

/** Schema of {@link LeakRow}. */
export const leakRow = z
  .object({
    detector: z.string(),
    series: z.string().describe('Empty where a detector has one series only.'),
    state: z.enum(VERDICT_STATES),
    verdict: pageVerdict,
    text: z
      .string()
      .describe('In words, e.g. `grows 62 MiB/h (1.5 % of the limit 4 GiB an hour), limit in 18–31 h`.'),
    brief: z.string().describe('In fewer words.'),
    unit: z.enum(['bytes', 'seconds', 'count', 'ratio', 'per_second']),
    direction: z.enum(['up', 'down']),
    sinceMs: unixMs.describe('Since when the state has been this one.'),
    watchedSeconds: z.number(),
    level: figure.describe('Where the series is now.'),
    limit: figure,
    isLimitKnown: z.boolean().describe('False: assumed from where the series began.'),
    slopePerHour: pageEstimate.nullable(),
    secondsToLimit: pageEstimate.nullable(),
    loadExplained: figure.describe('Share of the growth that the load explains, 0 to 1.'),
    restarts: z.number(),
    rules: z
      .array(z.object({ rule: z.string(), outcome: z.enum(['passed', 'held']), text: z.string() }).readonly())
      .readonly()
      .describe('What each rule said; `held` ones kept an alarm back.'),
    capture: z.string().nullable().describe('File of what was captured of the server when it became urgent.'),
    evidence: pageEvidence.nullable().describe('Null beyond the first rows.'),
  })
  .readonly()
  .meta({ id: 'LeakRow', description: 'What a detector concludes of one series.' });

/** What a detector concludes of one series. */
export type LeakRow = z.infer<typeof leakRow>;

/** Schema of {@link PageLeaks}. */
export const pageLeaks = z
  .object({
    enabled: z.boolean(),
    followed: z.number().describe('Series that are followed.'),
    watchedSeconds: z.number().describe('How long the longest of them was.'),
    rate: z.number().describe('How many seconds one second counts as: 1 but for a demonstration.'),
    rows: z
      .array(leakRow)
      .readonly()
      .describe('The worst first; at most 40, of which the first 12 have their evidence.'),
    more: z.number().describe('Series that are left out.'),
  })
  .readonly()
  .meta({ id: 'PageLeaks', description: 'Verdicts of the leak and drift detectors.' });

/** Verdicts of the leak and drift detectors. */
export type PageLeaks = z.infer<typeof pageLeaks>;
