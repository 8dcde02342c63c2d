// Healthy classes that only connections know.
import { drawLoad } from './load.ts';
import { mostOfSawtooth, sawtooth, spiking } from './parts-by-chance.ts';
import { byPastTraffic, byTraffic, level, pulse, steps } from './parts.ts';
import type { Kind } from './series-id.ts';
import { drawPlan, type SeriesClass } from './series-plan.ts';

const KINDS: readonly Kind[] = ['connections'];

/** Classes of pools, clients and time-outs. */
export const HEALTHY_CONNECTION_CLASSES: readonly SeriesClass[] = [
  {
    name: 'reconnect-storms',
    kinds: KINDS,
    about: 'all clients come twice for up to two hours, until the dead half times out',
    draw: (parameters, kind) => {
      const floor = parameters.uniform('base', 0.08, 0.4);
      return drawPlan(parameters, kind, {
        parts: [
          level(floor),
          spiking({
            perDay: parameters.logUniform('stormsPerDay', 0.5, 12),
            share: floor * 0.6,
            shape: 3,
            minutes: parameters.logUniform('stormMinutes', 2, 120),
            most: floor * 1.2,
          }),
        ],
      });
    },
  },
  {
    name: 'reaper',
    kinds: KINDS,
    about: 'half-open connections pile up for 1 to 8 hours until a reaper closes them',
    draw: (parameters, kind) => {
      const floor = parameters.uniform('base', 0.05, 0.4);
      const periodHours = parameters.logUniform('reapHours', 1, 8);
      return drawPlan(parameters, kind, {
        parts: [
          level(floor),
          sawtooth({
            periodHours,
            share: parameters.uniform('reapShare', 0.05, mostOfSawtooth(floor, periodHours, 0.3)),
            spread: parameters.uniform('reapSpread', 0, 0.3),
            followsTraffic: parameters.chance('reapByTraffic', 0.5),
          }),
        ],
      });
    },
  },
  {
    name: 'idle-timeout',
    kinds: KINDS,
    about: 'a pool that closes after an idle time of 5 minutes to 4 hours, under a daily season',
    draw: (parameters, kind) =>
      drawPlan(parameters, kind, {
        load: drawLoad(parameters, { dailySwing: parameters.uniform('dailySwing', 0.3, 0.95) }),
        parts: [
          level(parameters.uniform('base', 0.02, 0.2)),
          byPastTraffic(
            parameters.uniform('poolShare', 0.05, 0.25),
            parameters.logUniform('idleHours', 1 / 12, 4),
          ),
        ],
      }),
  },
  {
    name: 'clients-scale-out',
    kinds: KINDS,
    about: 'a client is scaled out one to three times: each replica brings a pool of its own',
    draw: (parameters, kind) => {
      const hours = parameters.uniform('hours', 24, 168);
      const times = parameters.times('scaleOuts', parameters.integer('scaleOutCount', 1, 3), 1, hours - 1);
      const each = parameters.uniform('poolShare', 0.03, 0.1);
      return drawPlan(parameters, kind, {
        hours,
        parts: [
          level(parameters.uniform('base', 0.05, 0.4)),
          byTraffic(parameters.uniform('byTraffic', 0, 0.05)),
          steps(
            times,
            times.map(() => each),
          ),
        ],
      });
    },
  },
  {
    name: 'failover',
    kinds: KINDS,
    about: 'the clients of another node come over, gradually, and go back hours later',
    draw: (parameters, kind) => {
      const hours = parameters.uniform('hours', 30, 168);
      return drawPlan(parameters, kind, {
        hours,
        parts: [
          level(parameters.uniform('base', 0.05, 0.35)),
          byTraffic(parameters.uniform('byTraffic', 0, 0.05)),
          pulse({
            share: parameters.uniform('otherShare', 0.05, 0.3),
            startHour: parameters.uniform('failHour', 0, hours - 6),
            riseHours: parameters.logUniform('riseHours', 0.02, 2),
            holdHours: parameters.logUniform('failHold', 0.5, 48),
            fallHours: parameters.logUniform('fallHours', 0.02, 6),
          }),
        ],
      });
    },
  },
];
