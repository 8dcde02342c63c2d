// What leaks lose, in shares of the limit; rates are means, so that the time to exhaustion is what was drawn.
import { isBusinessTime, type Part, type PartSource } from './moment.ts';

const from =
  (part: Part): PartSource =>
  () =>
  (at) =>
    at.leaking < 0 ? 0 : part(at);

/** The same by the hour: a timer, a poll, a health check that loses something each time. */
export function steadyLeak(perHour: number): PartSource {
  return from((at) => perHour * at.stepHours);
}

/** Something for every request. */
export function requestLeak(perHour: number): PartSource {
  return from((at) => perHour * at.traffic * at.stepHours);
}

/** A lump for every session that ends without being closed. */
export function sessionLeak(perHour: number, lump: number): PartSource {
  return (random) => (at) =>
    at.leaking < 0 ? 0 : lump * random.poisson((perHour * at.traffic * at.stepHours) / lump);
}

/** Ever faster (power over 1) or ever slower (under 1); `share` is lost after `hours`. */
export function poweredLeak(share: number, hours: number, power: number): PartSource {
  return from(
    (at) =>
      share * (((at.leaking + at.stepHours) / hours) ** power - (Math.max(0, at.leaking) / hours) ** power),
  );
}

/** A jump with every job. */
export function batchLeak(perHour: number, periodHours: number): PartSource {
  return (random) => {
    let next = Number.NaN;
    return (at) => {
      if (at.leaking < 0) return 0;
      if (Number.isNaN(next) || next > at.hour + periodHours) next = at.hour + periodHours * random.next();
      if (at.hour < next) return 0;
      next += periodHours;
      return perHour * periodHours * random.uniform(0.6, 1.4);
    };
  };
}

/** Only while people work; the mean over working days is the rate. */
export function businessLeak(perHour: number): PartSource {
  return from((at) => (isBusinessTime(at) ? perHour * 2.4 * at.stepHours : 0));
}

/** In bursts of a quarter of an hour: something is lost on every error, and errors come together. */
export function burstLeak(perHour: number, everyHours: number): PartSource {
  return (random) => {
    let untilHour = -1;
    return (at) => {
      if (at.leaking < 0) return 0;
      if (random.chance(at.stepHours / everyHours)) untilHour = at.hour + 0.25;
      return at.hour < untilHour ? (perHour * everyHours * at.stepHours) / 0.25 : 0;
    };
  };
}

/** Two at a time. */
export function bothLeaks(one: PartSource, other: PartSource): PartSource {
  return (random) => {
    const [first, second] = [one(random.fork('first')), other(random.fork('second'))];
    return (at) => first(at) + second(at);
  };
}
