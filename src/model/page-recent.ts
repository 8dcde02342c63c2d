import { z } from 'zod';
import { figure, unixMs } from './page-verdict.ts';

/** Schema of {@link PageRecent}. */
export const pageRecent = z
  .object({
    fromMs: unixMs.describe('Unix time of the first value of each list, in milliseconds.'),
    stepMs: z.number().describe('Between two values.'),
    values: z
      .record(z.string(), z.array(figure).readonly())
      .describe('By the name of the series; every list is of the same length, null where nothing is known.'),
  })
  .readonly()
  .meta({ id: 'PageRecent', description: 'The last hour of what the page draws small, a value a minute.' });

/** The last hour of what the page draws small: one list for each series that a row names. */
export type PageRecent = z.infer<typeof pageRecent>;
