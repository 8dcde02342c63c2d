import type { Config } from '../config/config.ts';
import type { SessionInsight } from '../detectors/session-insight.ts';
import type { Clock } from '../model/clock.ts';
import type { LiveSnapshot } from '../model/live-snapshot.ts';
import type { Log } from '../model/log.ts';
import type { ProbeDetail, ProbeSummary } from '../model/probe-history.ts';
import type { Readiness } from '../status/admin-server.ts';
import type { Remark } from './detector-report.ts';
import type { Observation } from './observation.ts';
import type { Backends } from './start-backends.ts';
import type { Detectors } from './start-detectors.ts';

/** The parts of a sidecar that the status page shows. */
export interface PageParts {
  readonly observation: Observation;
  readonly clock: Clock;
  readonly log: Log;
  /** Asked each time, so that a reload takes effect. */
  readonly config: () => Config;
  readonly snapshot: () => LiveSnapshot;
  readonly inFlight: () => number;
  readonly backends: Backends['snapshot'];
  readonly readings: Backends['readings'];
  readonly probes: () => readonly ProbeSummary[];
  readonly sessionInsight: () => SessionInsight;
  readonly detectors: Pick<Detectors, 'watched' | 'snapshot' | 'lastEvaluationMs'>;
  readonly remark: Remark;
  /** All that is kept of a probe. */
  readonly probe: (name: string) => ProbeDetail | undefined;
  /** Whether the server takes connections. */
  readonly readiness: () => Promise<Readiness>;
}
