import type { Situation } from './candidate.ts';
import type { Finding } from './finding.ts';
import { median } from './order-statistics.ts';
import { percent } from './rule.ts';
import { HOUR_MS } from './series-history.ts';

const LEAST_LIVES = 3;
const LEAST_HOURS = 46;
/** Slopes of lives that show the same leak differ by no more than this, smallest to middle. */
const LEAST_ALIKE = 0.5;
const LEAST_GROWTH = 0.05;

/**
 * Looks at the lives between restarts: the same slope in every one is a leak that somebody, or the memory's limit,
 * keeps ending. undefined where there are too few.
 */
export function findLives(situation: Situation): Finding | undefined {
  const { history, nowMs, scale, leastGrowth, format } = situation;
  const recent = history.state.lives.filter(({ toMs }) => nowMs - toMs < 7 * 24 * HOUR_MS);
  // Falls that nobody called restarts may be anything that is done every night.
  if (Number.isNaN(history.state.processStartMs) || recent.length < LEAST_LIVES) return undefined;
  const watchedHours = (nowMs - (recent[0]?.fromMs ?? nowMs)) / HOUR_MS;
  if (watchedHours < LEAST_HOURS) return undefined;
  const slopes = recent.map(({ slopePerHour }) => slopePerHour);
  const [least, middle] = [Math.min(...slopes), median(slopes)];
  const growths = recent.map(({ slopePerHour, fromMs, toMs }) => (slopePerHour * (toMs - fromMs)) / HOUR_MS);
  const growth = median(growths);
  const isAlike = middle > 0 && least >= LEAST_ALIKE * middle && Math.max(...slopes) <= middle / LEAST_ALIKE;
  const isVisible = growth >= Math.max(leastGrowth, LEAST_GROWTH * scale);
  return {
    path: 'lives',
    isLeak: isAlike && isVisible,
    isMaterial: isAlike && isVisible,
    slope: { low: least, best: middle, high: Math.max(...slopes) },
    growth,
    spanHours: watchedHours,
    fit: undefined,
    confirmHours: 0,
    rawGrowth: growth,
    rules: [
      {
        name: 'lives',
        passed: isAlike,
        text: () =>
          `${recent.length} lives grew ${format(least)} to ${format(Math.max(...slopes))} an hour each; want alike`,
      },
      {
        name: 'growth',
        passed: isVisible,
        text: () =>
          `a life grew ${format(growth)}, ${percent(growth / scale)}; want ${percent(LEAST_GROWTH)}`,
      },
    ],
  };
}
