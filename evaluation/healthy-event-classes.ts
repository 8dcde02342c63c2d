// Healthy classes that jobs, releases and restarts shape.
import type { Parameters } from './parameters.ts';
import { batches } from './parts-by-chance.ts';
import { byLife, saturating, steps } from './parts.ts';
import { KINDS } from './series-id.ts';
import { drawPlan, type SeriesClass } from './series-plan.ts';
import { drawBase, drawRequests } from './usual-parts.ts';

/** Restarts at regular or at random times. */
function drawRestarts(
  parameters: Parameters,
  hours: number,
  most: number,
): { readonly hours: readonly number[]; readonly downMinutes: number; readonly isTold: boolean } {
  const isDaily = parameters.chance('dailyRestarts', 0.3);
  const first = parameters.uniform('firstRestart', 1, 23);
  const times = isDaily
    ? Array.from({ length: Math.ceil((hours - first) / 24) }, (_, day) => first + 24 * day)
    : parameters.times('restarts', parameters.integer('restartCount', 2, most), 0.5, hours - 0.5);
  return {
    hours: times,
    downMinutes: parameters.logUniform('downMinutes', 0.1, 10),
    isTold: parameters.chance('startTold', 0.85),
  };
}

/** Classes of jobs, jumps and restarts. */
export const HEALTHY_EVENT_CLASSES: readonly SeriesClass[] = [
  {
    name: 'ratchet',
    kinds: KINDS,
    about: 'jobs leave their high-water mark; a new one comes ever more rarely',
    draw: (parameters, kind) =>
      drawPlan(parameters, kind, {
        parts: [
          drawBase(parameters, 0.08, 0.45),
          drawRequests(parameters),
          batches({
            periodHours: parameters.logUniform('jobPeriod', 1, 12),
            firstHour: parameters.uniform('jobFirst', 0, 6),
            hours: parameters.logUniform('jobHours', 0.1, 0.8),
            share: parameters.uniform('jobShare', 0.05, 0.35),
            spread: parameters.uniform('jobSpread', 0.4, 1),
            releaseHours: parameters.logUniform('jobRelease', 0.05, 1),
            kept: parameters.uniform('jobKept', 0.5, 1),
          }),
        ],
      }),
  },
  {
    name: 'nightly-batch',
    kinds: KINDS,
    about: 'a job every night takes up to 40 % of the limit and gives it back',
    draw: (parameters, kind) =>
      drawPlan(parameters, kind, {
        parts: [
          drawBase(parameters, 0.08, 0.45),
          drawRequests(parameters),
          batches({
            periodHours: 24,
            firstHour: parameters.uniform('jobFirst', 0, 24),
            hours: parameters.uniform('jobHours', 0.5, 6),
            share: parameters.uniform('jobShare', 0.05, 0.4),
            spread: parameters.uniform('jobSpread', 0, 0.4),
            releaseHours: parameters.logUniform('jobRelease', 0.05, 4),
            kept: 0,
          }),
        ],
      }),
  },
  {
    name: 'cron-batch',
    kinds: KINDS,
    about: 'a job every 1 to 8 hours that gives back slowly',
    draw: (parameters, kind) => {
      const period = parameters.logUniform('jobPeriod', 1, 8);
      return drawPlan(parameters, kind, {
        parts: [
          drawBase(parameters, 0.08, 0.45),
          drawRequests(parameters),
          batches({
            periodHours: period,
            firstHour: 0,
            hours: period * parameters.uniform('jobBusy', 0.05, 0.4),
            share: parameters.uniform('jobShare', 0.03, 0.3),
            spread: parameters.uniform('jobSpread', 0, 0.6),
            releaseHours: parameters.logUniform('jobRelease', 0.05, 3),
            kept: 0,
          }),
        ],
      });
    },
  },
  {
    name: 'deploys-restart',
    kinds: KINDS,
    about: 'every release restarts the process and needs a little more, or less',
    draw: (parameters, kind) => {
      const hours = parameters.uniform('hours', 24, 168);
      const restarts = drawRestarts(parameters, hours, 6);
      const floor = parameters.uniform('base', 0.15, 0.45);
      const more = parameters.uniform('moreEach', -0.03, 0.05);
      const levels = restarts.hours.map((_, life) =>
        Math.min(0.8, Math.max(0.05, floor + more * (life + 1))),
      );
      return drawPlan(parameters, kind, {
        hours,
        restarts,
        parts: [
          byLife([floor, ...levels]),
          drawRequests(parameters),
          saturating(parameters.uniform('warmShare', 0, 0.1), parameters.logUniform('warmHours', 0.1, 3)),
        ],
      });
    },
  },
  {
    name: 'steps',
    kinds: KINDS,
    about: 'one to three jumps without a restart: a tool loaded, a setting changed',
    draw: (parameters, kind) => {
      const hours = parameters.uniform('hours', 24, 168);
      const count = parameters.integer('stepCount', 1, 3);
      const times = parameters.times('steps', count, 1, hours - 1);
      const shares = times.map((_, index) => parameters.uniform(`step${index}`, -0.04, 0.24 / count));
      return drawPlan(parameters, kind, {
        hours,
        parts: [drawBase(parameters, 0.15, 0.5), drawRequests(parameters), steps(times, shares)],
      });
    },
  },
  {
    name: 'restarts',
    kinds: KINDS,
    about: 'two to twelve restarts, or one a day, each with a warm-up',
    draw: (parameters, kind) => {
      const hours = parameters.uniform('hours', 24, 168);
      return drawPlan(parameters, kind, {
        hours,
        restarts: drawRestarts(parameters, hours, 12),
        parts: [
          drawBase(parameters, 0.05, 0.35),
          drawRequests(parameters),
          saturating(
            parameters.logUniform('warmShare', 0.04, 0.4),
            parameters.logUniform('warmHours', 0.1, 5),
          ),
        ],
      });
    },
  },
  {
    name: 'crash-loop',
    kinds: KINDS,
    about: 'fails and starts anew every 10 to 120 minutes, of another cause than a leak',
    draw: (parameters, kind) => {
      const hours = parameters.uniform('hours', 24, 72);
      const every = parameters.logUniform('everyHours', 1 / 6, 2);
      return drawPlan(parameters, kind, {
        hours,
        ageHours: 0,
        restarts: {
          hours: Array.from({ length: Math.floor(hours / every) }, (_, index) => (index + 1) * every),
          downMinutes: parameters.uniform('downMinutes', 0.1, 5),
          isTold: parameters.chance('startTold', 0.85),
        },
        parts: [
          drawBase(parameters, 0.05, 0.4),
          saturating(
            parameters.uniform('warmShare', 0.02, 0.3),
            parameters.logUniform('warmHours', 0.02, 0.5),
          ),
        ],
      });
    },
  },
];
