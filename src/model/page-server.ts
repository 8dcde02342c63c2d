import { z } from 'zod';
import { figure, unixMs } from './page-verdict.ts';

/** Schema of {@link PageTier}. */
export const pageTier = z
  .object({ number: z.number(), name: z.string() })
  .readonly()
  .meta({ id: 'PageTier', description: 'A hardware tier of the benchmark document.' });

/** A hardware tier of the benchmark document. */
export type PageTier = z.infer<typeof pageTier>;

/** Schema of {@link PageServer}. */
export const pageServer = z
  .object({
    instance: z.string().describe('Name of this instance (setting `instance`).'),
    upstream: z.string().describe('Origin of the server, or the program that was started.'),
    listen: z.string().describe('Where clients connect; `stdio` over pipes.'),
    metricsUrl: z.string(),
    version: z.string().describe('Of the sidecar.'),
    startedAtMs: unixMs.describe('Start of the sidecar, Unix time in milliseconds.'),
    uptimeSeconds: z.number().describe('Of the sidecar.'),
    serverStartedAtMs: unixMs
      .nullable()
      .describe('Start of the server, Unix time in milliseconds; null where its process is not read.'),
    tier: pageTier.nullable().describe('As configured; null where none is stated.'),
    setUp: z
      .array(z.object({ name: z.string(), value: z.string() }).readonly())
      .readonly()
      .describe('What is stated of the server, in words, e.g. `workers` and `4`.'),
    baselineFrom: z.string().describe("Where the baseline's figures come from, in words."),
    objectives: z
      .object({ availability: figure, latency: figure })
      .readonly()
      .describe('Share of requests that must be good, 0 to 1.'),
  })
  .readonly()
  .meta({ id: 'PageServer', description: 'Who is measured, and what is stated of it.' });

/** Who is measured, and what is stated of it. */
export type PageServer = z.infer<typeof pageServer>;
