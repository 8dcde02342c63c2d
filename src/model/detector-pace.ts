/** How fast detectors live. */
export interface DetectorPace {
  /** Between two samplings, in milliseconds of the clock on the wall. */
  readonly sampleMs: number;
  /** Between two writes of what they remember: at most this much is lost when the process is killed. */
  readonly saveMs: number;
  /** How many seconds one second counts as: 1, but for a demonstration that shows hours in a minute. */
  readonly rate: number;
}

/** The pace of a sidecar that nobody watches. */
export const USUAL_PACE: DetectorPace = { sampleMs: 15_000, saveMs: 5 * 60_000, rate: 1 };
