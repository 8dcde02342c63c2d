import { createDetector } from '../src/detectors/detector.ts';
import type { SeriesSample } from '../src/detectors/detector-settings.ts';
import { PROFILES } from '../src/detectors/profiles.ts';
import { COMPETITORS, type Competitor } from './competitors.ts';
import { RegressionBins } from './regression-bins.ts';
import type { Kind } from './series-id.ts';

/** Follows one series for one method or more; says of each whether it raises an alarm now. */
export interface Follower {
  readonly add: (sample: SeriesSample) => void;
  /** One answer for each of the methods, in their order. */
  readonly evaluate: (nowMs: number) => readonly boolean[];
}

/** Methods that follow a series together. */
export interface MethodGroup {
  readonly names: readonly string[];
  readonly follow: (kind: Kind) => Follower;
}

/** What of a detector the evaluation needs; a stand-in will do for tests. */
export interface JudgedDetector {
  readonly add: (sample: SeriesSample) => void;
  readonly evaluate: (nowMs: number) => { readonly state: string };
}

/** Name of our own detectors in every table. */
export const OURS = 'mcp-vitals';

/** A detector as a method: `ticket` or worse is an alarm. */
export function detectorGroup(
  create: (kind: Kind) => JudgedDetector = (kind) => createDetector(PROFILES[kind]),
): MethodGroup {
  return {
    names: [OURS],
    follow: (kind) => {
      const detector = create(kind);
      return {
        add: detector.add.bind(detector),
        evaluate: (nowMs) => {
          const { state } = detector.evaluate(nowMs);
          return [state !== 'none' && state !== 'watch'];
        },
      };
    },
  };
}

/** Makes a rule wait for its `for`: it raises an alarm once it has held so long without a break. */
export function waitFor(hours: number): (holds: boolean, nowMs: number) => boolean {
  let sinceMs = Number.NaN;
  return (holds, nowMs) => {
    if (!holds) sinceMs = Number.NaN;
    else if (Number.isNaN(sinceMs)) sinceMs = nowMs;
    return holds && nowMs - sinceMs >= hours * 3_600_000;
  };
}

/** The usual methods, which share their bins. */
export function competitorGroup(competitors: readonly Competitor[] = COMPETITORS): MethodGroup {
  return {
    names: competitors.map(({ name }) => name),
    follow: () => {
      const bins = new RegressionBins();
      const waits = competitors.map(({ forHours }) => waitFor(forHours));
      return {
        add: (sample) => bins.add(sample),
        evaluate: (nowMs) => competitors.map(({ holds }, index) => waits[index]!(holds(bins), nowMs)),
      };
    },
  };
}
