import type { BenchMachine, BenchRun, BenchServer, BenchTarget } from './bench-report.ts';
import type { ChosenTool } from './choose-tools.ts';
import type { WireBytes } from './http-connection.ts';
import type { LoadParts, LoadProgress } from './load-parts.ts';
import type { Agreement } from './negotiate.ts';
import type { Pulse } from './recorder.ts';
import type { ManagedCallers, SessionCounts } from './session-callers.ts';

/** What a run of a profile works with. */
export interface RunParts extends Pick<
  LoadParts,
  'time' | 'startPacer' | 'kindOf' | 'maxInFlight' | 'honorRetryAfter' | 'signal'
> {
  /** Unix time in milliseconds. */
  readonly wallMs: () => number;
  /** Opens the sessions of users, spread over the first endpoints. */
  readonly openCallers: (
    users: number,
    endpoints: number,
    sessions: BenchRun['plan']['sessions'],
    counts: SessionCounts,
  ) => Promise<ManagedCallers>;
  /** Endpoints that there are. */
  readonly endpoints: number;
  readonly tools: readonly ChosenTool[];
  readonly agreement: Agreement;
  readonly transport: BenchRun['transport'];
  readonly target: BenchTarget;
  readonly machine: BenchMachine;
  /** What `--time-scale` made of the profile. */
  readonly timeScale: number;
  readonly seed: number;
  readonly wire: WireBytes;
  /** What was seen of the server between two moments of the run's clock. */
  readonly server: (fromMs: number, toMs: number) => BenchServer | undefined;
  /** Told of each minute of a run that has hours. */
  readonly onPulse: (pulse: Pulse) => void;
  readonly onProgress: (progress: LoadProgress) => void;
}
