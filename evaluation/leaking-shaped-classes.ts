// Leaks that follow something else than the clock.
import { drawLeaking, swinging } from './leaking-plan.ts';
import {
  batchLeak,
  bothLeaks,
  burstLeak,
  businessLeak,
  poweredLeak,
  requestLeak,
  sessionLeak,
  steadyLeak,
} from './leaks.ts';
import { KINDS } from './series-id.ts';
import type { SeriesClass } from './series-plan.ts';

/** Classes of leaks by request, by job, ever faster or slower. */
export const LEAKING_SHAPED_CLASSES: readonly SeriesClass[] = [
  {
    name: 'per-request',
    kinds: KINDS,
    about: 'something for every request, so that the slope follows the load',
    draw: (parameters, kind) =>
      drawLeaking(
        parameters,
        kind,
        {},
        ({ perHour }) => requestLeak(perHour),
        () => ({ load: swinging(parameters) }),
      ),
  },
  {
    name: 'per-session',
    kinds: KINDS,
    about: 'a lump for every session that is not closed',
    draw: (parameters, kind) =>
      drawLeaking(parameters, kind, {}, ({ perHour, share }) =>
        sessionLeak(perHour, share * parameters.logUniform('lumpShare', 0.0005, 0.02)),
      ),
  },
  {
    name: 'accelerating',
    kinds: KINDS,
    about: 'ever faster (power 1.3 to 3), as where each leaked object is visited and leaks again',
    draw: (parameters, kind) =>
      drawLeaking(parameters, kind, { watched: [0.6, 1.3] }, ({ share, exhaustionHours }) =>
        poweredLeak(share, exhaustionHours, parameters.uniform('power', 1.3, 3)),
      ),
  },
  {
    name: 'decelerating',
    kinds: KINDS,
    about:
      'ever slower, but without end (power 0.65 to 0.9): a map of clients that are seen for the first time',
    draw: (parameters, kind) =>
      drawLeaking(parameters, kind, {}, ({ share, exhaustionHours }) =>
        poweredLeak(share, exhaustionHours, parameters.uniform('power', 0.65, 0.9)),
      ),
  },
  {
    name: 'staircase',
    kinds: KINDS,
    about: 'a jump with every job, without end',
    draw: (parameters, kind) =>
      drawLeaking(parameters, kind, { fastest: 12 }, ({ perHour, exhaustionHours }) =>
        batchLeak(perHour, exhaustionHours / parameters.logUniform('jumps', 8, 60)),
      ),
  },
  {
    name: 'bursts',
    kinds: KINDS,
    about: 'in bursts, where errors come together',
    draw: (parameters, kind) =>
      drawLeaking(parameters, kind, { fastest: 12 }, ({ perHour, exhaustionHours }) =>
        burstLeak(perHour, exhaustionHours / parameters.logUniform('bursts', 15, 100)),
      ),
  },
  {
    name: 'business-hours',
    kinds: KINDS,
    about: 'only while people work',
    draw: (parameters, kind) =>
      drawLeaking(
        parameters,
        kind,
        { fastest: 30, leastHours: 60 },
        ({ perHour }) => businessLeak(perHour),
        () => ({ load: swinging(parameters, { peakHour: 13 }) }),
      ),
  },
  {
    name: 'two-leaks',
    kinds: KINDS,
    about: 'one by the hour and one by the request or job',
    draw: (parameters, kind) =>
      drawLeaking(parameters, kind, { fastest: 12 }, ({ perHour, exhaustionHours }) => {
        const part = parameters.uniform('firstPart', 0.2, 0.8);
        const other = parameters.chance('otherByJob', 0.5)
          ? batchLeak(perHour * (1 - part), exhaustionHours / parameters.logUniform('jumps', 8, 40))
          : requestLeak(perHour * (1 - part));
        return bothLeaks(steadyLeak(perHour * part), other);
      }),
  },
];
