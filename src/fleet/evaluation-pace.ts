/** How long after one conclusion the next is due, both in milliseconds. */
export type EvaluationPace = (afterMs: number) => number;

/** Often enough to see where each life of a process began; a week of quarters of an hour would take minutes. */
const COARSE_MS = 4 * 3_600_000;

/**
 * A conclusion every `everyMs`. Before `fineFromMs`, where nobody looks at them, only one every four hours: the
 * detectors then still see where each life of a process began.
 */
export function evaluationPace(everyMs: number, fineFromMs = -Infinity): EvaluationPace {
  const coarseMs = Math.max(COARSE_MS, everyMs);
  return (afterMs) =>
    afterMs < fineFromMs ? Math.min(coarseMs, Math.max(everyMs, fineFromMs - afterMs)) : everyMs;
}
