import type { HealthReason } from '../model/page-health.ts';
import type { PageModel } from '../model/page-model.ts';
import type { PageVerdict } from '../model/page-verdict.ts';
import { foreign, html, prose, type Html } from './html.ts';
import { agoText, moment, type TimeStyle } from './times.ts';
import { verdictIcon, verdictMark } from './verdict-mark.ts';

/** The server's state in a few words, for the banner and the tab. */
export const STATE_TITLES: Readonly<Record<PageVerdict, string>> = {
  ok: 'Healthy',
  watch: 'Worth a look',
  bad: 'Needs attention',
  unknown: 'Nothing to judge yet',
};

/** Beyond these the sections tell. */
const MOST_REASONS = 5;

/** Whether no client has called anything yet. */
export const isUntouched = ({ tools, sessions }: PageModel): boolean =>
  tools.total.calls === 0 && sessions.opened === 0;

const firstSteps = ({ server: { listen, upstream } }: PageModel): Html =>
  listen === 'stdio'
    ? html`<p class="lead">
        No traffic yet. Start a client whose server command runs <code>mcp-vitals stdio</code>.
      </p>`
    : html`<p class="lead">
        No traffic yet. Point your clients at <code>${listen}</code> instead of <code>${upstream}</code>, path
        and all: calls are forwarded untouched, and the first figures are here within seconds.
      </p>`;

function since(atMs: number | null, style: TimeStyle): Html | undefined {
  if (atMs === null) return undefined;
  return html`<span class="since"
    >since ${moment(atMs, style)} (<span data-ago="${atMs}">${agoText(atMs, style)}</span>)</span
  >`;
}

/** A sentence that goes on with since when it is so. */
const unended = (sentence: string): string => sentence.replace(/\.$/, '');

/** The way to what to do about a reason. */
const runbookLink = ({ alert }: HealthReason): Html | false =>
  alert !== null &&
  html` <a class="small" href="runbooks/${alert}">runbook<span class="unseen"> of ${alert}</span></a>`;

/** What is worst, in full: what, since when, and what to do about it. */
const worst = (reason: HealthReason, style: TimeStyle): Html =>
  html`<p class="lead">
      <a href="#${reason.section}">${foreign(unended(reason.text))}</a> ${since(reason.sinceMs, style)}
    </p>
    ${
      reason.next.length > 0 &&
      html`<div class="next">
        <p><strong>What to do:</strong>${runbookLink(reason)}</p>
        <ul>
          ${reason.next.map((step) => html`<li>${prose(step)}</li>`)}
        </ul>
      </div>`
    }`;

/** The top of the page: whether the server is well, what is worst, since when, and what to do about it. */
export function banner(model: PageModel, style: TimeStyle): Html {
  const { health, server } = model;
  const { verdict, words, reasons, readiness, sinceMs } = health;
  const [first, ...others] = reasons;
  const shown = others.slice(0, MOST_REASONS);
  const hidden = others.length - shown.length;
  return html`<section class="banner banner-${verdict}" aria-labelledby="state" data-key="banner">
    ${verdictIcon(verdict)}
    <div class="banner-text">
      <h1 id="state">
        <span class="state-word">${STATE_TITLES[verdict]}</span>
        <span class="state-server">${foreign(server.upstream)}</span>
      </h1>
      ${first === undefined ? html`<p class="lead">${unended(words)} ${since(sinceMs, style)}</p>` : worst(first, style)}
      ${isUntouched(model) && readiness.ready !== false && firstSteps(model)}
      ${
        shown.length > 0 &&
        html`<ol class="reasons">
          ${shown.map(
            (reason) =>
              html`<li>
                ${verdictMark(reason.verdict)}
                <a href="#${reason.section}">${foreign(unended(reason.text))}</a>
                ${since(reason.sinceMs, style)} ${runbookLink(reason)}
              </li>`,
          )}
        </ol>`
      }
      ${hidden > 0 && html`<p class="small">and ${hidden} more below</p>`}
    </div>
  </section>`;
}
