import type { PageModel } from '../model/page-model.ts';
import type { SeriesAnswer } from '../model/page-series.ts';
import { visibleText } from '../model/visible-text.ts';
import { CHARTS, toLineChart, toolCharts } from '../page/chart-data.ts';
import { evidenceChart } from '../page/evidence-chart.ts';
import type { LineChart } from '../page/line-chart.ts';
import type { PageChoice } from '../page/page-view.ts';
import { canDraw, chartShape, drawChart, type DrawnChart } from './draw-chart.ts';

/** The charts of the page that scripts draw. */
export interface LiveCharts {
  /** Draws those that are new, updates the others, ends those whose place is gone. */
  readonly show: (model: PageModel, answer: SeriesAnswer | undefined, choice: PageChoice) => void;
  /** Draws all of them anew, in the colours that hold now. */
  readonly repaint: () => void;
}

interface Shown {
  readonly shape: string;
  readonly drawn: DrawnChart;
  source: LineChart;
}

/** What belongs into a place; undefined where nothing is known of it. */
function chartOf(
  place: HTMLElement,
  model: PageModel,
  answer: SeriesAnswer | undefined,
  { tool }: PageChoice,
): LineChart | undefined {
  const { chart, evidence } = place.dataset;
  if (evidence !== undefined) {
    // As it was written into the page.
    const row = model.leaks.rows.find(
      ({ detector, series }) => visibleText(`${detector} ${series}`) === evidence,
    );
    return row && evidenceChart(row);
  }
  const specs = [...CHARTS, ...(tool === undefined ? [] : toolCharts(tool))];
  const spec = specs.find(({ id }) => id === chart);
  return spec && answer && toLineChart(spec, answer, model);
}

/** Keeps the charts below an element drawn. */
export function createLiveCharts(root: HTMLElement): LiveCharts {
  const shown = new Map<HTMLElement, Shown>();
  let last: Parameters<LiveCharts['show']> | undefined;

  const put = (place: HTMLElement, source: LineChart): void => {
    const shape = chartShape(source);
    const known = shown.get(place);
    if (known?.shape === shape) {
      known.source = source;
      known.drawn.update(source);
      return;
    }
    known?.drawn.destroy();
    const syncKey = place.dataset['chart'] === undefined ? undefined : 'time';
    shown.set(place, { shape, source, drawn: drawChart(place, source, syncKey) });
  };

  const show: LiveCharts['show'] = (model, answer, choice) => {
    if (!canDraw) return;
    last = [model, answer, choice];
    for (const [place, { drawn }] of shown) {
      if (place.isConnected) continue;
      drawn.destroy();
      shown.delete(place);
    }
    for (const place of root.querySelectorAll<HTMLElement>('[data-chart], [data-evidence]')) {
      // What is folded away has no width; it is drawn when it is opened.
      if (place.clientWidth === 0) continue;
      const source = chartOf(place, model, answer, choice);
      if (source !== undefined) put(place, source);
    }
  };

  root.addEventListener(
    'toggle',
    () => {
      if (last !== undefined) show(...last);
    },
    { capture: true },
  );

  return {
    show,
    repaint: () => {
      for (const { drawn } of shown.values()) drawn.destroy();
      shown.clear();
      if (last !== undefined) show(...last);
    },
  };
}
