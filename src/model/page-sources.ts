import { z } from 'zod';
import { figure, unixMs } from './page-verdict.ts';

/** Schema of {@link SourceRow}. */
export const sourceRow = z
  .object({
    name: z
      .string()
      .describe('`process`, `postgres`, `redis`, `scrape`, `prometheus` or `database` (the tap).'),
    isOk: z.boolean().nullable().describe('Null: not read yet.'),
    readAtMs: unixMs.nullable().describe('When the last reading ended.'),
    durationMs: figure,
    samples: figure.describe('That the last reading gave.'),
    reason: z.string().nullable().describe('Why the last reading failed.'),
  })
  .readonly()
  .meta({ id: 'SourceRow', description: 'A source beside the traffic.' });

/** A source beside the traffic. */
export type SourceRow = z.infer<typeof sourceRow>;

/** Schema of {@link SidecarState}. */
export const sidecarState = z
  .object({
    cpuRatio: figure.describe('CPUs in use over the last 15 seconds; may exceed 1.'),
    memoryBytes: figure,
    isTapEnabled: z.boolean(),
    dropped: z.number().describe('Observations given up since the start, traffic unharmed.'),
    droppedBy: z.array(z.object({ reason: z.string(), count: z.number() }).readonly()).readonly(),
    namesCapped: z
      .array(z.object({ label: z.string(), count: z.number() }).readonly())
      .readonly()
      .describe('Names beyond a cap, which count as `other`, by label.'),
    reloadedAtMs: unixMs.nullable().describe('When the configuration in force was loaded.'),
    isLastReloadOk: z.boolean(),
    isStateWritten: z
      .boolean()
      .nullable()
      .describe('Whether the last write to the state directory worked; null: there was none.'),
    history: z
      .object({
        series: z.number(),
        bytes: z.number(),
        refused: z.number().describe('Series beyond the cap.'),
        fromMs: unixMs.nullable().describe('Unix time of the oldest value, in milliseconds.'),
        spanMs: z.number().describe('How far it can reach back.'),
        isFurtherInPrometheus: z.boolean().describe('Whether a Prometheus is asked for what is older.'),
      })
      .readonly(),
    listeners: z
      .object({
        open: z.number(),
        most: z.number(),
        skipped: z.number().describe('Updates that slow ones missed.'),
        dropped: z.number().describe('Ones that were too slow for too long.'),
        refused: z.number().describe('Ones beyond the cap.'),
      })
      .readonly()
      .describe('Who listens to `/api/v1/events`.'),
  })
  .readonly()
  .meta({ id: 'SidecarState', description: "The sidecar's own state." });

/** The sidecar's own state. */
export type SidecarState = z.infer<typeof sidecarState>;

/** Schema of {@link PageSources}. */
export const pageSources = z
  .object({ rows: z.array(sourceRow).readonly(), sidecar: sidecarState })
  .readonly()
  .meta({ id: 'PageSources', description: 'Sources, and the sidecar itself.' });

/** Sources, and the sidecar itself. */
export type PageSources = z.infer<typeof pageSources>;
