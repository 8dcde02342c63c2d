import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type {
  DashboardLink,
  DynamicConfigValue,
  FieldColor,
  Panel,
  ThresholdsConfig,
  ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { runbookUrl, type Links } from '../rules/links.ts';
import { alertGroups } from '../rules/rule-groups.ts';
import type { Mapping, PanelDeclaration, PanelLink, Query, Steps } from './dashboard-model.ts';
import { PROMETHEUS, refId, toSteps } from './grafana-json.ts';

/** A declared panel of one kind. */
export type DescribedPanel<Kind extends PanelDeclaration['kind']> = Extract<
  PanelDeclaration,
  { readonly kind: Kind }
>;

/** What the builders of all kinds of panels have in common. */
interface AnyPanelBuilder extends Builder<Panel> {
  title(title: string): this;
  description(description: string): this;
  datasource(datasource: DataSourceRef): this;
  unit(unit: string): this;
  decimals(decimals: number): this;
  min(min: number): this;
  max(max: number): this;
  noValue(text: string): this;
  links(links: Builder<DashboardLink>[]): this;
  mappings(mappings: ValueMapping[]): this;
  thresholds(thresholds: Builder<ThresholdsConfig>): this;
  colorScheme(color: Builder<FieldColor>): this;
  targets(targets: Builder<Dataquery>[]): this;
  overrideByQuery(refId: string, properties: DynamicConfigValue[]): this;
  overrideByName(name: string, properties: DynamicConfigValue[]): this;
}

function toLink(link: PanelLink, links: Links): DashboardLinkBuilder {
  switch (link.to) {
    case 'dashboard':
      return new DashboardLinkBuilder('More of it')
        .type(DashboardLinkType.Link)
        .url(`/d/${link.uid}?\${__url_time_range}&\${__all_variables}`);
    case 'runbook': {
      const group = alertGroups.find(({ alerts }) => alerts.some(({ alert }) => alert === link.alert));
      return new DashboardLinkBuilder(`What to do: ${link.alert}`)
        .type(DashboardLinkType.Link)
        .url(runbookUrl(links, group?.name ?? '', link.alert))
        .targetBlank(true);
    }
    default:
      return link satisfies never;
  }
}

const toMappings = (mappings: readonly Mapping[]): ValueMapping[] => [
  {
    type: MappingType.ValueToText,
    options: Object.fromEntries(
      mappings.map(({ value, text, color }, index) => [String(value), { text, color, index }]),
    ),
  },
];

const thresholds = (steps: Steps): ThresholdsConfigBuilder =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(toSteps(steps));

/** Stats, bars and tables show what is now; lines and bands show what was. */
function toTarget(query: Query, n: number, kind: PanelDeclaration['kind']): DataqueryBuilder {
  const target = new DataqueryBuilder()
    .datasource(PROMETHEUS)
    .expr(query.expr)
    .legendFormat(query.name)
    .refId(refId(n));
  switch (kind) {
    case 'stat':
    case 'bargauge':
      return target.instant().format(PromQueryFormat.TimeSeries);
    case 'table':
      return target.instant().format(PromQueryFormat.Table);
    case 'heatmap':
      return target
        .range()
        .format(PromQueryFormat.Heatmap)
        .exemplar(query.exemplars === true);
    case 'timeseries':
    case 'state-timeline':
      return target
        .range()
        .format(PromQueryFormat.TimeSeries)
        .exemplar(query.exemplars === true);
    default:
      return kind satisfies never;
  }
}

/** What a query's own unit, decimals and thresholds are, where they differ from the panel's. */
export function ownProperties({ unit, decimals, thresholds: steps }: Query): DynamicConfigValue[] {
  return [
    ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
    ...(steps === undefined
      ? []
      : [{ id: 'thresholds', value: { mode: 'absolute', steps: toSteps(steps) } }]),
  ];
}

/** Gives a builder what panels of every kind have: words, queries, unit, thresholds, link. */
export function described<B extends AnyPanelBuilder>(builder: B, panel: PanelDeclaration, links: Links): B {
  const { title, description, unit, decimals, min, max, nothing, mappings, queries, kind } = panel;
  const isLines = kind === 'timeseries' || kind === 'heatmap';
  builder
    .title(title)
    .description(description)
    .datasource(PROMETHEUS)
    .unit(unit)
    .links([toLink(panel.link, links)])
    .targets(queries.map((query, n) => toTarget(query, n, kind)))
    .thresholds(thresholds(panel.thresholds ?? (isLines ? ['green'] : ['text'])))
    .colorScheme(
      new FieldColorBuilder().mode(isLines ? FieldColorModeId.PaletteClassic : FieldColorModeId.Thresholds),
    );
  if (decimals !== undefined) builder.decimals(decimals);
  if (min !== undefined) builder.min(min);
  if (max !== undefined) builder.max(max);
  if (nothing !== undefined) builder.noValue(nothing);
  if (mappings !== undefined && kind !== 'table') builder.mappings(toMappings(mappings));
  if (kind === 'stat' || kind === 'bargauge') {
    for (const [n, query] of queries.entries()) {
      const own = ownProperties(query);
      if (own.length > 0) builder.overrideByQuery(refId(n), own);
    }
  }
  if (mappings !== undefined && kind === 'table')
    builder.overrideByName(queries[0].name, [
      { id: 'mappings', value: toMappings(mappings) },
      { id: 'custom.cellOptions', value: { type: 'color-text' } },
    ]);
  return builder;
}
