import type { ProbeDefinition } from '../model/probe.ts';
import type { ToolDrift, ToolSnapshot } from '../model/probe-result.ts';
import type { PhaseClock } from './phase-clock.ts';
import type { RunCredentials } from './probe-secrets.ts';
import type { TranscriptRecorder } from './transcript-recorder.ts';

/** What a kind of probe is given for one attempt. */
export interface ProbeRun {
  readonly definition: ProbeDefinition;
  readonly credentials: RunCredentials;
  readonly recorder: TranscriptRecorder;
  readonly phases: PhaseClock;
  readonly nowMs: () => number;
  /** Aborted at the deadline. */
  readonly signal: AbortSignal;
  /** The recorded list of tools; undefined where none was recorded yet. */
  readonly recordedTools: ToolSnapshot | undefined;
  /** What is found out on the way, whatever the verdict is. */
  readonly findings: ProbeFindings;
  /** Registers clean-up, which is run after the verdict, the last registered first; it must not reject. */
  readonly cleanUp: (work: () => Promise<void>) => void;
}

/** What a run finds out beside its verdict. */
export interface ProbeFindings {
  certificateExpiryMs?: number;
  protocolVersion?: string;
  server?: string;
  drift?: ToolDrift;
  tools?: ToolSnapshot;
  /** Processes of the server outlived it. */
  leftBehind?: boolean;
}

/** A kind of probe: resolves where the target is well, and rejects with what is wrong. */
export type RunProbeKind = (run: ProbeRun) => Promise<void>;
