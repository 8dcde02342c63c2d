// Healthy classes that have a level, from the start or after a while.
import { drawLoad } from './load.ts';
import { pooling, spiking, wandering } from './parts-by-chance.ts';
import { byTraffic, level, rising, saturating } from './parts.ts';
import { KINDS } from './series-id.ts';
import { drawPlan, type SeriesClass } from './series-plan.ts';
import { drawBase, drawRequests } from './usual-parts.ts';

/** Classes of levels, and of what disturbs them. */
export const HEALTHY_LEVEL_CLASSES: readonly SeriesClass[] = [
  {
    name: 'flat',
    kinds: KINDS,
    about: 'noise of 0.05 to 2 % of the limit about a level',
    draw: (parameters, kind) =>
      drawPlan(parameters, kind, { parts: [drawBase(parameters), drawRequests(parameters)] }),
  },
  {
    name: 'flat-spikes',
    kinds: KINDS,
    about: 'flat, with up to 100 heavy-tailed peaks a day',
    draw: (parameters, kind) =>
      drawPlan(parameters, kind, {
        parts: [
          drawBase(parameters),
          drawRequests(parameters),
          spiking({
            perDay: parameters.logUniform('spikesPerDay', 1, 100),
            share: parameters.logUniform('spikeShare', 0.01, 0.1),
            shape: parameters.uniform('spikeShape', 1.1, 2.5),
            minutes: parameters.logUniform('spikeMinutes', 1, 30),
            most: 0.4,
          }),
        ],
      }),
  },
  {
    name: 'wandering',
    kinds: KINDS,
    about: 'strolls about its mean over 4 to 48 hours, by 1 to 4 % of the limit',
    draw: (parameters, kind) =>
      drawPlan(parameters, kind, {
        parts: [
          drawBase(parameters, 0.15),
          wandering(
            parameters.uniform('wanderShare', 0.01, 0.04),
            parameters.logUniform('wanderHours', 4, 48),
          ),
        ],
      }),
  },
  {
    name: 'near-limit',
    kinds: KINDS,
    about: 'flat at 85 to 95 % of the limit: sized tightly, or a pool that is always full',
    draw: (parameters, kind) =>
      drawPlan(parameters, kind, {
        parts: [level(parameters.uniform('base', 0.85, 0.95))],
        noise: parameters.logUniform('noise', 0.0003, 0.005),
        ceiling: 0.98,
      }),
  },
  {
    name: 'warm-up',
    kinds: KINDS,
    about:
      'saturates with a time constant of 10 minutes to 12 hours, by up to 45 % of the limit; some in two stages',
    draw: (parameters, kind) => {
      const first = parameters.logUniform('warmShare', 0.03, 0.35);
      const tau = parameters.logUniform('warmHours', 1 / 6, 12);
      const second = parameters.chance('twoStages', 0.3) ? parameters.uniform('secondShare', 0.02, 0.1) : 0;
      return drawPlan(parameters, kind, {
        parts: [
          drawBase(parameters, 0.08, 0.4),
          drawRequests(parameters),
          saturating(first, tau),
          saturating(second, tau * parameters.uniform('secondSlower', 2, 6)),
        ],
        ageHours: 0,
      });
    },
  },
  {
    name: 'immaterial',
    kinds: KINDS,
    about: 'grows by 0.003 to 0.03 % of the limit an hour: months to go',
    draw: (parameters, kind) =>
      drawPlan(parameters, kind, {
        parts: [
          drawBase(parameters),
          drawRequests(parameters),
          rising(parameters.logUniform('sharePerHour', 0.00003, 0.0003)),
        ],
      }),
  },
  {
    name: 'limit-changed',
    kinds: KINDS,
    about: 'the limit is raised or lowered while the process runs',
    draw: (parameters, kind) => {
      const hours = parameters.uniform('hours', 24, 168);
      const factor = parameters.logUniform('limitFactor', 0.7, 3);
      return drawPlan(parameters, kind, {
        hours,
        limitChanges: [{ hour: parameters.uniform('changeHour', 1, hours - 1), factor }],
        parts: [drawBase(parameters, 0.1, 0.4), drawRequests(parameters)],
        ceiling: Math.min(0.95, factor * 0.95),
      });
    },
  },
  {
    name: 'gaps',
    kinds: KINDS,
    about: 'warms up and swings, with gaps of up to 12 hours, NaN, lost samples and zeros',
    draw: (parameters, kind) => {
      const hours = parameters.uniform('hours', 24, 168);
      const spans = (name: string, most: number): { fromHour: number; hours: number }[] =>
        parameters.times(name, parameters.integer(`${name}Count`, 0, 4), 0, hours).map((fromHour, index) => ({
          fromHour,
          hours: parameters.logUniform(`${name}${index}`, 1 / 6, most),
        }));
      return drawPlan(parameters, kind, {
        hours,
        faults: {
          gaps: spans('gap', 12),
          unreadable: spans('nan', 6),
          lost: parameters.uniform('lost', 0, 0.3),
          zeros: parameters.chance('zeros', 0.3) ? 0.001 : 0,
        },
        load: drawLoad(parameters, { dailySwing: parameters.uniform('dailySwing', 0, 0.8) }),
        parts: [
          drawBase(parameters, 0.08, 0.4),
          byTraffic(parameters.uniform('byTraffic', 0, 0.15)),
          saturating(parameters.uniform('warmShare', 0, 0.15), parameters.logUniform('warmHours', 0.2, 8)),
        ],
      });
    },
  },
  {
    name: 'pool-growth',
    kinds: KINDS,
    about: 'a pool that opens what it needs at the busiest moment, up to its size, and keeps it',
    draw: (parameters, kind) => {
      const size = parameters.uniform('poolShare', 0.08, 0.45);
      return drawPlan(parameters, kind, {
        ageHours: 0,
        parts: [
          drawBase(parameters, 0.03, 0.3),
          pooling(size, size * parameters.logUniform('busyShare', 0.05, 0.3)),
        ],
      });
    },
  },
];
