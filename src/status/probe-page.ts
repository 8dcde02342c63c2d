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
function markup(
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
  markup`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${STYLE}</style></head>
<body>
${body}
</body>
</html>
`.html;

const time = (ms: number | undefined): string => (ms === undefined ? '–' : new Date(ms).toISOString());

const stateMark = (state: string): Markup => markup`<strong class="${state}">${state}</strong>`;

const OUTCOME_CLASS = { success: 'up', retried: 'degraded', failure: 'down' } as const;

/** A row of a table, ended by a line feed. */
const row = (cells: readonly (string | Markup)[]): Markup =>
  markup`<tr>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>
`;

/** A table with a line of titles. */
const table = (titles: readonly string[], rows: readonly Markup[]): Markup =>
  markup`<table>
<thead><tr>${titles.map((title) => markup`<th>${title}</th>`)}</tr></thead>
<tbody>
${rows}</tbody>
</table>`;

const listRow = ({ name, kind, target, enabled, state, lastRun }: ProbeSummary): Markup =>
  row([
    markup`<a href="/probes/${encodeURIComponent(name)}">${name}</a>`,
    kind,
    target,
    markup`${stateMark(state)}${enabled ? '' : ' (disabled)'}`,
    time(lastRun?.startedWallMs),
    lastRun === undefined ? '–' : msText(lastRun.durationMs),
    lastRun?.reason ?? '',
  ]);

/** The page of all probes. */
export function renderProbeList(probes: readonly ProbeSummary[]): string {
  const titles = ['Probe', 'Kind', 'Target', 'State', 'Last run', 'Took', 'Failure'];
  const list =
    probes.length === 0 ? markup`<p>No probe is configured.</p>` : table(titles, probes.map(listRow));
  return page('Probes', markup`<h1>Probes</h1>\n${list}`);
}

const runRow = ({ startedWallMs, outcome, durationMs, phases, reason, message }: ProbeRun): Markup =>
  row([
    time(startedWallMs),
    markup`<span class="${OUTCOME_CLASS[outcome]}">${outcome}</span>`,
    msText(durationMs),
    phasesText(phases),
    reason === undefined ? '' : `${reason}: ${message ?? ''}`,
  ]);

const resultBlock = (result: ProbeResult): Markup =>
  markup`<pre>${[...resultLines(result), '', ...transcriptLines(result.transcript)].join('\n')}</pre>
`;

const failureBlock = (result: ProbeResult): Markup =>
  markup`<details><summary>${time(result.startedWallMs)} ${result.failure?.reason ?? ''}: ${result.failure?.message ?? ''}</summary>
${resultBlock(result)}</details>
`;

function facts(probe: ProbeDetail): Markup {
  const { certificateExpiryMs, baselineMs } = probe;
  const drift = Object.entries(probe.drift ?? {}).filter(([, tools]) => tools.length > 0);
  const driftText = drift.map(([change, tools]) => `${change}: ${tools.join(', ')}`).join('; ');
  const enabled = probe.enabled ? '' : ' (disabled)';
  const rows: readonly (readonly [string, string | Markup])[] = [
    ['State', markup`${stateMark(probe.state)}${enabled} since ${time(probe.stateSinceMs)}`],
    ['Kind', probe.kind],
    ['Target', probe.target],
    ['Schedule', probe.schedule],
    ['Last success', time(probe.lastSuccessMs)],
    ...(certificateExpiryMs === undefined ? [] : [['Certificate ends', time(certificateExpiryMs)] as const]),
    ...(baselineMs === undefined ? [] : [['Baseline P99', msText(baselineMs)] as const]),
    ...(driftText === '' ? [] : [['Tool drift', driftText] as const]),
  ];
  return markup`<table><tbody>
${rows.map(([name, value]) => markup`<tr><th>${name}</th><td>${value}</td></tr>\n`)}</tbody></table>`;
}

/** The page of one probe: where it stands, its last run and its last failures with their transcripts, all runs that are kept. */
export function renderProbePage(probe: ProbeDetail): string {
  const { name, last, failures, runs } = probe;
  return page(
    `Probe ${name}`,
    markup`<p><a href="/probes">Probes</a></p>
<h1>${name}</h1>
${facts(probe)}
<h2>Last run</h2>
${last === undefined ? markup`<p>It has not run yet.</p>` : resultBlock(last)}
<h2>Last failures</h2>
${failures.length === 0 ? markup`<p>None is kept.</p>` : failures.map(failureBlock)}
<h2>Last runs</h2>
${table(['Started', 'Result', 'Took', 'Phases', 'Failure'], runs.map(runRow))}`,
  );
}
