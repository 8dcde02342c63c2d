// Healthy classes that only memory knows.
import { STRAIGHT_ROOM } from './label.ts';
import { drawLoad } from './load.ts';
import { mostOfSawtooth, reclaimed, sawtooth } from './parts-by-chance.ts';
import { byTraffic, fallingDaily, filling, fragmenting, level, pulse, saturating } from './parts.ts';
import type { Kind } from './series-id.ts';
import { drawPlan, type SeriesClass } from './series-plan.ts';

const KINDS: readonly Kind[] = ['memory'];

/** Classes of collectors, allocators and caches. */
export const HEALTHY_MEMORY_CLASSES: readonly SeriesClass[] = [
  {
    name: 'cache-filling',
    kinds: KINDS,
    about: 'a cache fills up to a fifth of the limit in 2 to 72 hours, straight, and then is full',
    draw: (parameters, kind) => {
      const floor = parameters.uniform('base', 0.08, 0.5);
      const traffic = parameters.uniform('byTraffic', 0, 0.04);
      const share = parameters.uniform('cacheShare', 0.05, 0.2);
      const isTight = 1 - floor - traffic - share < STRAIGHT_ROOM * share;
      return drawPlan(parameters, kind, {
        ageHours: 0,
        parts: [level(floor), byTraffic(traffic), filling(share, parameters.logUniform('cacheHours', 2, 72))],
        ambiguity: isTight ? 'fills as a leak would that is soon at the limit' : undefined,
      });
    },
  },
  {
    name: 'lru-tail',
    kinds: KINDS,
    about: 'an LRU cache: common keys at once, rare ones over days; up to a fifth of the limit',
    draw: (parameters, kind) => {
      const share = parameters.uniform('cacheShare', 0.05, 0.2);
      const quick = parameters.uniform('quickPart', 0.2, 0.6);
      const slow = (1 - quick) * parameters.uniform('slowPart', 0.3, 0.8);
      return drawPlan(parameters, kind, {
        ageHours: 0,
        parts: [
          level(parameters.uniform('base', 0.08, 0.5)),
          byTraffic(parameters.uniform('byTraffic', 0, 0.04)),
          saturating(share * quick, parameters.logUniform('quickHours', 0.2, 2)),
          saturating(share * (1 - quick - slow), parameters.logUniform('middleHours', 2, 12)),
          saturating(share * slow, parameters.logUniform('slowHours', 12, 48)),
        ],
      });
    },
  },
  {
    name: 'gc-sawtooth',
    kinds: KINDS,
    about: 'garbage of 5 to 40 % of the limit piles up for 1 to 8 hours until a major collection',
    draw: (parameters, kind) => {
      const floor = parameters.uniform('base', 0.08, 0.4);
      const periodHours = parameters.logUniform('gcHours', 1, 8);
      return drawPlan(parameters, kind, {
        parts: [
          level(floor),
          sawtooth({
            periodHours,
            share: parameters.uniform('gcShare', 0.05, mostOfSawtooth(floor, periodHours, 0.4)),
            spread: parameters.uniform('gcSpread', 0, 0.5),
            followsTraffic: parameters.chance('gcByTraffic', 0.6),
          }),
        ],
      });
    },
  },
  {
    name: 'gc-irregular',
    kinds: KINDS,
    about: 'collections every 10 minutes to 3 hours at ever other heights, under a daily season',
    draw: (parameters, kind) =>
      drawPlan(parameters, kind, {
        load: drawLoad(parameters, { dailySwing: parameters.uniform('dailySwing', 0.2, 0.8) }),
        parts: [
          level(parameters.uniform('base', 0.08, 0.35)),
          byTraffic(parameters.uniform('byTraffic', 0, 0.12)),
          sawtooth({
            periodHours: parameters.logUniform('gcHours', 1 / 6, 3),
            share: parameters.uniform('gcShare', 0.05, 0.3),
            spread: parameters.uniform('gcSpread', 0.5, 1),
            followsTraffic: true,
          }),
        ],
      }),
  },
  {
    name: 'fragmentation',
    kinds: KINDS,
    about: 'logarithmic growth by 4 to 15 % of the limit that settles after 1 to 5 days',
    draw: (parameters, kind) =>
      drawPlan(parameters, kind, {
        ageHours: 0,
        parts: [
          level(parameters.uniform('base', 0.1, 0.5)),
          byTraffic(parameters.uniform('byTraffic', 0, 0.04)),
          fragmenting(
            parameters.uniform('fragmentShare', 0.04, 0.15),
            parameters.logUniform('fragmentHours', 0.3, 6),
            parameters.uniform('settledHours', 24, 120),
          ),
        ],
      }),
  },
  {
    name: 'daily-reset',
    kinds: KINDS,
    about: 'grows all day by 5 to 18 % of the limit and falls at a fixed hour: a log until it is rotated',
    draw: (parameters, kind) => {
      const floor = parameters.uniform('base', 0.08, 0.35);
      // Even five days without a reset would not fill it: else it is a leak that somebody clears.
      const most = Math.min(0.18, (1 - floor) / 5);
      return drawPlan(parameters, kind, {
        parts: [
          level(floor),
          fallingDaily(parameters.uniform('dayShare', 0.05, most), parameters.uniform('resetHour', 0, 24)),
        ],
      });
    },
  },
  {
    name: 'idle-reclaim',
    kinds: KINDS,
    about: 'idle memory goes back to the system in quiet hours and is taken again in the morning',
    draw: (parameters, kind) =>
      drawPlan(parameters, kind, {
        load: drawLoad(parameters, { dailySwing: parameters.uniform('dailySwing', 0.4, 0.9) }),
        parts: [
          level(parameters.uniform('base', 0.08, 0.4)),
          reclaimed(
            parameters.uniform('idleShare', 0.05, 0.3),
            parameters.uniform('quietTraffic', 0.4, 0.8),
            parameters.logUniform('downHours', 0.3, 6),
            parameters.logUniform('upHours', 0.2, 5),
          ),
        ],
      }),
  },
  {
    name: 'one-job',
    kinds: KINDS,
    about: 'one job builds an index for 2 to 12 hours in up to 15 % of the limit, holds it, gives it back',
    draw: (parameters, kind) => {
      const hours = parameters.uniform('hours', 30, 168);
      return drawPlan(parameters, kind, {
        hours,
        parts: [
          level(parameters.uniform('base', 0.08, 0.4)),
          byTraffic(parameters.uniform('byTraffic', 0, 0.04)),
          pulse({
            share: parameters.uniform('jobShare', 0.05, 0.15),
            startHour: parameters.uniform('jobStart', 0, hours - 6),
            riseHours: parameters.logUniform('riseHours', 2, 12),
            holdHours: parameters.logUniform('jobHold', 0.5, 24),
            fallHours: parameters.logUniform('fallHours', 0.1, 2),
          }),
        ],
      });
    },
  },
];
