import type { HealthRow } from '../model/page-health.ts';
import type { PageModel } from '../model/page-model.ts';
import { foreign, html, type Html } from './html.ts';
import { quantity, timesText } from './quantity.ts';
import { ratioBar } from './ratio-bar.ts';
import { section } from './section.ts';
import { sparkline } from './sparkline.ts';
import { table, type Row } from './table.ts';
import { verdictMark } from './verdict-mark.ts';

function toRow(row: HealthRow, { recent }: PageModel): Row {
  const { figure, name, unit, of, live, baseline, ratio, verdict, words, series } = row;
  return {
    key: figure,
    cells: [
      html`${name}${of !== null && html` <span class="quiet small">${foreign(of)}</span>`}`,
      html`<strong data-figure="${figure}" data-value="${live ?? ''}">${quantity(live, unit)}</strong>`,
      quantity(baseline, unit),
      html`${timesText(ratio)} ${ratioBar(ratio, 1, verdict)}`,
      html`${verdictMark(verdict)} <span class="quiet small words">${words}</span>`,
      sparkline({ values: recent.values[series] ?? [], baseline: baseline ?? undefined }),
    ],
  };
}

/** The document's table of baseline results, with what is measured now beside it. */
export function healthSection(model: PageModel): Html {
  const { health, server } = model;
  return section({
    id: 'health',
    title: 'Health against the baseline',
    hint: html`Each figure of the benchmark beside what is measured now, over the last ${health.windowSeconds}
    seconds. Good is a ratio at or below 1× (for the cache: at or above); throughput follows demand and is no
    verdict by itself. Baseline: ${server.baselineFrom}.`,
    body: table(
      'Live figures beside their baselines',
      [
        { title: 'Figure' },
        { title: 'Now', isFigure: true },
        { title: 'Baseline', isFigure: true },
        { title: 'Ratio', isFigure: true },
        { title: 'Verdict' },
        { title: 'Last hour' },
      ],
      health.rows.map((row) => toRow(row, model)),
    ),
  });
}
