import {
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  ScaleDistribution,
  ScaleDistributionConfigBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Query, Role } from './dashboard-model.ts';
import type { DescribedPanel } from './describe-panel.ts';
import { refId } from './grafana-json.ts';

const dashed = (color: string): DynamicConfigValue[] => [
  { id: 'color', value: { mode: 'fixed', fixedColor: color } },
  { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } },
  { id: 'custom.lineWidth', value: 1 },
  { id: 'custom.fillOpacity', value: 0 },
  { id: 'custom.stacking', value: { mode: 'none', group: 'A' } },
];

/** What something is held against is dashed, so that it differs without its colour too. */
const ROLES: Readonly<Record<Role, readonly DynamicConfigValue[]>> = {
  live: [],
  reference: dashed('text'),
  limit: dashed('red'),
};

function overrides({ role = 'live', unit }: Query): DynamicConfigValue[] {
  return [
    ...ROLES[role],
    ...(unit === undefined
      ? []
      : [
          { id: 'unit', value: unit },
          { id: 'custom.axisPlacement', value: 'right' },
        ]),
  ];
}

/** Lines over time. */
export function toTimeSeries(panel: DescribedPanel<'timeseries'>): PanelBuilder {
  const { stacked, bars, logarithmic, queries } = panel;
  const builder = new PanelBuilder()
    .drawStyle(bars ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    .lineInterpolation(LineInterpolation.Linear)
    .lineWidth(1)
    .fillOpacity(bars ? 60 : stacked ? 30 : 8)
    .showPoints(VisibilityMode.Never)
    .spanNulls(false)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
  if (stacked) builder.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  if (logarithmic)
    builder.scaleDistribution(new ScaleDistributionConfigBuilder().type(ScaleDistribution.Log).log(10));
  for (const [n, query] of queries.entries()) {
    const own = overrides(query);
    if (own.length > 0) builder.overrideByQuery(refId(n), own);
  }
  return builder;
}
