import type { PageModel } from '../model/page-model.ts';
import type { SeriesAnswer } from '../model/page-series.ts';
import { toLineChart, type ChartSpec } from './chart-data.ts';
import { html, type Html } from './html.ts';
import { legend, lineChart, type LineChart } from './line-chart.ts';
import { quantity } from './quantity.ts';
import type { TimeStyle } from './times.ts';

/** What a line came to, for those who cannot see it. */
function inWords({ lines, unit }: LineChart): string {
  const parts = lines.map(({ name, values }) => {
    const known = values.filter((value) => value !== null);
    if (known.length === 0) return `${name}: nothing known`;
    const [least, greatest] = [Math.min(...known), Math.max(...known)];
    return `${name}: ${quantity(least, unit)} to ${quantity(greatest, unit)}, last ${quantity(known.at(-1), unit)}`;
  });
  return `${parts.join('; ')}.`;
}

/**
 * A chart over time with its title and legend. A script that can draw takes its place by `data-chart`; what stands in
 * `data-keep` is then its own.
 */
export function chartFigure(
  spec: ChartSpec,
  answer: SeriesAnswer | undefined,
  model: PageModel,
  style: TimeStyle,
): Html {
  const chart = answer && toLineChart(spec, answer, model);
  const isOffChart = chart?.baseline != null && !chart.lines.some(({ tone }) => tone === 'baseline');
  return html`<figure class="chart" data-key="${spec.id}">
    <figcaption>
      <h3>${spec.title}</h3>
      ${isOffChart && html`<span class="quiet small">baseline ${quantity(chart.baseline, spec.unit)}, far above</span>`}
    </figcaption>
    ${
      chart === undefined
        ? html`<p class="chartless">Nothing is known of it in this span.</p>`
        : html`<div class="drawing" data-chart="${spec.id}" data-keep>${lineChart(chart, style)}</div>
            ${legend(chart)}
            <p class="unseen">${inWords(chart)}</p>`
    }
  </figure>`;
}
