import type { Config } from '../config/config.ts';
import { createEvidenceCapture } from '../evidence/evidence-capture.ts';
import { createEvidenceCounter } from '../metrics/evidence-metrics.ts';
import { findServerPid } from './find-server-pid.ts';
import type { SourceParts } from './start-sources.ts';

/** Evidence for detectors that become urgent. */
export interface RunningEvidence {
  /** Captures it if that is configured. @returns its path if it was; never rejects. */
  readonly onUrgent: (detector: string) => Promise<string | undefined>;
  /** Breaks off what is being captured. */
  readonly stop: () => Promise<void>;
}

/**
 * Makes the capture of evidence for detectors that become urgent; it is logged and counted.
 * @param config asked at each capture, so that a reload takes effect.
 */
export function startEvidence(config: () => Config, parts: SourceParts): RunningEvidence {
  const { observation, clock, log, child } = parts;
  const count = createEvidenceCounter(observation.registry);
  const evidence = createEvidenceCapture({
    settings: () => config().detectors.evidence,
    pid: () => findServerPid(config().sources.process, child, clock),
    clock,
    onOutcome: (kind, detector, outcome) => {
      count(kind, outcome.result);
      const place = `evidence for detector ${detector}`;
      if ('path' in outcome) {
        log('info', `${place}: ${outcome.path}${outcome.result === 'cut' ? ', cut at its limit' : ''}`);
      } else if (outcome.result === 'failed') log('warn', `${place}: ${outcome.reason}`);
      else log('debug', `${place}: none captured, ${outcome.reason}`);
    },
  });
  return {
    onUrgent: async (detector) => {
      const outcome = await evidence.capture(detector);
      return outcome !== undefined && 'path' in outcome ? outcome.path : undefined;
    },
    stop: evidence.stop,
  };
}
