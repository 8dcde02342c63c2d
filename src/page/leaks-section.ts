import type { LeakRow, PageEstimate } from '../model/page-leaks.ts';
import type { PageModel } from '../model/page-model.ts';
import type { PageUnit } from '../model/page-verdict.ts';
import type { VerdictState } from '../model/verdict.ts';
import { evidenceChart } from './evidence-chart.ts';
import { foreign, html, type Html } from './html.ts';
import { legend, lineChart } from './line-chart.ts';
import { quantity, spanText } from './quantity.ts';
import { empty, facts, section } from './section.ts';
import { moment, type TimeStyle } from './times.ts';
import { verdictMark } from './verdict-mark.ts';

const STATE_WORDS: Readonly<Record<VerdictState, string>> = {
  none: 'steady',
  watch: 'grows, limit far',
  ticket: 'will reach its limit',
  urgent: 'reaches its limit within days',
  page: 'reaches its limit within hours',
};

function estimate({ low, best, high }: PageEstimate, write: (value: number) => string): string {
  const text = (value: number | null): string => (value === null ? 'no end' : write(value));
  return `${text(best)} (${text(low)} to ${text(high)})`;
}

function limitText({ limit, isLimitKnown, unit, direction }: LeakRow): string | undefined {
  if (limit === null) return 'none is known';
  const assumed = isLimitKnown ? '' : ', assumed from where it began';
  return `${direction === 'down' ? 'at least ' : ''}${quantity(limit, unit)}${assumed}`;
}

function rules({ rules: asked }: LeakRow): Html | false {
  return (
    asked.length > 0 &&
    html`<details data-key="rules">
      <summary>Rules that were asked (${asked.length})</summary>
      <ul class="rules small">
        ${asked.map(
          ({ rule, outcome, text }) =>
            html`<li>
              ${outcome === 'passed' ? html`<strong>passed</strong>` : html`<strong class="over">held back</strong>`}
              ${rule.replaceAll('_', ' ')}: ${text}
            </li>`,
        )}
      </ul>
    </details>`
  );
}

const title = ({ detector, series }: LeakRow): Html =>
  html`${detector.replaceAll('_', ' ')}${series !== '' && html` <span class="quiet">${foreign(series)}</span>`}`;

function verdictCard(row: LeakRow, style: TimeStyle): Html {
  const chart = evidenceChart(row);
  const unit: PageUnit = row.unit;
  const { slopePerHour, secondsToLimit, loadExplained } = row;
  return html`<article class="leak leak-${row.verdict}" data-key="${row.detector} ${row.series}">
    <h3>${title(row)}</h3>
    <p>
      ${verdictMark(row.verdict, STATE_WORDS[row.state])}
      <span class="quiet small">since ${moment(row.sinceMs, style)}</span>
    </p>
    <p>${foreign(row.text)}</p>
    ${
      chart !== undefined &&
      html`<div class="drawing" data-evidence="${row.detector} ${row.series}" data-keep>
          ${lineChart(chart, style)}
        </div>
        ${legend(chart)}`
    }
    ${facts([
      ['Now', quantity(row.level, unit)],
      ['Limit', limitText(row)],
      [
        'Growth an hour',
        slopePerHour === null ? undefined : estimate(slopePerHour, (value) => quantity(value, unit)),
      ],
      [
        'Limit in',
        secondsToLimit === null ? undefined : html`<strong>${estimate(secondsToLimit, spanText)}</strong>`,
      ],
      ['Explained by load', loadExplained === null ? undefined : quantity(loadExplained, 'ratio')],
      ['Restarts seen', row.restarts === 0 ? undefined : quantity(row.restarts, 'count')],
      ['Captured', row.capture === null ? undefined : html`<code>${row.capture}</code>`],
    ])}
    ${rules(row)}
  </article>`;
}

function quietItem(row: LeakRow, style: TimeStyle): Html {
  const chart = evidenceChart(row);
  return html`<details class="quiet-series" data-key="${row.detector} ${row.series}">
    <summary>
      ${row.level === null ? verdictMark('unknown', 'too early to tell') : verdictMark(row.verdict, STATE_WORDS[row.state])}
      <strong>${title(row)}</strong>
      <span class="quiet small"
        >${row.level === null ? `watched for ${spanText(row.watchedSeconds)}` : html`now ${quantity(row.level, row.unit)}; ${foreign(row.brief)}`}</span
      >
    </summary>
    ${
      chart !== undefined &&
      html`<div class="drawing" data-evidence="${row.detector} ${row.series}" data-keep>
          ${lineChart(chart, style)}
        </div>
        ${legend(chart)}`
    }
    ${rules(row)}
  </details>`;
}

function watched({ followed, watchedSeconds, rate, more }: PageModel['leaks']): string {
  const pace = rate === 1 ? '' : ` For this demonstration a second counts as ${rate}.`;
  const left = more === 0 ? '' : ` ${more} more are not shown.`;
  return `${followed} series are followed, the longest for ${spanText(watchedSeconds)}.${left}${pace}`;
}

/** What grows without end, drawn so that one can believe it. */
export function leaksSection({ leaks }: PageModel, style: TimeStyle): Html {
  const told = leaks.rows.filter(({ state }) => state !== 'none');
  const steady = leaks.rows.filter(({ state }) => state === 'none');
  return section({
    id: 'leaks',
    title: 'Leaks and drift',
    hint: `Whether something grows that should not, and when it hits its limit. Good is steady: load, restarts and warm-up are taken out before a verdict. ${watched(leaks)}`,
    body: html`${!leaks.enabled && empty('The detectors are switched off (setting detectors.enabled).')}
    ${
      leaks.enabled &&
      leaks.rows.length === 0 &&
      empty(
        'Nothing is concluded yet: it takes a while of watching. Give the sidecar the process source to watch memory and files.',
      )
    }
    ${told.length > 0 && html`<div class="leaks">${told.map((row) => verdictCard(row, style))}</div>`}
    ${steady.map((row) => quietItem(row, style))}`,
  });
}
