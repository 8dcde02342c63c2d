/** How fast detectors live. */
export interface DetectorPace {
  /** Between two samplings, in milliseconds of the clock on the wall. */
  readonly sampleMs: number;
  /** How many seconds one second counts as: 1, but for a demonstration that shows hours in a minute. */
  readonly rate: number;
}

/** The pace of a sidecar that nobody watches. */
export const USUAL_PACE: DetectorPace = { sampleMs: 15_000, rate: 1 };
