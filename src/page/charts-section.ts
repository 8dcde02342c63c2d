import type { PageModel } from '../model/page-model.ts';
import type { SeriesAnswer } from '../model/page-series.ts';
import { CHARTS } from './chart-data.ts';
import { chartFigure } from './chart-figure.ts';
import { html, type Html } from './html.ts';
import { choiceHref, RANGES, type PageView, type Range } from './page-view.ts';
import { section } from './section.ts';

/** The ranges that the server can show. */
export const rangesOf = ({ sources }: PageModel): readonly Range[] => {
  const { spanMs, isFurtherInPrometheus } = sources.sidecar.history;
  return RANGES.filter(({ ms }) => isFurtherInPrometheus || ms <= spanMs);
};

const picker = (model: PageModel, { choice }: PageView): Html =>
  html`<nav class="ranges" aria-label="Span of the charts">
    ${rangesOf(model).map(
      (range) =>
        html`<a
          href="${choiceHref(choice, { range }, 'charts')}"
          data-choice
          ${range.key === choice.range.key && html`aria-current="true"`}
          >${range.name}</a
        >`,
    )}
  </nav>`;

/** How the server got where it is: the same figures over time. */
export function chartsSection(model: PageModel, answer: SeriesAnswer | undefined, view: PageView): Html {
  return section({
    id: 'charts',
    title: 'Over time',
    hint: 'When it began, and what moved with it: the charts share one time axis. Good is below the dashed baseline.',
    aside: picker(model, view),
    body: html`<div class="charts">${CHARTS.map((spec) => chartFigure(spec, answer, model, view.style))}</div>
      ${answer?.notes.map((note) => html`<p class="quiet small">${note}</p>`)}`,
  });
}
