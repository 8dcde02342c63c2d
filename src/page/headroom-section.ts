import type { HeadroomRow } from '../model/page-headroom.ts';
import type { PageModel } from '../model/page-model.ts';
import { foreign, html, type Html } from './html.ts';
import { quantity } from './quantity.ts';
import { ratioBar } from './ratio-bar.ts';
import { empty, section } from './section.ts';
import { sparkline } from './sparkline.ts';
import { table, type Row } from './table.ts';
import { verdictMark } from './verdict-mark.ts';

const toRow = (row: HeadroomRow, { recent }: PageModel): Row => ({
  key: row.resource,
  cells: [
    row.name,
    html`<strong>${quantity(row.live, row.unit)}</strong>`,
    quantity(row.limit, row.unit),
    html`${quantity(row.ratio, 'ratio')} ${ratioBar(row.ratio, 1, row.verdict)}`,
    html`${verdictMark(row.verdict)} <span class="quiet small words">${row.words}</span>`,
    sparkline({ values: recent.values[row.series] ?? [] }),
  ],
});

/** How near the load is to the limits of the hardware tier. */
export function headroomSection(model: PageModel): Html {
  const { tier, fits, words, rows } = model.headroom;
  const named = (name: string, each: typeof tier): Html | undefined =>
    each === null
      ? undefined
      : html`<span>${name} <strong>tier ${each.number}, ${foreign(each.name)}</strong></span>`;
  return section({
    id: 'capacity',
    title: 'Head-room',
    hint: `What one instance may take by its hardware tier, and how much of it is in use. Good is below 80 %: above that, add an instance or a tier. ${words}`,
    aside: html`<span class="quiet small aside">${named('Stated:', tier)} ${named('Load fits', fits)}</span>`,
    body:
      rows.length === 0
        ? empty('No tier is stated. Set `server.tier` in the configuration to see the head-room.')
        : table(
            'Use of the tier',
            [
              { title: 'Resource' },
              { title: 'Now', isFigure: true },
              { title: 'Limit', isFigure: true },
              { title: 'In use', isFigure: true },
              { title: 'Verdict' },
              { title: 'Last hour' },
            ],
            rows.map((row) => toRow(row, model)),
          ),
  });
}
