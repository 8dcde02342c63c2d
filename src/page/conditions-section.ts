import type { ConditionRow, ConditionSeverity, PageConditions } from '../model/page-conditions.ts';
import type { PageModel } from '../model/page-model.ts';
import type { PageVerdict } from '../model/page-verdict.ts';
import { foreign, html, prose, type Html } from './html.ts';
import { quantity } from './quantity.ts';
import { section } from './section.ts';
import { agoText, moment, type TimeStyle } from './times.ts';
import { verdictMark } from './verdict-mark.ts';

const SEVERITY_VERDICTS: Readonly<Record<ConditionSeverity, PageVerdict>> = {
  critical: 'bad',
  warning: 'watch',
  info: 'unknown',
  other: 'unknown',
};

const STATE_WORDS = {
  firing: '',
  ending: ', over now',
  pending: ', not for long enough yet',
} as const;

const list = (title: string, items: readonly string[]): Html | false =>
  items.length > 0 &&
  html`<h4>${title}</h4>
    <ul>
      ${items.map((item) => html`<li>${prose(item)}</li>`)}
    </ul>`;

function runbook(row: ConditionRow): Html | undefined {
  if (row.runbook === null) return undefined;
  const { meaning, now, causes } = row.runbook;
  return html`<details data-key="runbook">
    <summary>Runbook<span class="unseen"> of ${row.name}</span></summary>
    <div class="runbook">
      <p>${prose(meaning)}</p>
      ${list('Do now', now)} ${list('Likely causes', causes)}
      <p class="small"><a href="runbooks/${row.name}">In full, with how to confirm it</a></p>
    </div>
  </details>`;
}

function conditionItem(row: ConditionRow, style: TimeStyle): Html {
  const { name, severity, state, sinceMs, labels, live, unit, expected, words, inhibitedBy, judgedBy } = row;
  const key = [name, ...Object.entries(labels).flat()].join(' ');
  return html`<li class="condition condition-${SEVERITY_VERDICTS[severity]}" data-key="${key}">
    <p class="condition-head">
      ${verdictMark(SEVERITY_VERDICTS[severity], `${severity}${STATE_WORDS[state]}`)}
      <strong>${foreign(name)}</strong>
      ${Object.entries(labels).map(([label, value]) => html`<span class="label">${label}=${foreign(value)}</span> `)}
      <span class="quiet small"
        >since ${moment(sinceMs, style)} (<span data-ago="${sinceMs}">${agoText(sinceMs, style)}</span>)</span
      >
    </p>
    <p>${foreign(words)}</p>
    <p class="quiet small">
      ${live !== null && html`Now ${quantity(live, unit)}, `}expected ${foreign(expected)}; judged by
      ${judgedBy === 'sidecar' ? 'this sidecar' : 'Prometheus'}${
        inhibitedBy !== null && html`; explained by ${foreign(inhibitedBy)}, which pages instead`
      }.
    </p>
    ${runbook(row)}
  </li>`;
}

function coverage({ judgedHere, notJudgedHere, prometheus }: PageConditions): Html {
  const blind = judgedHere.filter(({ sees }) => !sees);
  return html`<details data-key="coverage">
    <summary>
      ${judgedHere.length - blind.length} of ${judgedHere.length + notJudgedHere.length} shipped alerts are
      judged by this
      sidecar${prometheus !== null && prometheus.problem === null && ', the others by Prometheus'}
    </summary>
    <div class="runbook">
      ${prometheus?.problem != null && html`<p>${verdictMark('watch')} Prometheus: ${prometheus.problem}</p>`}
      <ul class="columns small">
        ${judgedHere.map(
          ({ name, severity, when, sees }) =>
            html`<li>
              <strong>${name}</strong> (${severity}):
              ${when}${!sees && ' – not seen: what it is judged by is not read'}
            </li>`,
        )}
        ${notJudgedHere.map(({ name, why }) => html`<li><strong>${name}</strong>: not judged here, ${why}</li>`)}
      </ul>
    </div>
  </details>`;
}

/** A server that broke a moment ago is not well because no alert has waited for long enough. */
const nothingFires = (isBroken: boolean): Html =>
  isBroken ? verdictMark('unknown', 'Nothing is firing yet.') : verdictMark('ok', 'Nothing is firing.');

/** What is out of order by the rules that ship, with what to do about it. */
export function conditionsSection({ conditions, health }: PageModel, style: TimeStyle): Html {
  const told = conditions.rows.filter(({ state }) => state !== 'pending');
  const pending = conditions.rows.filter(({ state }) => state === 'pending');
  return section({
    id: 'conditions',
    title: 'Firing conditions',
    hint: 'The alerts that ship, judged here as Prometheus would judge them. Good is an empty list; each entry says what to do now.',
    body: html`${
      told.length === 0
        ? html`<p>${nothingFires(pending.length > 0 && health.verdict === 'bad')}</p>`
        : html`<ul class="conditions">
            ${told.map((row) => conditionItem(row, style))}
          </ul>`
    }
    ${
      pending.length > 0 &&
      html`<details class="pending" data-key="pending">
        <summary>${pending.length} hold, but not for long enough yet to fire</summary>
        <ul class="conditions">
          ${pending.map((row) => conditionItem(row, style))}
        </ul>
      </details>`
    }
    ${coverage(conditions)}`,
  });
}
