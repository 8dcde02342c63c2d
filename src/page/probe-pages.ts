import type { ProbeDetail, ProbeRun, ProbeSummary } from '../model/probe-history.ts';
import type { ProbeResult, ProbeState, RunOutcome } from '../model/probe-result.ts';
import type { PageVerdict } from '../model/page-verdict.ts';
import { foreign, html, type Html } from './html.ts';
import { empty, facts, section } from './section.ts';
import { stillPage, type StillParts } from './still-page.ts';
import { table } from './table.ts';
import { agoText, moment, type TimeStyle } from './times.ts';
import { msText, phasesText, resultLines, transcriptLines } from './transcript-text.ts';
import { verdictMark } from './verdict-mark.ts';

const STATE_VERDICTS: Readonly<Record<ProbeState, PageVerdict>> = {
  up: 'ok',
  degraded: 'watch',
  down: 'bad',
  unknown: 'unknown',
};

const OUTCOME_VERDICTS: Readonly<Record<RunOutcome, PageVerdict>> = {
  success: 'ok',
  retried: 'watch',
  failure: 'bad',
};

const stateMark = ({ state, enabled }: ProbeSummary): Html =>
  html`${verdictMark(STATE_VERDICTS[state], state)}${!enabled && ' (disabled)'}`;

function listRow(probe: ProbeSummary, style: TimeStyle) {
  const { name, kind, target, lastRun } = probe;
  return {
    key: name,
    cells: [
      html`<a href="probes/${encodeURIComponent(name)}">${foreign(name)}</a>`,
      kind,
      foreign(target),
      stateMark(probe),
      moment(lastRun?.startedWallMs, style),
      lastRun === undefined ? '–' : msText(lastRun.durationMs),
      lastRun?.reason,
    ],
  };
}

/** The page of all probes, which lies in the root. */
export function renderProbeList(probes: readonly ProbeSummary[], parts: StillParts): string {
  const titles = ['Probe', 'Kind', 'Target', 'State', 'Last run', 'Took', 'Failure'];
  return stillPage(parts, {
    title: 'Probes',
    main: section({
      id: 'probes',
      title: 'Probes',
      hint: 'Calls that this sidecar makes by itself. The name leads to transcripts.',
      body:
        probes.length === 0
          ? empty('No probe is configured.')
          : table(
              'Probes',
              titles.map((title) => ({ title })),
              probes.map((probe) => listRow(probe, parts.style)),
            ),
    }),
  });
}

const runRow = (
  { startedWallMs, outcome, durationMs, phases, reason, message }: ProbeRun,
  style: TimeStyle,
) => ({
  key: String(startedWallMs),
  cells: [
    moment(startedWallMs, style),
    verdictMark(OUTCOME_VERDICTS[outcome], outcome),
    msText(durationMs),
    phasesText(phases),
    reason === undefined ? '' : foreign(`${reason}: ${message ?? ''}`),
  ],
});

/** A region that scrolls has to be reachable by keys. */
const resultBlock = (result: ProbeResult): Html =>
  html`<pre tabindex="0" role="region" aria-label="Transcript">
${[...resultLines(result), '', ...transcriptLines(result.transcript)].join('\n')}</pre>`;

const failureBlock = (result: ProbeResult, style: TimeStyle): Html =>
  html`<details>
    <summary>
      ${moment(result.startedWallMs, style)}
      ${foreign(`${result.failure?.reason ?? ''}: ${result.failure?.message ?? ''}`)}
    </summary>
    ${resultBlock(result)}
  </details>`;

function probeFacts(probe: ProbeDetail, style: TimeStyle): Html {
  const { certificateExpiryMs, baselineMs, stateSinceMs } = probe;
  const drift = Object.entries(probe.drift ?? {}).filter(([, tools]) => tools.length > 0);
  const since =
    stateSinceMs !== undefined &&
    html` since ${moment(stateSinceMs, style)} (${agoText(stateSinceMs, style)})`;
  return facts([
    ['State', html`${stateMark(probe)}${since}`],
    ['Kind', probe.kind],
    ['Target', foreign(probe.target)],
    ['Schedule', probe.schedule],
    ['Last success', moment(probe.lastSuccessMs, style)],
    ['Certificate ends', certificateExpiryMs === undefined ? undefined : moment(certificateExpiryMs, style)],
    ['Baseline P99', baselineMs === undefined ? undefined : msText(baselineMs)],
    [
      'Tool drift',
      drift.length === 0
        ? undefined
        : foreign(drift.map(([change, tools]) => `${change}: ${tools.join(', ')}`).join('; ')),
    ],
  ]);
}

/** The page of one probe: where it stands, its last run and its last failures with their transcripts, all runs that are kept. */
export function renderProbePage(probe: ProbeDetail, parts: StillParts): string {
  const { name, last, failures, runs } = probe;
  const { style } = parts;
  const titles = ['Started', 'Result', 'Took', 'Phases', 'Failure'];
  return stillPage(parts, {
    title: `Probe ${name}`,
    main: html`<section class="section" aria-labelledby="probe">
        <p class="small"><a href="../probes">All probes</a></p>
        <h1 id="probe">${foreign(name)}</h1>
        ${probeFacts(probe, style)}
      </section>
      ${section({
        id: 'last',
        title: 'Last run',
        hint: 'What was sent (>>) and received (<<), in milliseconds since the start.',
        body: last === undefined ? empty('It has not run yet.') : resultBlock(last),
      })}
      ${section({
        id: 'failures',
        title: 'Last failures',
        hint: 'The last twenty, each with its transcript.',
        body:
          failures.length === 0
            ? empty('None is kept.')
            : html`${failures.map((each) => failureBlock(each, style))}`,
      })}
      ${section({
        id: 'runs',
        title: 'Last runs',
        hint: 'The last hundred, the latest first.',
        body: table(
          'Runs',
          titles.map((title) => ({ title })),
          runs.map((run) => runRow(run, style)),
        ),
      })}`,
  });
}
