// Leaks that begin late, and leaks that restarts interrupt.
import { drawLeaking } from './leaking-plan.ts';
import { requestLeak, steadyLeak } from './leaks.ts';
import type { Parameters } from './parameters.ts';
import { saturating } from './parts.ts';
import { KINDS } from './series-id.ts';
import type { SeriesClass, SeriesPlan } from './series-plan.ts';

/** Starts of new processes once a day, by a supervisor. */
function daily(parameters: Parameters, hours: number): SeriesPlan['restarts'] {
  const first = parameters.uniform('firstRestart', 2, 24);
  return {
    hours: Array.from({ length: Math.max(1, Math.ceil((hours - first) / 24)) }, (_, day) => first + 24 * day),
    downMinutes: parameters.logUniform('downMinutes', 0.1, 5),
    isTold: parameters.chance('startTold', 0.9),
  };
}

/** Classes of leaks and lives. */
export const LEAKING_EVENT_CLASSES: readonly SeriesClass[] = [
  {
    name: 'late-start',
    kinds: KINDS,
    about: 'healthy for half a day to three days, then leaking without a restart',
    draw: (parameters, kind) =>
      drawLeaking(parameters, kind, { starts: 'late' }, ({ perHour }) => steadyLeak(perHour)),
  },
  {
    name: 'bad-release',
    kinds: KINDS,
    about: 'healthy for days, then a release with a restart that leaks',
    draw: (parameters, kind) =>
      drawLeaking(
        parameters,
        kind,
        { starts: 'late', others: 0.08 },
        ({ perHour }) => steadyLeak(perHour),
        ({ startHour }) => ({
          restarts: {
            hours: [startHour],
            downMinutes: parameters.logUniform('downMinutes', 0.1, 5),
            isTold: parameters.chance('startTold', 0.9),
          },
          parts: [
            saturating(parameters.uniform('warmShare', 0, 0.08), parameters.logUniform('warmHours', 0.1, 3)),
          ],
        }),
      ),
  },
  {
    name: 'killed-again-and-again',
    kinds: KINDS,
    about: 'reaches the limit, is killed and started anew, and leaks again',
    draw: (parameters, kind) => {
      const plan = drawLeaking(
        parameters,
        kind,
        { slowest: 40, leastHours: 72, fastest: 4, others: 0.05 },
        ({ perHour }) => requestLeak(perHour),
        () => ({
          ageHours: 0,
          parts: [saturating(0.05, parameters.logUniform('warmHours', 0.05, 1))],
        }),
      );
      return { ...plan, leak: plan.leak && { ...plan.leak, atLimit: 'restart' } };
    },
  },
  {
    name: 'restarted-daily',
    kinds: KINDS,
    about: 'started anew every day, before the limit is reached',
    draw: (parameters, kind) =>
      drawLeaking(
        parameters,
        kind,
        { fastest: 30, slowest: 150, leastHours: 96, watched: [1, 3], others: 0.05 },
        ({ perHour }) => requestLeak(perHour),
        ({ hours }) => {
          const restarts = daily(parameters, hours);
          const ambiguity = restarts.isTold ? undefined : 'restarts that nobody tells look like a collector';
          return { ageHours: 0, restarts, ambiguity };
        },
      ),
  },
  {
    name: 'restarted-once',
    kinds: KINDS,
    about: 'somebody starts it anew half way, and it goes on',
    draw: (parameters, kind) =>
      drawLeaking(
        parameters,
        kind,
        { fastest: 24, watched: [0.8, 1.6] },
        ({ perHour }) => steadyLeak(perHour),
        ({ exhaustionHours, hours }) => ({
          restarts: {
            hours: [Math.min(hours * 0.5, exhaustionHours * parameters.uniform('restartAt', 0.15, 0.5))],
            downMinutes: 0.5,
            isTold: parameters.chance('startTold', 0.9),
          },
        }),
      ),
  },
];
