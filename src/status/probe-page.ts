import type { ProbeDetail, ProbeRun, ProbeSummary } from '../model/probe-history.ts';
import type { ProbeResult } from '../model/probe-result.ts';
import { visibleText } from '../model/visible-text.ts';
import { msText, phasesText, resultLines, transcriptLines } from './transcript-text.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string =>
  visibleText(text).replaceAll(/[&<>"']/g, (each) => ENTITIES[each] ?? '');

/** HTML that is safe as it stands. */
interface Markup {
  readonly html: string;
}

/** HTML in which everything that is put in is escaped, unless it is markup itself. */
function html(
  parts: TemplateStringsArray,
  ...values: readonly (string | Markup | readonly Markup[])[]
): Markup {
  const texts = values.map((value) => {
    if (typeof value === 'string') return escaped(value);
    return 'html' in value ? value.html : value.map((each) => each.html).join('');
  });
  return { html: parts.reduce((whole, part, i) => `${whole}${texts[i - 1] ?? ''}${part}`) };
}

const STYLE: Markup = {
  html: `body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1b1f24;background:#fff}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .7rem .3rem 0;border-bottom:1px solid #d8dee4;vertical-align:top}
th{font-weight:600;color:#57606a}pre{background:#f6f8fa;padding:.8rem;overflow-x:auto;font-size:13px;white-space:pre-wrap;overflow-wrap:anywhere}
summary{cursor:pointer;padding:.2rem 0}.up{color:#1a7f37}.degraded{color:#9a6700}.down{color:#cf222e}.unknown{color:#57606a}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}pre{background:#161b22}th,td{border-color:#30363d}th{color:#8b949e}.up{color:#3fb950}.degraded{color:#d29922}.down{color:#f85149}a{color:#58a6ff}}`,
};

const page = (title: string, body: Markup): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html> `.html;

const time = (ms: number | undefined): string => (ms === undefined ? '–' : new Date(ms).toISOString());

const stateMark = (state: string): Markup => html`<strong class="${state}">${state}</strong>`;

const OUTCOME_CLASS = { success: 'up', retried: 'degraded', failure: 'down' } as const;

function listRow(probe: ProbeSummary): Markup {
  const { name, kind, target, enabled, state, lastRun } = probe;
  return html`<tr>
    <td><a href="/probes/${encodeURIComponent(name)}">${name}</a></td>
    <td>${kind}</td>
    <td>${target}</td>
    <td>${stateMark(state)}${enabled ? '' : ' (disabled)'}</td>
    <td>${time(lastRun?.startedWallMs)}</td>
    <td>${lastRun === undefined ? '–' : msText(lastRun.durationMs)}</td>
    <td>${lastRun?.reason ?? ''}</td>
  </tr> `;
}

/** The page of all probes. */
export function renderProbeList(probes: readonly ProbeSummary[]): string {
  const table = html`<table>
    <thead>
      <tr>
        <th>Probe</th>
        <th>Kind</th>
        <th>Target</th>
        <th>State</th>
        <th>Last run</th>
        <th>Took</th>
        <th>Failure</th>
      </tr>
    </thead>
    <tbody>
      ${probes.map(listRow)}
    </tbody>
  </table>`;
  return page(
    'Probes',
    html`<h1>Probes</h1>
      ${probes.length === 0 ? html`<p>No probe is configured.</p>` : table}`,
  );
}

const runRow = (run: ProbeRun): Markup =>
  html`<tr>
    <td>${time(run.startedWallMs)}</td>
    <td class="${OUTCOME_CLASS[run.outcome]}">${run.outcome}</td>
    <td>${msText(run.durationMs)}</td>
    <td>${phasesText(run.phases)}</td>
    <td>${run.reason === undefined ? '' : `${run.reason}: ${run.message ?? ''}`}</td>
  </tr> `;

const resultBlock = (result: ProbeResult): Markup =>
  html`<pre>${[...resultLines(result), '', ...transcriptLines(result.transcript)].join('\n')}</pre> `;

const failureBlock = (result: ProbeResult): Markup =>
  html`<details>
    <summary>
      ${time(result.startedWallMs)} ${result.failure?.reason ?? ''}: ${result.failure?.message ?? ''}
    </summary>
    ${resultBlock(result)}
  </details> `;

function facts(probe: ProbeDetail): Markup {
  const drift = Object.entries(probe.drift ?? {}).filter(([, tools]) => tools.length > 0);
  const rows: readonly (readonly [string, string | Markup])[] = [
    [
      'State',
      html`${stateMark(probe.state)}${probe.enabled ? '' : ' (disabled)'} since ${time(probe.stateSinceMs)}`,
    ],
    ['Kind', probe.kind],
    ['Target', probe.target],
    ['Schedule', probe.schedule],
    ['Last success', time(probe.lastSuccessMs)],
    ...(probe.certificateExpiryMs === undefined
      ? []
      : [['Certificate ends', time(probe.certificateExpiryMs)] as const]),
    ...(probe.baselineMs === undefined ? [] : [['Baseline P99', msText(probe.baselineMs)] as const]),
    ...(drift.length === 0
      ? []
      : [
          [
            'Tool drift',
            drift.map(([change, tools]) => `${change}: ${tools.join(', ')}`).join('; '),
          ] as const,
        ]),
  ];
  return html`<table>
    <tbody>
      ${rows.map(
        ([name, value]) =>
          html`<tr>
            <th>${name}</th>
            <td>${value}</td>
          </tr> `,
      )}
    </tbody>
  </table>`;
}

/** The page of one probe: where it stands, its last run and its last failures with their transcripts, all runs that are kept. */
export function renderProbePage(probe: ProbeDetail): string {
  return page(
    `Probe ${probe.name}`,
    html`<p><a href="/probes">Probes</a></p>
      <h1>${probe.name}</h1>
      ${facts(probe)}
      <h2>Last run</h2>
      ${probe.last === undefined ? html`<p>It has not run yet.</p>` : resultBlock(probe.last)}
      <h2>Last failures</h2>
      ${probe.failures.length === 0 ? html`<p>None is kept.</p>` : probe.failures.map(failureBlock)}
      <h2>Last runs</h2>
      <table>
        <thead>
          <tr>
            <th>Started</th>
            <th>Result</th>
            <th>Took</th>
            <th>Phases</th>
            <th>Failure</th>
          </tr>
        </thead>
        <tbody>
          ${probe.runs.map(runRow)}
        </tbody>
      </table>`,
  );
}
