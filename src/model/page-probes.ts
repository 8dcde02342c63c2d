import { z } from 'zod';
import { FAILURE_REASONS, PROBE_PHASES, PROBE_STATES } from './probe-result.ts';
import { figure, pageVerdict, unixMs } from './page-verdict.ts';

/** Schema of {@link PageProbeRun}. */
export const pageProbeRun = z
  .object({
    startedWallMs: unixMs,
    outcome: z.enum(['success', 'retried', 'failure']),
    durationMs: z.number(),
    reason: z.enum(FAILURE_REASONS).nullable(),
  })
  .readonly()
  .meta({ id: 'PageProbeRun', description: 'One run of a probe.' });

/** One run of a probe. */
export type PageProbeRun = z.infer<typeof pageProbeRun>;

/** Schema of {@link ProbeRow}. */
export const probeRow = z
  .object({
    name: z.string(),
    kind: z.string(),
    target: z.string(),
    schedule: z.string(),
    enabled: z.boolean(),
    state: z.enum(PROBE_STATES),
    verdict: pageVerdict,
    stateSinceMs: unixMs.nullable(),
    lastSuccessMs: unixMs.nullable(),
    message: z.string().nullable().describe('Of the last run, where it failed.'),
    phases: z
      .array(z.object({ phase: z.enum(PROBE_PHASES), durationMs: z.number() }).readonly())
      .readonly()
      .describe('Of the last run, in order.'),
    runs: z.array(pageProbeRun).readonly().describe('The last 30, the latest first.'),
    certificateExpiryMs: unixMs.nullable(),
    baselineMs: figure,
    drift: z
      .array(z.object({ change: z.string(), tools: z.array(z.string()).readonly() }).readonly())
      .readonly()
      .describe('Tools that changed since they were recorded, by how.'),
    href: z.string().describe('Its page with transcripts, relative to the page: `probes/<name>`.'),
  })
  .readonly()
  .meta({ id: 'ProbeRow', description: 'One probe and its last runs.' });

/** One probe and its last runs. */
export type ProbeRow = z.infer<typeof probeRow>;

/** Schema of {@link PageProbes}. */
export const pageProbes = z
  .object({
    rows: z.array(probeRow).readonly().describe('Those that are down first, then by name.'),
    states: z
      .array(z.object({ state: z.enum(PROBE_STATES), count: z.number() }).readonly())
      .readonly()
      .describe('How many probes are in each state.'),
  })
  .readonly()
  .meta({ id: 'PageProbes', description: 'The probes.' });

/** The probes. */
export type PageProbes = z.infer<typeof pageProbes>;
