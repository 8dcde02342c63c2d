import type { PageProbes, ProbeRow } from '../model/page-probes.ts';
import type { PageVerdict } from '../model/page-verdict.ts';
import type { ProbeDetail, ProbeRun, ProbeSummary } from '../model/probe-history.ts';
import { PROBE_PHASES, PROBE_STATES, type ProbeState } from '../model/probe-result.ts';

/** Runs of a probe that the page shows. */
const MOST_RUNS = 30;

const VERDICT: Readonly<Record<ProbeState, PageVerdict>> = {
  up: 'ok',
  degraded: 'watch',
  down: 'bad',
  unknown: 'unknown',
};

const toRun = ({ startedWallMs, outcome, durationMs, reason }: ProbeRun): ProbeRow['runs'][number] => ({
  startedWallMs,
  outcome,
  durationMs,
  reason: reason ?? null,
});

function toRow(probe: ProbeSummary, detail: ProbeDetail | undefined): ProbeRow {
  const { name, kind, target, schedule, enabled, state, lastRun } = probe;
  const drift: readonly (readonly [string, readonly string[]])[] = Object.entries(probe.drift ?? {});
  return {
    name,
    kind,
    target,
    schedule,
    enabled,
    state,
    verdict: enabled ? VERDICT[state] : 'unknown',
    stateSinceMs: probe.stateSinceMs ?? null,
    lastSuccessMs: probe.lastSuccessMs ?? null,
    message: lastRun?.message ?? null,
    phases: PROBE_PHASES.flatMap((phase) => {
      const durationMs = lastRun?.phases[phase];
      return durationMs === undefined ? [] : [{ phase, durationMs }];
    }),
    runs: (detail?.runs ?? []).slice(0, MOST_RUNS).map(toRun),
    certificateExpiryMs: probe.certificateExpiryMs ?? null,
    baselineMs: probe.baselineMs ?? null,
    drift: drift.flatMap(([change, tools]) => (tools.length === 0 ? [] : [{ change, tools }])),
    href: `probes/${encodeURIComponent(name)}`,
  };
}

const RANK: Readonly<Record<ProbeState, number>> = { down: 0, degraded: 1, unknown: 2, up: 3 };

/** The section of the probes. */
export function probesSection(
  probes: readonly ProbeSummary[],
  detail: (name: string) => ProbeDetail | undefined,
): PageProbes {
  const rows = probes
    .map((probe) => toRow(probe, detail(probe.name)))
    .toSorted((one, other) => RANK[one.state] - RANK[other.state] || one.name.localeCompare(other.name));
  return {
    rows,
    states: PROBE_STATES.map((state) => ({
      state,
      count: rows.filter((row) => row.state === state).length,
    })),
  };
}
