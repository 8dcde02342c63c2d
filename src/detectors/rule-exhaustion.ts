import { hoursToLimit } from './candidate.ts';
import { percent, type Rule } from './rule.ts';

/**
 * How far ahead growth is believed: the limit must be nearer than the time that the growth was seen, over this. The
 * longer a life was watched, the more of what is not a leak the other rules would have seen through: seasons after a
 * day. Without a load there is one explanation more to fear.
 */
const REACHES = [
  { watchedHours: 12, known: 0.75, blind: 1.1 },
  { watchedHours: 26, known: 0.5, blind: 0.9 },
  { watchedHours: 48, known: 0.5, blind: 0.7 },
  { watchedHours: Number.POSITIVE_INFINITY, known: 0.5, blind: 0.5 },
] as const;
/** What has grown for the best part of two days without a pause is believed for longer, if it is not negligible. */
const SLOW_HOURS = 42;
const SLOW_GROWTH = 0.06;
const SLOW_PER_HOUR = 0.0008;

/** An alarm is worth it if the limit is near beside the time that the growth was watched. */
export const exhaustionRule: Rule = {
  name: 'exhaustion',
  judge: ({ line, growth, window: { spanHours }, situation }) => {
    const { scale, watchedHours, isLoadKnown } = situation;
    const hours = hoursToLimit(situation, line.slope.best);
    const reaches = REACHES.find((row) => watchedHours < row.watchedHours);
    const reach = reaches?.[isLoadKnown ? 'known' : 'blind'] ?? 1;
    const isSlow =
      spanHours >= SLOW_HOURS && growth >= SLOW_GROWTH * scale && line.slope.best >= SLOW_PER_HOUR * scale;
    return {
      passed: spanHours >= reach * hours || isSlow,
      text: () =>
        isSlow
          ? `grew by ${percent(growth / scale)} in ${spanHours.toFixed(0)} h without a pause`
          : `${hours.toFixed(1)} h to the limit, watched for ${spanHours.toFixed(1)} h; want ${(reach * hours).toFixed(1)} h`,
    };
  },
};
