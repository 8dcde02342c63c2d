import { hoursToLimit } from './candidate.ts';
import { percent, type Rule } from './rule.ts';

/** Growth is believed for as long as it was seen, times this. */
const REACH = 0.5;
/** In the first hours, when much still settles and nobody knows yet what a day looks like. */
const REACH_YOUNG = 0.9;
const YOUNG_HOURS = 12;
/** Where no load is known that could explain it, until there are two days to compare. */
const REACH_BLIND = 1.2;
const BLIND_HOURS = 48;
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
    const young = watchedHours < YOUNG_HOURS ? REACH_YOUNG : REACH;
    const reach = !isLoadKnown && watchedHours < BLIND_HOURS ? Math.max(young, REACH_BLIND) : young;
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
