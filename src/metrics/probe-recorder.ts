import type { Registry } from '@prometheus-io/client';
import { outcomeOf, PROBE_STATES, type ProbeResult, type ProbeState } from '../model/probe-result.ts';
import { instrument } from './instruments.ts';

/** How a probe is run, as far as it is exported. */
export interface ProbeTerms {
  /** undefined while it is disabled. */
  readonly intervalMs: number | undefined;
  /** undefined where its calls are held against no baseline. */
  readonly baselineMs: number | undefined;
}

/** Where a probe stands, whether it has just run or that was before a restart. */
export interface ProbeStanding {
  readonly state: ProbeState;
  readonly lastSuccessMs?: number | undefined;
  readonly certificateExpiryMs?: number | undefined;
}

/** Takes what comes of probes. */
export interface ProbeRecorder {
  /** A probe exists, or its terms changed. */
  readonly terms: (probe: string, terms: ProbeTerms) => void;
  readonly standing: (probe: string, standing: ProbeStanding) => void;
  readonly result: (probe: string, result: ProbeResult) => void;
  readonly skipped: (probe: string, reason: 'overlap' | 'maintenance') => void;
  readonly late: (latenessMs: number) => void;
  /** A probe is run no more: nothing of it stays but its counts. */
  readonly forget: (probe: string) => void;
}

/** Exports what probes find out. */
export function createProbeRecorder(registry: Registry): ProbeRecorder {
  const success = instrument('probe_success', registry);
  const duration = instrument('probe_duration_seconds', registry);
  const callDuration = instrument('probe_call_duration_seconds', registry);
  const phases = instrument('probe_phase_duration_seconds', registry);
  const states = instrument('probe_state', registry);
  const reasons = instrument('probe_failure_reason', registry);
  const runs = instrument('probe_runs_total', registry);
  const lastRun = instrument('probe_last_run_timestamp_seconds', registry);
  const lastSuccess = instrument('probe_last_success_timestamp_seconds', registry);
  const interval = instrument('probe_interval_seconds', registry);
  const expiry = instrument('probe_tls_earliest_cert_expiry_timestamp_seconds', registry);
  const drift = instrument('probe_tool_drift', registry);
  const baseline = instrument('probe_baseline_latency_seconds', registry);
  const lateness = instrument('mcp_vitals_probe_schedule_lateness_seconds', registry);
  /** Labels of the last run's series, to be taken back by the next. */
  const shownPhases = new Map<string, readonly string[]>();
  const shownReason = new Map<string, string>();
  const shownChanges = new Map<string, readonly string[]>();

  const hideRun = (probe: string): void => {
    for (const phase of shownPhases.get(probe) ?? []) phases.remove({ probe, phase });
    shownPhases.delete(probe);
    const reason = shownReason.get(probe);
    if (reason !== undefined) reasons.remove({ probe, reason });
    shownReason.delete(probe);
    callDuration.remove({ probe });
  };

  return {
    terms: (probe, { intervalMs, baselineMs }) => {
      if (intervalMs === undefined) interval.remove({ probe });
      else interval.set({ probe }, intervalMs / 1000);
      if (baselineMs === undefined) baseline.remove({ probe });
      else baseline.set({ probe }, baselineMs / 1000);
    },
    standing: (probe, { state, lastSuccessMs, certificateExpiryMs }) => {
      for (const each of PROBE_STATES) states.set({ probe, state: each }, each === state ? 1 : 0);
      if (lastSuccessMs !== undefined) lastSuccess.set({ probe }, lastSuccessMs / 1000);
      if (certificateExpiryMs !== undefined) expiry.set({ probe }, certificateExpiryMs / 1000);
    },
    result: (probe, result) => {
      const { failure, durationMs, callMs, startedWallMs } = result;
      hideRun(probe);
      success.set({ probe }, failure === undefined ? 1 : 0);
      duration.set({ probe }, durationMs / 1000);
      if (callMs !== undefined) callDuration.set({ probe }, callMs / 1000);
      const taken = Object.entries(result.phases);
      for (const [phase, ms] of taken) phases.set({ probe, phase }, ms / 1000);
      shownPhases.set(
        probe,
        taken.map(([phase]) => phase),
      );
      if (failure !== undefined) {
        reasons.set({ probe, reason: failure.reason }, 1);
        shownReason.set(probe, failure.reason);
      }
      // Each result is there from the first run on, so that a rate sees the first failure.
      for (const each of ['success', 'retried', 'failure'] as const) {
        runs.inc({ probe, result: each }, outcomeOf(result) === each ? 1 : 0);
      }
      lastRun.set({ probe }, (startedWallMs + durationMs) / 1000);
      if (result.drift !== undefined) {
        const changes = Object.entries(result.drift);
        for (const [change, tools] of changes) drift.set({ probe, change }, tools.length);
        shownChanges.set(
          probe,
          changes.map(([change]) => change),
        );
      }
    },
    skipped: (probe, reason) => runs.inc({ probe, result: `skipped_${reason}` }),
    late: (latenessMs) => lateness.observe(latenessMs / 1000),
    forget: (probe) => {
      hideRun(probe);
      for (const change of shownChanges.get(probe) ?? []) drift.remove({ probe, change });
      shownChanges.delete(probe);
      for (const state of PROBE_STATES) states.remove({ probe, state });
      for (const gauge of [success, duration, lastRun, lastSuccess, interval, expiry, baseline]) {
        gauge.remove({ probe });
      }
    },
  };
}
