import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { inRepository } from '../harness/repository.ts';

const steps = z.array(z.object({ value: z.number().nullable(), color: z.string() }));
const thresholds = z.object({ mode: z.literal('absolute'), steps });
const mappings = z.array(
  z.object({
    type: z.literal('value'),
    options: z.record(z.string(), z.object({ text: z.string(), color: z.string() })),
  }),
);
const datasource = z.object({ type: z.string(), uid: z.string() });

const target = z.object({
  refId: z.string(),
  expr: z.string(),
  legendFormat: z.string(),
  format: z.enum(['time_series', 'table', 'heatmap']),
  instant: z.boolean(),
  range: z.boolean(),
  exemplar: z.boolean().optional(),
  datasource,
});

const panel = z.object({
  id: z.number(),
  type: z.enum(['row', 'timeseries', 'stat', 'table', 'bargauge', 'state-timeline', 'heatmap']),
  title: z.string(),
  description: z.string().optional(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  datasource: datasource.optional(),
  targets: z.array(target).default([]),
  links: z.array(z.object({ title: z.string(), url: z.string() })).default([]),
  transformations: z
    .array(z.object({ id: z.string(), options: z.record(z.string(), z.unknown()) }))
    .default([]),
  options: z
    .looseObject({
      orientation: z.string().optional(),
      sortBy: z.array(z.object({ displayName: z.string(), desc: z.boolean() })).optional(),
    })
    .default({}),
  fieldConfig: z
    .object({
      defaults: z.looseObject({
        unit: z.string().optional(),
        decimals: z.number().optional(),
        min: z.number().optional(),
        max: z.number().optional(),
        noValue: z.string().optional(),
        thresholds: thresholds.optional(),
        mappings: mappings.optional(),
        custom: z.record(z.string(), z.unknown()).optional(),
      }),
      overrides: z.array(
        z.object({
          matcher: z.object({ id: z.enum(['byFrameRefID', 'byName']), options: z.string() }),
          properties: z.array(z.object({ id: z.string(), value: z.unknown() })),
        }),
      ),
    })
    .default({ defaults: {}, overrides: [] }),
});

const variable = z.looseObject({
  name: z.string(),
  type: z.enum(['datasource', 'query']),
  label: z.string(),
  query: z.string(),
  regex: z.string().optional(),
  refresh: z.number().optional(),
  multi: z.boolean(),
  includeAll: z.boolean(),
  allValue: z.string().optional(),
  datasource: datasource.optional(),
  current: z.object({
    text: z.union([z.string(), z.array(z.string())]),
    value: z.union([z.string(), z.array(z.string())]),
  }),
});

const annotation = z.looseObject({ name: z.string(), expr: z.string(), iconColor: z.string(), datasource });

const dashboard = z.looseObject({
  uid: z.string(),
  title: z.string(),
  schemaVersion: z.number(),
  editable: z.boolean(),
  panels: z.array(panel),
  templating: z.object({ list: z.array(variable) }),
  annotations: z.object({ list: z.array(annotation) }),
});

/** The parts of a dashboard's JSON that are checked and drawn. */
export type DashboardFile = z.infer<typeof dashboard>;
export type PanelFile = z.infer<typeof panel>;
export type TargetFile = z.infer<typeof target>;
export type ThresholdSteps = z.infer<typeof steps>;
export type ValueMappings = z.infer<typeof mappings>;

/** Reads a dashboard's text; refuses what this harness could not draw. */
export const parseDashboard = (text: string): DashboardFile => dashboard.parse(JSON.parse(text));

/** Reads a dashboard that ships. */
export const readDashboard = (uid: string): DashboardFile =>
  parseDashboard(readFileSync(inRepository('grafana', 'dashboards', `${uid}.json`), 'utf8'));

/** Panels without the headings between them. */
export const panelsOf = ({ panels }: DashboardFile): PanelFile[] =>
  panels.filter(({ type }) => type !== 'row');
