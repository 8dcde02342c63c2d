import type { PageModel } from '../model/page-model.ts';
import type { SidecarState, SourceRow } from '../model/page-sources.ts';
import { foreign, html, type Html } from './html.ts';
import { quantity, spanText } from './quantity.ts';
import { empty, facts, section } from './section.ts';
import { table } from './table.ts';
import { moment, type TimeStyle } from './times.ts';
import { verdictMark } from './verdict-mark.ts';

function sourceMark({ isOk }: SourceRow): Html {
  if (isOk === null) return verdictMark('unknown', 'not read yet');
  return isOk ? verdictMark('ok', 'readable') : verdictMark('bad', 'not readable');
}

const sourceTable = (rows: readonly SourceRow[], style: TimeStyle): Html =>
  table(
    'Sources',
    [
      { title: 'Source' },
      { title: 'State' },
      { title: 'Last reading' },
      { title: 'Took', isFigure: true },
      { title: 'Samples', isFigure: true },
    ],
    rows.map((row) => ({
      key: row.name,
      cells: [
        row.name,
        html`${sourceMark(row)}
        ${row.reason !== null && html`<span class="message">${foreign(row.reason)}</span>`}`,
        moment(row.readAtMs ?? undefined, style),
        quantity(row.durationMs, 'ms'),
        quantity(row.samples, 'count'),
      ],
    })),
  );

/** `412 (too_large 400, queue 12)`. */
function counted(total: number, parts: readonly { readonly name: string; readonly count: number }[]): string {
  const shown = parts.filter(({ count }) => count > 0).map(({ name, count }) => `${name} ${count}`);
  return shown.length === 0 ? String(total) : `${total} (${shown.join(', ')})`;
}

function sidecarFacts(state: SidecarState, { server }: PageModel, style: TimeStyle): Html {
  const { history, listeners, dropped, droppedBy, namesCapped } = state;
  const capped = namesCapped.reduce((sum, { count }) => sum + count, 0);
  return facts([
    ['Version', server.version],
    ['Running since', moment(server.startedAtMs, style)],
    ['CPU', quantity(state.cpuRatio, 'ratio')],
    ['Memory', quantity(state.memoryBytes, 'bytes')],
    [
      'Observation',
      state.isTapEnabled
        ? verdictMark('ok', 'on')
        : verdictMark('watch', 'off: traffic passes, nothing is measured'),
    ],
    [
      'Not observed',
      dropped === 0
        ? 'nothing'
        : verdictMark(
            'watch',
            counted(
              dropped,
              droppedBy.map(({ reason, count }) => ({ name: reason, count })),
            ),
          ),
    ],
    [
      'Names beyond the cap',
      capped === 0
        ? undefined
        : counted(
            capped,
            namesCapped.map(({ label, count }) => ({ name: label, count })),
          ),
    ],
    [
      'Configuration',
      html`${state.isLastReloadOk ? verdictMark('ok', 'in force') : verdictMark('bad', 'the last reload failed, the former runs on')}
      ${state.reloadedAtMs !== null && html` since ${moment(state.reloadedAtMs, style)}`}`,
    ],
    [
      'State on disk',
      state.isStateWritten === null
        ? undefined
        : state.isStateWritten
          ? verdictMark('ok', 'written')
          : verdictMark('bad', 'the last write failed'),
    ],
    [
      'History',
      `${quantity(history.series, 'count')} series in ${quantity(history.bytes, 'bytes')}, up to ${spanText(history.spanMs / 1000)}${history.isFurtherInPrometheus ? ', further in Prometheus' : ''}`,
    ],
    ['Watching this page', `${listeners.open} of at most ${listeners.most}`],
  ]);
}

/** Where the figures come from, and whether the sidecar itself is well. */
export function sourcesSection(model: PageModel, style: TimeStyle): Html {
  const { rows, sidecar } = model.sources;
  return section({
    id: 'sources',
    title: 'Sources and the sidecar',
    hint: 'Whether these figures can be trusted. Good is every source readable and nothing unobserved.',
    body: html`${
        rows.length === 0
          ? empty(
              'No source is configured beside the traffic. With the process source the page knows CPU, memory and leaks; with postgres and redis, pools and caches.',
            )
          : sourceTable(rows, style)
      }
      <h3 class="sub">The sidecar itself</h3>
      ${sidecarFacts(sidecar, model, style)}
      <p class="small machines">
        For machines: <a href="metrics">metrics</a>, <a href="api/v1/page">all of this as JSON</a>,
        <a href="api/v1/openapi.json">its description</a>.
      </p>`,
  });
}
