import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BarGaugeDisplayMode,
  BarGaugeValueMode,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
  VisibilityMode,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { HeatmapColorMode, PanelBuilder as Heatmap } from '@grafana/grafana-foundation-sdk/heatmap';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelDeclaration } from './dashboard-model.ts';
import { described, type DescribedPanel } from './describe-panel.ts';
import type { Links } from '../rules/links.ts';
import { toTable } from './to-table.ts';
import { toTimeSeries } from './to-time-series.ts';

const lastValue = () => new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields('');

function stat(panel: DescribedPanel<'stat'>): Stat {
  return new Stat()
    .reduceOptions(lastValue())
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .textMode(BigValueTextMode.ValueAndName)
    .orientation(panel.layout === 'vertical' ? VizOrientation.Horizontal : VizOrientation.Auto);
}

const barGauge = (): BarGauge =>
  new BarGauge()
    .reduceOptions(lastValue())
    .displayMode(BarGaugeDisplayMode.Basic)
    .valueMode(BarGaugeValueMode.Color)
    .orientation(VizOrientation.Horizontal)
    .showUnfilled(true);

const stateTimeline = (): StateTimeline =>
  new StateTimeline().showValue(VisibilityMode.Auto).mergeValues(true).rowHeight(0.8);

const heatmap = ({ unit }: DescribedPanel<'heatmap'>): Heatmap =>
  new Heatmap()
    .calculate(false)
    .cellGap(1)
    .yAxis({ build: () => ({ unit, reverse: false }) })
    .color({
      build: () => ({
        mode: HeatmapColorMode.Scheme,
        scheme: 'Blues',
        fill: 'dark-blue',
        exponent: 0.5,
        steps: 64,
        reverse: false,
      }),
    });

function toBuilder(panel: PanelDeclaration, links: Links): Builder<Panel> {
  switch (panel.kind) {
    case 'timeseries':
      return described(toTimeSeries(panel), panel, links);
    case 'table':
      return described(toTable(panel), panel, links);
    case 'stat':
      return described(stat(panel), panel, links);
    case 'bargauge':
      return described(barGauge(), panel, links);
    case 'state-timeline':
      return described(stateTimeline(), panel, links);
    case 'heatmap':
      return described(heatmap(panel), panel, links);
    default:
      return panel satisfies never;
  }
}

/** A declared panel as Grafana reads it, without its place. */
export const toPanel = (panel: PanelDeclaration, links: Links): Panel => toBuilder(panel, links).build();
