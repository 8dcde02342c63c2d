import { z } from 'zod';
import { figure, pageUnit, unixMs } from './page-verdict.ts';

/** Schema of {@link SeriesColumn}. */
export const seriesColumn = z
  .object({
    name: z.string(),
    unit: pageUnit,
    mean: z.array(figure).readonly(),
    min: z.array(figure).readonly(),
    max: z.array(figure).readonly(),
  })
  .readonly()
  .meta({
    id: 'SeriesColumn',
    description:
      'One series; a value for each time, null where there is none. `min` and `max` are the extremes within the step.',
  });

/** One series; a value for each time. */
export type SeriesColumn = z.infer<typeof seriesColumn>;

/** Schema of {@link SeriesAnswer}. */
export const seriesAnswer = z
  .object({
    fromMs: unixMs,
    toMs: unixMs,
    stepMs: z.number(),
    timesMs: z.array(unixMs).readonly().describe('Ends of the steps, rising, evenly spaced.'),
    series: z.array(seriesColumn).readonly().describe('In the order of the names that were asked for.'),
    source: z
      .enum(['own', 'prometheus', 'both'])
      .describe(
        "Whose values these are: the sidecar's own, those of the configured Prometheus, or both one after the other.",
      ),
    notes: z
      .array(z.string())
      .readonly()
      .describe('What is missing and why, in words, e.g. that the Prometheus could not be asked.'),
  })
  .readonly()
  .meta({ id: 'SeriesAnswer', description: 'Series over a range of time, as columns.' });

/** Series over a range of time, as columns. */
export type SeriesAnswer = z.infer<typeof seriesAnswer>;

/** Schema of {@link SeriesList}. */
export const seriesList = z
  .object({
    fromMs: unixMs.nullable().describe('Unix time of the oldest own value, in milliseconds.'),
    toMs: unixMs.nullable(),
    stepMs: z.number().describe('Between two own values.'),
    series: z.array(z.object({ name: z.string(), unit: pageUnit }).readonly()).readonly(),
  })
  .readonly()
  .meta({ id: 'SeriesList', description: 'The series that can be asked for.' });

/** The series that can be asked for. */
export type SeriesList = z.infer<typeof seriesList>;

/** Reads series over a range of time, as `/api/v1/series` answers with its own step. */
export type ReadSeries = (question: {
  readonly names: readonly string[];
  /** Unix times in milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
}) => Promise<SeriesAnswer>;
