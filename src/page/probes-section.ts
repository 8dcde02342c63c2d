import type { PageModel } from '../model/page-model.ts';
import type { ProbeRow } from '../model/page-probes.ts';
import { foreign, html, linkTarget, type Html } from './html.ts';
import { quantity } from './quantity.ts';
import { runStrip } from './run-strip.ts';
import { empty, section } from './section.ts';
import { table, type Row } from './table.ts';
import { agoText, moment, type TimeStyle } from './times.ts';
import { verdictMark } from './verdict-mark.ts';

/** A certificate that ends within this many milliseconds is told. */
const SOON_MS = 30 * 24 * 3_600_000;

function remarks(row: ProbeRow, { nowMs }: TimeStyle): Html {
  const { message, drift, certificateExpiryMs } = row;
  const leftMs = certificateExpiryMs === null ? Infinity : certificateExpiryMs - nowMs;
  return html`${message !== null && html`<span class="message">${foreign(message)}</span>`}
  ${drift.map(({ change, tools }) => html`<span class="small">${change.replaceAll('_', ' ')}: ${foreign(tools.join(', '))}</span> `)}
  ${leftMs < SOON_MS && html`<span class="small">certificate ends in ${quantity(Math.max(0, leftMs / 1000), 'seconds')}</span>`}`;
}

function stateCell({ enabled, verdict, state, stateSinceMs }: ProbeRow, style: TimeStyle): Html {
  if (!enabled) return verdictMark('unknown', 'disabled');
  return html`${verdictMark(verdict, state)}
  ${stateSinceMs !== null && html`<span class="quiet small">for <span data-ago="${stateSinceMs}">${agoText(stateSinceMs, style)}</span></span>`}`;
}

function toRow(row: ProbeRow, style: TimeStyle): Row {
  const { name, kind, target, schedule, runs, phases, lastSuccessMs, baselineMs, href } = row;
  const [last] = runs;
  return {
    key: name,
    cells: [
      html`<a href="${linkTarget(href)}">${foreign(name)}</a>
        <span class="quiet small">${kind}, ${schedule}, ${foreign(target)}</span>`,
      html`${stateCell(row, style)} ${remarks(row, style)}`,
      last === undefined
        ? '–'
        : html`<strong>${quantity(last.durationMs, 'ms')}</strong
            >${baselineMs !== null && html` <span class="quiet small">call at most ${quantity(baselineMs, 'ms')}</span>`}`,
      html`${phases.length === 0 ? '–' : phases.map(({ phase, durationMs }) => html`<span class="phase">${phase.replaceAll('_', ' ')} ${quantity(durationMs, 'ms')}</span> `)}`,
      runs.length === 0 ? '–' : runStrip(runs),
      moment(lastSuccessMs ?? undefined, style),
    ],
  };
}

const howToProbe = html`No probe is configured. A probe calls the server as a client would, and finds out
  before users do: add one under <code>probes.list</code> in the configuration, for example
  <code>{ name: hello, kind: handshake, interval: 30s }</code>.`;

/** What clients of our own find, even when nobody else calls. */
export function probesSection({ probes }: PageModel, style: TimeStyle): Html {
  return section({
    id: 'probes',
    title: 'Probes',
    hint: 'Calls that this sidecar makes by itself, also when no client does. Good is up, all green; the name leads to the transcript of the last run and of each failure.',
    body:
      probes.rows.length === 0
        ? empty(howToProbe)
        : table(
            'Probes',
            [
              { title: 'Probe' },
              { title: 'State', isRoomy: true },
              { title: 'Took', isFigure: true },
              { title: 'Phases' },
              { title: 'Last runs' },
              { title: 'Last success' },
            ],
            probes.rows.map((row) => toRow(row, style)),
          ),
  });
}
