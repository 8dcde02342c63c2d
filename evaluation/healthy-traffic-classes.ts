// Healthy classes that follow their traffic.
import { STRAIGHT_ROOM } from './label.ts';
import { drawRamp } from './load-ramp.ts';
import { drawLoad } from './load.ts';
import { workers } from './parts-by-chance.ts';
import { byPastTraffic, byTraffic, level } from './parts.ts';
import { KINDS } from './series-id.ts';
import { drawPlan, type SeriesClass } from './series-plan.ts';
import { drawBase } from './usual-parts.ts';

/** Classes of seasons, growing and falling traffic. */
export const HEALTHY_TRAFFIC_CLASSES: readonly SeriesClass[] = [
  {
    name: 'daily-season',
    kinds: KINDS,
    about: 'follows traffic that swings over the day',
    draw: (parameters, kind) =>
      drawPlan(parameters, kind, {
        load: drawLoad(parameters, { dailySwing: parameters.uniform('dailySwing', 0.3, 0.95) }),
        parts: [drawBase(parameters, 0.05, 0.4), byTraffic(parameters.uniform('byTraffic', 0.05, 0.22))],
      }),
  },
  {
    name: 'weekly-season',
    kinds: KINDS,
    about: 'follows traffic that swings over the day and rests at the weekend',
    draw: (parameters, kind) =>
      drawPlan(parameters, kind, {
        hours: parameters.uniform('hours', 72, 168),
        load: drawLoad(parameters, {
          dailySwing: parameters.uniform('dailySwing', 0.2, 0.9),
          weekend: parameters.uniform('weekend', 0.05, 0.5),
        }),
        parts: [drawBase(parameters, 0.05, 0.4), byTraffic(parameters.uniform('byTraffic', 0.05, 0.22))],
      }),
  },
  {
    name: 'load-ramp',
    kinds: KINDS,
    about: 'traffic grows 1.3- to 4-fold over days, and memory with it; load known',
    draw: (parameters, kind) => {
      const hours = parameters.uniform('hours', 24, 168);
      const growth = drawRamp(parameters, hours);
      const swing = parameters.uniform('dailySwing', 0, 0.6);
      const floor = parameters.uniform('base', 0.08, 0.35);
      // At its highest it needs at most 85 % of the limit.
      const most = (0.85 - floor) / (growth(hours) * (1 + swing));
      return drawPlan(parameters, kind, {
        hours,
        load: drawLoad(parameters, { dailySwing: swing, growth, isKnown: true }),
        parts: [level(floor), byTraffic(parameters.uniform('byTraffic', 0.25, 1) * Math.min(0.25, most))],
      });
    },
  },
  {
    name: 'load-ramp-unknown',
    kinds: KINDS,
    about:
      'the same with load unknown; `either` if at its pace the limit were less than two and a half spans away',
    draw: (parameters, kind) => {
      const hours = parameters.uniform('hours', 24, 168);
      const growth = drawRamp(parameters, hours, 2.5);
      const swing = parameters.uniform('dailySwing', 0, 0.4);
      const floor = parameters.uniform('base', 0.08, 0.35);
      const share = parameters.uniform('byTraffic', 0.02, 0.15);
      const grown = share * (growth(hours) - 1);
      const room = 1 - floor - share * growth(hours) * (1 + swing);
      return drawPlan(parameters, kind, {
        hours,
        load: drawLoad(parameters, { dailySwing: swing, growth, isKnown: false }),
        parts: [level(floor), byTraffic(share)],
        // A ramp that is not straight is up to half as steep again at its steepest.
        ambiguity: room < STRAIGHT_ROOM * 1.5 * grown ? 'grows with a load that nobody knows' : undefined,
      });
    },
  },
  {
    name: 'load-steps',
    kinds: KINDS,
    about: 'new tenants: traffic jumps two to four times in the week, and memory with it',
    draw: (parameters, kind) => {
      const hours = parameters.uniform('hours', 36, 168);
      const times = parameters.times('tenants', parameters.integer('tenantCount', 2, 4), 2, hours - 2);
      const each = parameters.uniform('tenantShare', 0.15, 0.5);
      const growth = (hour: number): number => 1 + each * times.filter((time) => hour >= time).length;
      const isKnown = parameters.chance('loadKnown', 0.7);
      return drawPlan(parameters, kind, {
        hours,
        load: drawLoad(parameters, { growth, isKnown, dailySwing: parameters.uniform('dailySwing', 0, 0.4) }),
        parts: [
          drawBase(parameters, 0.08, 0.35),
          byTraffic(parameters.uniform('byTraffic', 0.03, isKnown ? 0.14 : 0.06)),
        ],
      });
    },
  },
  {
    name: 'holiday',
    kinds: KINDS,
    about: 'traffic falls to a third for one to three days, and comes back within a day',
    draw: (parameters, kind) => {
      const hours = parameters.uniform('hours', 72, 168);
      const from = parameters.uniform('holidayFrom', 0, 0.3 * hours);
      const to = from + parameters.uniform('holidayHours', 20, 60);
      const back = parameters.uniform('backHours', 1, 24);
      const low = parameters.uniform('holidayTraffic', 0.1, 0.6);
      return drawPlan(parameters, kind, {
        hours,
        load: drawLoad(parameters, {
          growth: (hour) =>
            hour < from ? 1 : Math.min(1, low + (1 - low) * Math.max(0, (hour - to) / back)),
        }),
        parts: [drawBase(parameters, 0.08, 0.35), byTraffic(parameters.uniform('byTraffic', 0.05, 0.2))],
      });
    },
  },
  {
    name: 'lagging-sessions',
    kinds: KINDS,
    about: 'follows the sessions, which live 1 to 24 hours longer than their requests',
    draw: (parameters, kind) =>
      drawPlan(parameters, kind, {
        load: drawLoad(parameters, { dailySwing: parameters.uniform('dailySwing', 0.3, 0.9) }),
        parts: [
          drawBase(parameters, 0.05, 0.4),
          byPastTraffic(
            parameters.uniform('sessionShare', 0.05, 0.25),
            parameters.logUniform('sessionHours', 1, 24),
          ),
        ],
      }),
  },
  {
    name: 'worker-scaling',
    kinds: KINDS,
    about: 'workers are started with traffic and stopped after idle hours',
    draw: (parameters, kind) =>
      drawPlan(parameters, kind, {
        load: drawLoad(parameters, { dailySwing: parameters.uniform('dailySwing', 0.3, 0.9) }),
        parts: [
          drawBase(parameters, 0.05, 0.3),
          workers(
            parameters.uniform('workerShare', 0.03, 0.1),
            parameters.uniform('workerTraffic', 0.4, 0.9),
            parameters.logUniform('workerIdleHours', 0.2, 12),
          ),
        ],
      }),
  },
];
