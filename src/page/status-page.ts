import type { PageModel } from '../model/page-model.ts';
import type { SeriesAnswer } from '../model/page-series.ts';
import { banner, STATE_TITLES } from './banner.ts';
import { chartsSection } from './charts-section.ts';
import { conditionsSection } from './conditions-section.ts';
import { configSection } from './config-section.ts';
import { headroomSection } from './headroom-section.ts';
import { healthSection } from './health-section.ts';
import { foreign, html, type Html } from './html.ts';
import { leaksSection } from './leaks-section.ts';
import type { PageView } from './page-view.ts';
import { probesSection } from './probes-section.ts';
import { sessionsSection } from './sessions-section.ts';
import { sourcesSection } from './sources-section.ts';
import { clockText } from './times.ts';
import { toolsSection } from './tools-section.ts';

/** What the tab says: the state first, since tabs are narrow. */
export function pageTitle({ health, conditions, server }: PageModel): string {
  const sign = { ok: '✓', watch: '▲', bad: '✕', unknown: '–' }[health.verdict];
  const { critical, warning } = conditions.firing;
  const firing = critical + warning === 0 ? '' : `, ${critical + warning} firing`;
  return `${sign} ${STATE_TITLES[health.verdict]}${firing} · ${server.instance} · mcp-vitals`;
}

/** How many of something are out of order, for the list of contents. */
function troubles({
  conditions,
  health,
  tools,
  probes,
  leaks,
  headroom,
  sources,
}: PageModel): Record<string, number> {
  const bad = (rows: readonly { readonly verdict: string }[]): number =>
    rows.filter(({ verdict }) => verdict === 'bad').length;
  const { critical, warning } = conditions.firing;
  return {
    conditions: critical + warning,
    health: bad(health.rows),
    tools: bad(tools.rows),
    probes: bad(probes.rows),
    leaks: bad(leaks.rows),
    capacity: bad(headroom.rows),
    sources: sources.rows.filter(({ isOk }) => isOk === false).length,
  };
}

const CONTENTS = [
  ['conditions', 'Firing'],
  ['health', 'Health'],
  ['charts', 'Over time'],
  ['tools', 'Tools'],
  ['probes', 'Probes'],
  ['leaks', 'Leaks'],
  ['sessions', 'Sessions'],
  ['capacity', 'Head-room'],
  ['sources', 'Sources'],
  ['config', 'Configuration'],
] as const;

/** The list of contents, with what is out of order where. */
export function contents(model: PageModel): Html {
  const counts = troubles(model);
  return html`<nav class="contents" id="contents" aria-label="Sections">
    <ul>
      ${CONTENTS.map(([id, name]) => {
        const count = counts[id] ?? 0;
        return html`<li>
          <a href="#${id}"
            >${name}${count > 0 && html` <span class="count">${count}<span class="unseen"> out of order</span></span>`}</a
          >
        </li>`;
      })}
    </ul>
  </nav>`;
}

/** The bar at the top of the status page. */
export const statusBar = (model: PageModel, view: PageView, canLogOut: boolean): Html =>
  html`<header class="bar">
    <div class="bar-row">
      <a class="brand" href="./">mcp-vitals</a>
      <span class="bar-server">${foreign(model.server.instance)}</span>
      <div class="bar-tools">
        <span class="fresh" id="fresh" data-fresh="still"
          >as of ${clockText(model.atMs, view.style)}${view.style.zone === 'utc' && ' UTC'}</span
        >
        <button type="button" id="theme" hidden><span class="wide">Theme: </span></button>
        ${
          canLogOut && html`<form method="post" action="logout"><button type="submit">Log out</button></form>`
        }
      </div>
    </div>
    ${contents(model)}
    <p class="unseen" id="spoken" role="status" aria-live="polite"></p>
  </header>`;

/**
 * Everything beneath the bar, section by section. The same function draws it on the server and, at each update, in the
 * browser.
 */
export const statusSections = (
  model: PageModel,
  answer: SeriesAnswer | undefined,
  view: PageView,
): readonly Html[] => [
  banner(model, view.style),
  conditionsSection(model, view.style),
  healthSection(model),
  chartsSection(model, answer, view),
  toolsSection(model, answer, view),
  probesSection(model, view.style),
  leaksSection(model, view.style),
  sessionsSection(model),
  headroomSection(model),
  sourcesSection(model, view.style),
  configSection(model),
];

/** The end of the page. */
export const statusFooter = ({ server }: PageModel): Html =>
  html`<p>
    mcp-vitals ${server.version}, beside ${foreign(server.upstream)}. Nothing on this page is loaded from
    elsewhere.
  </p>`;
