import { hoursToLimit, type Candidate } from './candidate.ts';
import { shareOfError } from './piecewise.ts';
import { LOAD_GROWN, loadGrowthOf } from './rule-elasticity.ts';
import { ratioOfHalves } from './rule-plateau.ts';
import { percent, type Rule } from './rule.ts';

/**
 * How far ahead growth is believed: the limit must be nearer than the time that the growth was seen, over this. The
 * longer a life was watched, the more of what is not a leak the other rules would have seen through: seasons after a
 * day. Without a load there is one explanation more to fear.
 */
const REACHES = [
  { watchedHours: 6, known: 1.3, blind: 1.5 },
  { watchedHours: 12, known: 0.55, blind: 1 },
  { watchedHours: 31, known: 0.42, blind: 0.85 },
  { watchedHours: 48, known: 0.42, blind: 0.5 },
  { watchedHours: Number.POSITIVE_INFINITY, known: 0.4, blind: 0.45 },
] as const;
/** What began late beside the time watched may be a job of some hours. */
const REACH_LATE = 0.7;
const LATE = 1 / 3;
const JOB_HOURS = 12;
/** What has grown for the best part of two days without a pause is believed for longer, if it is not negligible. */
const SLOW_HOURS = 42;
const SLOW_GROWTH = 0.06;
const SLOW_PER_HOUR = 0.0008;

/** Such growth must be a clean line, and not slow down. */
const SLOW_ERROR = 0.07;
const SLOW_GOES_ON = 0.7;

/** An alarm is worth it if the limit is near beside the time that the growth was watched. */
export const exhaustionRule: Rule = {
  name: 'exhaustion',
  judge: (candidate) => {
    const { line, growth, window, situation } = candidate;
    const { scale, watchedHours, isLoadKnown } = situation;
    const { spanHours } = window;
    const hours = hoursToLimit(situation, line.slope.best);
    // A load that grows at the same time and does not explain it is as good as none.
    const isBlind = !isLoadKnown || loadGrowthOf(window) > LOAD_GROWN;
    const usual = REACHES.find((row) => watchedHours < row.watchedHours)?.[isBlind ? 'blind' : 'known'] ?? 1;
    const isLate = spanHours < LATE * watchedHours && spanHours < JOB_HOURS;
    const reach = situation.patience * (isLate ? Math.max(usual, REACH_LATE) : usual);
    const isNear = spanHours >= reach * hours;
    const isSlow = !isNear && growsSlowlyButSurely(candidate);
    return {
      passed: isNear || isSlow,
      text: () =>
        isSlow
          ? `grew by ${percent(growth / scale)} in ${spanHours.toFixed(0)} h without a pause`
          : `${hours.toFixed(1)} h to the limit, watched for ${spanHours.toFixed(1)} h; want ${(reach * hours).toFixed(1)} h`,
    };
  },
};

function growsSlowlyButSurely({ line, growth, window, flat, situation: { scale } }: Candidate): boolean {
  if (window.spanHours < SLOW_HOURS || growth < SLOW_GROWTH * scale) return false;
  if (line.slope.best < SLOW_PER_HOUR * scale) return false;
  return shareOfError(window.hours, flat) <= SLOW_ERROR && ratioOfHalves(window.hours, flat) >= SLOW_GOES_ON;
}
