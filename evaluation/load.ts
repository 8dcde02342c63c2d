import type { Parameters } from './parameters.ts';
import type { Random } from './random.ts';

/** How much the server has to do. */
export interface LoadPlan {
  readonly requestsPerSecond: number;
  /** Swing over the day: at 0.5, from half to one and a half of the mean. */
  readonly dailySwing: number;
  /** Traffic of a Saturday or Sunday relative to a working day. */
  readonly weekend: number;
  /** Hour of the day with the most traffic. */
  readonly peakHour: number;
  /** Standard deviation of fluctuations that last about ten minutes, relative. */
  readonly noise: number;
  /** Whether the detector is told. */
  readonly isKnown: boolean;
  /** Factor by which traffic has grown at an hour of the series. */
  readonly growth: (hour: number) => number;
}

/** Load of a server of people who work by day; `over` sets what a class is about. */
export function drawLoad(parameters: Parameters, over: Partial<LoadPlan> = {}): LoadPlan {
  const plan = {
    requestsPerSecond: parameters.logUniform('requestsPerSecond', 0.05, 200),
    dailySwing: parameters.uniform('dailySwing', 0, 0.6),
    weekend: parameters.uniform('weekend', 0.4, 1),
    peakHour: parameters.uniform('peakHour', 9, 20),
    noise: parameters.logUniform('loadNoise', 0.02, 0.3),
    isKnown: parameters.chance('loadKnown', 0.8),
    growth: () => 1,
    ...over,
  };
  // What the class set counts, not what would have been drawn.
  parameters.note('dailySwing', plan.dailySwing);
  parameters.note('weekend', plan.weekend);
  parameters.note('peakHour', plan.peakHour);
  parameters.note('loadKnown', plan.isKnown);
  return plan;
}

/** Clock of the moment that load is asked for. */
export interface LoadClock {
  readonly hour: number;
  readonly stepHours: number;
  readonly dayHour: number;
  readonly weekday: number;
}

/** Load at one moment: what a counter would show of this step, and what memory follows, smoothed over minutes. */
export interface LoadNow {
  readonly requestsPerSecond: number;
  readonly traffic: number;
}

const FLUCTUATION_HOURS = 1 / 6;
const SMOOTHING_HOURS = 1 / 15;

/** Follows a plan step by step; counts scatter as requests do that come at random (Poisson). */
export function followLoad(plan: LoadPlan, random: Random): (clock: LoadClock) => LoadNow {
  let fluctuation = 0;
  let traffic = Number.NaN;
  return ({ hour, stepHours, dayHour, weekday }) => {
    const kept = Math.exp(-stepHours / FLUCTUATION_HOURS);
    fluctuation = kept * fluctuation + Math.sqrt(1 - kept * kept) * random.normal();
    const season = 1 + plan.dailySwing * Math.cos(((dayHour - plan.peakHour) / 12) * Math.PI);
    const week = weekday >= 5 ? plan.weekend : 1;
    const relative =
      season * week * plan.growth(hour) * Math.exp(plan.noise * fluctuation - (plan.noise * plan.noise) / 2);
    const seconds = stepHours * 3600;
    const counted = random.poisson(plan.requestsPerSecond * relative * seconds) / seconds;
    const isFirst = Number.isNaN(traffic);
    const smoothing = isFirst ? 1 : 1 - Math.exp(-stepHours / SMOOTHING_HOURS);
    traffic = (isFirst ? relative : traffic) + smoothing * (relative - (isFirst ? relative : traffic));
    return { requestsPerSecond: counted, traffic };
  };
}
