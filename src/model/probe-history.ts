import type { ProbeKind } from './probe.ts';
import type {
  FailureReason,
  PhaseDurations,
  ProbeResult,
  ProbeState,
  RunOutcome,
  ToolDrift,
} from './probe-result.ts';

/** A run as the history keeps it, without its transcript. */
export interface ProbeRun {
  readonly startedWallMs: number;
  readonly outcome: RunOutcome;
  readonly durationMs: number;
  readonly callMs?: number;
  readonly phases: PhaseDurations;
  readonly reason?: FailureReason;
  readonly message?: string;
}

/** What is shown of a probe in a list. */
export interface ProbeSummary {
  readonly name: string;
  readonly kind: ProbeKind;
  /** URL without its query, or the command's program. */
  readonly target: string;
  /** The interval or the cron expression, as text. */
  readonly schedule: string;
  readonly enabled: boolean;
  readonly state: ProbeState;
  /** Unix time of the state's last change; absent while unknown. */
  readonly stateSinceMs?: number;
  readonly lastRun?: ProbeRun;
  readonly lastSuccessMs?: number;
  readonly certificateExpiryMs?: number;
  readonly baselineMs?: number;
  readonly drift?: ToolDrift;
}

/** All that is kept of a probe. */
export interface ProbeDetail extends ProbeSummary {
  /** The last 100 runs, the latest first. */
  readonly runs: readonly ProbeRun[];
  /** The last 20 failures with their transcripts, the latest first. */
  readonly failures: readonly ProbeResult[];
  /** The last run, whatever it came to, with its transcript. */
  readonly last?: ProbeResult;
}
