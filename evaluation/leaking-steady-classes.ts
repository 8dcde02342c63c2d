// Leaks that are steady, and what else goes on meanwhile.
import { drawLeaking, swinging } from './leaking-plan.ts';
import { steadyLeak } from './leaks.ts';
import { drawRamp } from './load-ramp.ts';
import { drawLoad } from './load.ts';
import { spiking, sawtooth } from './parts-by-chance.ts';
import { saturating, steps, filling } from './parts.ts';
import { KINDS } from './series-id.ts';
import type { SeriesClass } from './series-plan.ts';

/** Classes of steady leaks. */
export const LEAKING_STEADY_CLASSES: readonly SeriesClass[] = [
  {
    name: 'linear',
    kinds: KINDS,
    about: 'steady, to exhaustion in 6 hours to 10 days',
    draw: (parameters, kind) => drawLeaking(parameters, kind, {}, ({ perHour }) => steadyLeak(perHour)),
  },
  {
    name: 'linear-noisy',
    kinds: KINDS,
    about: 'steady, under noise of 1 to 5 % of the limit',
    draw: (parameters, kind) =>
      drawLeaking(
        parameters,
        kind,
        {},
        ({ perHour }) => steadyLeak(perHour),
        () => ({ noise: parameters.uniform('noise', 0.01, 0.05) }),
      ),
  },
  {
    name: 'linear-season',
    kinds: KINDS,
    about: 'steady, under a daily season',
    draw: (parameters, kind) =>
      drawLeaking(
        parameters,
        kind,
        { traffic: [0.04, 0.15], base: [0.08, 0.4] },
        ({ perHour }) => steadyLeak(perHour),
        () => ({ load: swinging(parameters) }),
      ),
  },
  {
    name: 'linear-week',
    kinds: KINDS,
    about: 'steady, under a weekly season',
    draw: (parameters, kind) =>
      drawLeaking(
        parameters,
        kind,
        { traffic: [0.04, 0.15], base: [0.08, 0.4], fastest: 48, leastHours: 96 },
        ({ perHour }) => steadyLeak(perHour),
        () => ({ load: swinging(parameters, { weekend: parameters.uniform('weekend', 0.1, 0.5) }) }),
      ),
  },
  {
    name: 'after-warm-up',
    kinds: KINDS,
    about: 'a process that warms up, and leaks from its start',
    draw: (parameters, kind) => {
      const warm = parameters.uniform('warmShare', 0.05, 0.3);
      return drawLeaking(
        parameters,
        kind,
        { others: warm, base: [0.08, 0.35] },
        ({ perHour }) => steadyLeak(perHour),
        () => ({ ageHours: 0, parts: [saturating(warm, parameters.logUniform('warmHours', 1 / 6, 8))] }),
      );
    },
  },
  {
    name: 'behind-cache',
    kinds: KINDS,
    about: 'a cache or pool fills first, and the leak goes on after it',
    draw: (parameters, kind) => {
      const cache = parameters.uniform('cacheShare', 0.05, 0.2);
      return drawLeaking(
        parameters,
        kind,
        { others: cache, base: [0.08, 0.35], fastest: 12 },
        ({ perHour }) => steadyLeak(perHour),
        () => ({ ageHours: 0, parts: [filling(cache, parameters.logUniform('cacheHours', 2, 36))] }),
      );
    },
  },
  {
    name: 'slow',
    kinds: KINDS,
    about: 'over 5 to 10 days, watched for 4 to 7',
    draw: (parameters, kind) =>
      drawLeaking(parameters, kind, { fastest: 120, leastHours: 96, watched: [0.6, 1] }, ({ perHour }) =>
        steadyLeak(perHour),
      ),
  },
  {
    name: 'load-ramp-and-leak',
    kinds: KINDS,
    about: 'traffic grows, memory with it, and it leaks',
    draw: (parameters, kind) => {
      const share = parameters.uniform('byTraffic', 0.02, 0.08);
      return drawLeaking(
        parameters,
        kind,
        { traffic: [share, share], base: [0.08, 0.35], others: 1.3 * share, fastest: 18 },
        ({ perHour }) => steadyLeak(perHour),
        ({ hours }) => ({
          load: drawLoad(parameters, { growth: drawRamp(parameters, hours, 2.2), isKnown: true }),
        }),
      );
    },
  },
  {
    name: 'load-falls',
    kinds: KINDS,
    about: 'traffic falls off while it leaks, which hides the beginning',
    draw: (parameters, kind) =>
      drawLeaking(
        parameters,
        kind,
        { traffic: [0.03, 0.12], base: [0.08, 0.4], fastest: 18 },
        ({ perHour }) => steadyLeak(perHour),
        ({ hours }) => {
          const least = parameters.uniform('fallsTo', 0.3, 0.8);
          return {
            load: drawLoad(parameters, { growth: (hour) => 1 - (1 - least) * Math.min(1, hour / hours) }),
          };
        },
      ),
  },
  {
    name: 'behind-spikes',
    kinds: KINDS,
    about: 'steady, behind heavy-tailed peaks',
    draw: (parameters, kind) =>
      drawLeaking(
        parameters,
        kind,
        {},
        ({ perHour }) => steadyLeak(perHour),
        () => ({
          parts: [
            spiking({
              perDay: parameters.logUniform('spikesPerDay', 1, 100),
              share: parameters.logUniform('spikeShare', 0.01, 0.06),
              shape: parameters.uniform('spikeShape', 1.2, 2.5),
              minutes: parameters.logUniform('spikeMinutes', 1, 30),
              most: 0.25,
            }),
          ],
        }),
      ),
  },
  {
    name: 'under-sawtooth',
    kinds: KINDS,
    about: 'steady, under garbage or half-open connections that are cleared every 1 to 6 hours',
    draw: (parameters, kind) => {
      const share = parameters.uniform('gcShare', 0.05, 0.25);
      return drawLeaking(
        parameters,
        kind,
        { others: share, base: [0.08, 0.35], fastest: 12 },
        ({ perHour }) => steadyLeak(perHour),
        ({ exhaustionHours }) => ({
          parts: [
            sawtooth({
              periodHours: Math.min(parameters.logUniform('gcHours', 0.5, 6), exhaustionHours / 8),
              share,
              spread: parameters.uniform('gcSpread', 0, 0.5),
              followsTraffic: parameters.chance('gcByTraffic', 0.5),
            }),
          ],
        }),
      );
    },
  },
  {
    name: 'with-steps',
    kinds: KINDS,
    about: 'steady, with one or two jumps up or down on the way',
    draw: (parameters, kind) =>
      drawLeaking(
        parameters,
        kind,
        { others: 0.06, fastest: 18 },
        ({ perHour }) => steadyLeak(perHour),
        ({ hours }) => {
          const times = parameters.times('steps', parameters.integer('stepCount', 1, 2), 1, hours - 1);
          return {
            parts: [
              steps(
                times,
                times.map((_, index) => parameters.uniform(`step${index}`, -0.05, 0.05)),
              ),
            ],
          };
        },
      ),
  },
  {
    name: 'leak-with-gaps',
    kinds: KINDS,
    about: 'steady, with gaps, NaN and lost samples',
    draw: (parameters, kind) =>
      drawLeaking(
        parameters,
        kind,
        { fastest: 18 },
        ({ perHour }) => steadyLeak(perHour),
        ({ hours }) => {
          const spans = (name: string, most: number): { fromHour: number; hours: number }[] =>
            parameters
              .times(name, parameters.integer(`${name}Count`, 0, 3), 0, hours)
              .map((fromHour, index) => ({
                fromHour,
                hours: parameters.logUniform(`${name}${index}`, 1 / 6, most),
              }));
          return {
            faults: {
              gaps: spans('gap', 6),
              unreadable: spans('nan', 4),
              lost: parameters.uniform('lost', 0, 0.3),
              zeros: parameters.chance('zeros', 0.3) ? 0.001 : 0,
            },
          };
        },
      ),
  },
];
