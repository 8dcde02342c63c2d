import { z } from 'zod';
import type { PanelFile } from './dashboard-file.ts';
import { colorOf, paletteColor } from './colors.ts';
import type { Size } from './draw-values.ts';
import { fieldConfig } from './field-config.ts';
import { escapeHtml } from './html.ts';
import type { PanelData, TimeRange } from './panel-data.ts';

/** A line as the page's script gives it to uPlot. */
export interface Line {
  readonly name: string;
  readonly color: string;
  readonly dash: readonly number[] | undefined;
  readonly fill: number;
  readonly bars: boolean;
  readonly right: boolean;
  readonly unit: string;
  readonly decimals: number | undefined;
}

/** A moment that is marked on the time axis. */
export interface Mark {
  readonly at: number;
  readonly color: string;
}

/** Everything that uPlot needs for a panel. */
export interface Chart extends Size {
  readonly id: string;
  readonly lines: readonly Line[];
  /** Times, then a row of values for each line. */
  readonly columns: readonly (readonly (number | null)[])[];
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly logarithmic: boolean;
  readonly marks: readonly Mark[];
}

const dash = z.object({ dash: z.array(z.number()) });
const stacking = z.object({ mode: z.string() });
const scale = z.object({ type: z.string() });
const legendRow = 18;

/** The chart of a panel of lines, and the HTML that it is drawn into, with its legend. */
export function drawLines(
  panel: PanelFile,
  data: PanelData,
  time: TimeRange,
  place: { readonly size: Size; readonly marks: readonly Mark[] },
): { readonly html: string; readonly chart: Chart } {
  const times: number[] = [];
  for (let at = time.from; at <= time.to + 1e-6; at += time.step) times.push(at);
  let onStack: number[] | undefined;
  const drawn = data.series.map(({ refId, name, points }, n) => {
    const { unit, decimals, fixedColor, custom } = fieldConfig(panel, { refId, name });
    const byTime = new Map(points.map(([at, value]) => [Math.round((at - time.from) / time.step), value]));
    let values = times.map((_, i) => byTime.get(i) ?? null);
    const isStacked =
      custom['stacking'] !== undefined && stacking.parse(custom['stacking']).mode === 'normal';
    if (isStacked) {
      const below = onStack ?? times.map(() => 0);
      values = values.map((value, i) => (value ?? 0) + (below[i] ?? 0));
      onStack = values.map((value) => value ?? 0);
    }
    const line: Line = {
      name,
      color: fixedColor === undefined ? paletteColor(n) : colorOf(fixedColor),
      dash: custom['lineStyle'] === undefined ? undefined : dash.parse(custom['lineStyle']).dash,
      fill: Number(custom['fillOpacity'] ?? 0) / 100,
      bars: custom['drawStyle'] === 'bars',
      right: custom['axisPlacement'] === 'right',
      unit,
      decimals,
    };
    return { line, values };
  });
  // The highest of a stack is drawn first, so that those below stay visible.
  const ordered = onStack === undefined ? drawn : drawn.toReversed();
  const { min, max, custom = {} } = panel.fieldConfig.defaults;
  const { width, height } = place.size;
  const rows = Math.min(
    3,
    Math.ceil((drawn.reduce((sum, { line }) => sum + 30 + line.name.length * 6.6, 0) * 1.1) / width),
  );
  const legend = drawn.map(
    ({ line: { name, color, dash: isDashed } }) =>
      `<span><i style="border-top:3px ${isDashed ? 'dashed' : 'solid'} ${color}"></i>${escapeHtml(name)}</span>`,
  );
  const id = `chart-${panel.id}`;
  return {
    html: `<div id="${id}"></div><div class="legend" style="height:${rows * legendRow}px">${legend.join('')}</div>`,
    chart: {
      id,
      width,
      height: height - rows * legendRow - 4,
      lines: ordered.map(({ line }) => line),
      columns: [times, ...ordered.map(({ values }) => values)],
      min,
      max,
      logarithmic:
        custom['scaleDistribution'] !== undefined && scale.parse(custom['scaleDistribution']).type === 'log',
      marks: place.marks,
    },
  };
}
