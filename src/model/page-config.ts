import { z } from 'zod';

/** Schema of {@link PageConfig}. */
export const pageConfig = z
  .object({
    settings: z
      .array(
        z
          .object({
            name: z.string().describe('Path in the file, e.g. `upstream.connectTimeout`.'),
            value: z.string().describe('As it would stand in the file, on one line; `***` for a secret.'),
            isDefault: z.boolean(),
            about: z.string(),
          })
          .readonly(),
      )
      .readonly()
      .describe('In the order of the documentation; settings without a value are left out.'),
  })
  .readonly()
  .meta({ id: 'PageConfig', description: 'The configuration in force, secrets masked.' });

/** The configuration in force, secrets masked. */
export type PageConfig = z.infer<typeof pageConfig>;
