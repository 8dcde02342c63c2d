import type { PageModel } from '../model/page-model.ts';
import type { SeriesAnswer } from '../model/page-series.ts';
import type { ErrorRow, PageLatency, ToolRow } from '../model/page-tools.ts';
import { chartFigure } from './chart-figure.ts';
import { toolCharts } from './chart-data.ts';
import { foreign, html, type Html } from './html.ts';
import { choiceHref, type PageView, type ToolSort } from './page-view.ts';
import { quantity } from './quantity.ts';
import { empty, section } from './section.ts';
import { sparkline } from './sparkline.ts';
import { table, type Column, type Row } from './table.ts';
import { verdictMark } from './verdict-mark.ts';

const errorsOf = ({ errors: { transport, rpc, tool } }: ToolRow): number => transport + rpc + tool;

const SORT_VALUES: Readonly<Record<ToolSort, (row: ToolRow) => number | string>> = {
  name: ({ name }) => name,
  rate: ({ ratePerSecond }) => ratePerSecond,
  p50: ({ latency }) => latency.p50Ms ?? -1,
  p95: ({ latency }) => latency.p95Ms ?? -1,
  p99: ({ latency }) => latency.p99Ms ?? -1,
  errors: errorsOf,
};

/** The rows in the chosen order; equals by name. */
export function sortTools(rows: readonly ToolRow[], by: ToolSort, isDescending: boolean): readonly ToolRow[] {
  const valueOf = SORT_VALUES[by];
  const sign = isDescending ? -1 : 1;
  return rows.toSorted((one, other) => {
    const [a, b] = [valueOf(one), valueOf(other)];
    if (a === b) return one.name < other.name ? -1 : 1;
    return (a < b ? -1 : 1) * sign;
  });
}

function columns({ choice }: PageView): readonly Column[] {
  const sortable = (title: string, by: ToolSort): Column => {
    const isCurrent = choice.sort === by;
    // Figures are of interest from the greatest down, names from A.
    const isDescending = isCurrent ? !choice.isDescending : by !== 'name';
    const order = choice.isDescending ? 'descending' : 'ascending';
    return {
      title,
      isFigure: by !== 'name',
      sort: {
        href: choiceHref(choice, { sort: by, isDescending }, 'tools'),
        order: isCurrent ? order : 'none',
      },
    };
  };
  return [
    sortable('Tool', 'name'),
    sortable('Calls/s', 'rate'),
    sortable('P50', 'p50'),
    sortable('P95', 'p95'),
    sortable('P99', 'p99'),
    sortable('Errors', 'errors'),
    { title: 'Verdict' },
    { title: 'P99, last hour' },
  ];
}

/** Live beside baseline; over it in bold with a sign, since colour alone must not say it. */
function percentile(row: ToolRow, key: keyof PageLatency): Html {
  const [live, baseline] = [row.latency[key], row.baseline[key]];
  const isOver = live !== null && baseline !== null && live > baseline;
  const against =
    baseline !== null && html` <span class="quiet small against">of ${quantity(baseline, 'ms')}</span>`;
  const sign =
    isOver && html`<span class="unseen">, over its baseline</span> <span aria-hidden="true">▲</span>`;
  return html`<span class="${isOver ? 'over' : ''}">${quantity(live, 'ms')}${sign}</span>${against}`;
}

function errorCell(row: ToolRow): Html {
  const { transport, rpc, tool } = row.errors;
  if (errorsOf(row) === 0) return html`0`;
  const kinds = [
    transport > 0 && `${quantity(transport, 'count')} transport`,
    rpc > 0 && `${quantity(rpc, 'count')} JSON-RPC`,
    tool > 0 && `${quantity(tool, 'count')} tool`,
  ].filter((each) => each !== false);
  return html`<strong>${quantity(errorsOf(row), 'count')}</strong>
    <span class="quiet small">${kinds.join(', ')}</span>`;
}

function toolCell({ name, key, calls, isOwnBaseline }: ToolRow, { choice }: PageView): Html {
  const isOpen = choice.tool === key;
  const href = choiceHref(choice, { tool: isOpen ? undefined : key }, 'tools');
  return html`<a href="${href}" data-choice aria-expanded="${isOpen ? 'true' : 'false'}">${foreign(name)}</a>
    <span class="quiet small"
      >${quantity(calls, 'count')}
      calls${!isOwnBaseline && html`, <abbr title="The document names no baseline of its own for this tool.">server's baseline</abbr>`}</span
    >`;
}

function toRow(row: ToolRow, model: PageModel, answer: SeriesAnswer | undefined, view: PageView): Row {
  return {
    key: row.key,
    cells: [
      toolCell(row, view),
      html`<strong>${quantity(row.ratePerSecond, 'count')}</strong>`,
      percentile(row, 'p50Ms'),
      percentile(row, 'p95Ms'),
      percentile(row, 'p99Ms'),
      errorCell(row),
      html`${verdictMark(row.verdict)} <span class="quiet small words">${row.words}</span>`,
      sparkline({
        values: model.recent.values[`tool_p99_ms/${row.key}`] ?? [],
        baseline: row.baseline.p99Ms ?? undefined,
      }),
    ],
    more:
      view.choice.tool === row.key
        ? html`<div class="charts">
            ${toolCharts(row.key).map((spec) => chartFigure(spec, answer, model, view.style))}
          </div>`
        : undefined,
  };
}

function totalRow(row: ToolRow): Row {
  return {
    key: 'all tools',
    isTotal: true,
    cells: [
      html`All tools <span class="quiet small">${quantity(row.calls, 'count')} calls</span>`,
      html`<strong>${quantity(row.ratePerSecond, 'count')}</strong>`,
      percentile(row, 'p50Ms'),
      percentile(row, 'p95Ms'),
      percentile(row, 'p99Ms'),
      errorCell(row),
      html`${verdictMark(row.verdict)} <span class="quiet small words">${row.words}</span>`,
      '',
    ],
  };
}

const breakdown = (rows: readonly ErrorRow[]): Html =>
  table(
    'What fails',
    [
      { title: 'Type of error' },
      { title: 'Fault' },
      { title: 'Last hour', isFigure: true },
      { title: 'Share', isFigure: true },
      { title: "Share in the document's test", isFigure: true },
      { title: 'Since the start', isFigure: true },
    ],
    rows.map(({ errorType, fault, count, lastHour, share, documentShare }) => ({
      key: `${errorType} ${fault}`,
      cells: [
        foreign(errorType),
        fault === 'server' ? "the server's" : "the client's",
        quantity(lastHour, 'count'),
        quantity(share, 'ratio'),
        quantity(documentShare, 'ratio'),
        quantity(count, 'count'),
      ],
    })),
  );

/** Each tool against its own baseline, what fails of them, and one of them over time. */
export function toolsSection(model: PageModel, answer: SeriesAnswer | undefined, view: PageView): Html {
  const { tools } = model;
  const { sort, isDescending } = view.choice;
  const rows = sortTools(tools.rows, sort, isDescending);
  return section({
    id: 'tools',
    title: 'Tools',
    hint: 'Where it hurts: each tool beside its own baseline, over the last minute. Good is every percentile below its baseline and no errors. Choose a tool to see it over time.',
    body: html`${
        rows.length === 0
          ? empty('No tool was called yet.')
          : table('Tools beside their baselines', columns(view), [
              ...rows.map((row) => toRow(row, model, answer, view)),
              totalRow(tools.total),
            ])
      }
      <h3 class="sub">What fails</h3>
      ${
        tools.breakdown.length === 0
          ? html`<p>${verdictMark('ok', 'No request has failed.')}</p>`
          : breakdown(tools.breakdown)
      }`,
  });
}
