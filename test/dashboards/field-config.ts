import { z } from 'zod';
import type { PanelFile, ThresholdSteps, ValueMappings } from './dashboard-file.ts';

/** How one query's or one column's values are shown. */
export interface FieldConfig {
  readonly unit: string;
  readonly decimals: number | undefined;
  readonly steps: ThresholdSteps;
  readonly mappings: ValueMappings | undefined;
  readonly fixedColor: string | undefined;
  readonly custom: Readonly<Record<string, unknown>>;
}

const fixed = z.object({ fixedColor: z.string() });

/** A panel's defaults with the overrides that match a query's letter or a column's name. */
export function fieldConfig(
  panel: PanelFile,
  by: { readonly refId?: string; readonly name?: string },
): FieldConfig {
  const { defaults, overrides } = panel.fieldConfig;
  const properties = overrides
    .filter(({ matcher }) => matcher.options === (matcher.id === 'byFrameRefID' ? by.refId : by.name))
    .flatMap((each) => each.properties);
  const own = new Map(properties.map(({ id, value }) => [id, value]));
  const custom = properties
    .filter(({ id }) => id.startsWith('custom.'))
    .map(({ id, value }) => [id.slice('custom.'.length), value]);
  const thresholds = own.get('thresholds') ?? defaults.thresholds ?? { steps: [] };
  return {
    unit: z.string().parse(own.get('unit') ?? defaults.unit ?? 'none'),
    decimals: z
      .number()
      .optional()
      .parse(own.get('decimals') ?? defaults.decimals),
    steps: z
      .object({ steps: z.array(z.object({ value: z.number().nullable(), color: z.string() })) })
      .parse(thresholds).steps,
    mappings: z
      .array(
        z.object({
          type: z.literal('value'),
          options: z.record(z.string(), z.object({ text: z.string(), color: z.string() })),
        }),
      )
      .optional()
      .parse(own.get('mappings') ?? defaults.mappings),
    fixedColor: own.has('color') ? fixed.parse(own.get('color')).fixedColor : undefined,
    custom: { ...defaults.custom, ...Object.fromEntries(custom) },
  };
}
