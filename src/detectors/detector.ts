import type { Verdict } from '../model/verdict.ts';
import type { DetectorSettings, SeriesSample } from './detector-settings.ts';

/** A point of the evidence: one bin, or several joined. */
export interface EvidencePoint {
  readonly atMs: number;
  readonly low: number;
  readonly high: number;
  readonly load: number | undefined;
}

/** What a person looks at to believe a verdict. */
export interface Evidence {
  /** In order of time. */
  readonly points: readonly EvidencePoint[];
  /** The line that was fitted, by its two ends. */
  readonly fit:
    | { readonly fromMs: number; readonly from: number; readonly toMs: number; readonly to: number }
    | undefined;
  readonly limit: number | undefined;
  /** When the process started anew. */
  readonly restartsMs: readonly number[];
}

/** Follows one series and says whether it creeps. */
export interface Detector {
  /** Takes a measurement; what is not finite, repeated, out of order or from a clock that jumped does no harm. */
  readonly add: (sample: SeriesSample) => void;
  /** Concludes from what was measured; to be called about every 15 minutes. */
  readonly evaluate: (nowMs: number) => Verdict;
  readonly evidence: () => Evidence;
  /** All that it remembers, in less than 10 kB; for {@link restoreDetector}. */
  readonly encode: () => Uint8Array;
}

/** Makes a detector that knows nothing yet. */
export declare function createDetector(settings: DetectorSettings): Detector;

/**
 * Makes a detector that goes on from what another one remembered.
 * @throws Error `detector history: want …, got …` if the bytes are not such a memory.
 */
export declare function restoreDetector(settings: DetectorSettings, bytes: Uint8Array): Detector;
