import { z } from 'zod';
import { pageTier } from './page-server.ts';
import { figure, pageUnit, pageVerdict } from './page-verdict.ts';
import { TIER_RESOURCES } from './tier.ts';

/** Schema of {@link HeadroomRow}. */
export const headroomRow = z
  .object({
    resource: z.enum(TIER_RESOURCES),
    name: z.string().describe('For people, e.g. `Requests a second`.'),
    unit: pageUnit,
    live: figure,
    limit: figure.describe('Of one instance of the tier; null where no tier is stated.'),
    ratio: figure.describe('Live over limit.'),
    verdict: pageVerdict,
    words: z.string(),
    series: z.string().describe('Its series, a key of `recent.values` and a name for `/api/v1/series`.'),
  })
  .readonly()
  .meta({ id: 'HeadroomRow', description: 'How near a resource is to the limit of the tier.' });

/** How near a resource is to the limit of the tier. */
export type HeadroomRow = z.infer<typeof headroomRow>;

/** Schema of {@link PageHeadroom}. */
export const pageHeadroom = z
  .object({
    tier: pageTier.nullable().describe('As configured.'),
    fits: pageTier
      .nullable()
      .describe('The smallest tier that the present load fits; null while there is none.'),
    words: z.string(),
    rows: z.array(headroomRow).readonly(),
  })
  .readonly()
  .meta({ id: 'PageHeadroom', description: 'The load against the limits of the hardware tier.' });

/** The load against the limits of the hardware tier. */
export type PageHeadroom = z.infer<typeof pageHeadroom>;
