import { quantile } from '../bench/statistics.ts';
import type { Episode, JudgedSeries } from './judge.ts';
import type { Truth } from './labelled-series.ts';

/** What one method did on one series. */
export interface Outcome {
  /** `leaks` found or missed, `healthy` left alone or not; `either` counts for nothing but is reported. */
  readonly label: Truth['label'];
  /** A true alarm: it began at or after the start of the leak and before the deadline. */
  readonly isFound: boolean;
  /** Alarms on a healthy series, and on a leaking one those that began before the leak. */
  readonly falseEpisodes: number;
  /** From the start of the leak to the first true alarm, as a share of the time to exhaustion; NaN if there is none. */
  readonly delay: number;
  readonly days: number;
}

/** Weighs the alarms of a method against what is true of the series. */
export function outcomeOf(truth: Truth, hours: number, episodes: readonly Episode[]): Outcome {
  const { label, leakStartHour, deadlineHour, exhaustionHour } = truth;
  const days = hours / 24;
  if (leakStartHour === undefined) {
    return { label, isFound: false, falseEpisodes: episodes.length, delay: Number.NaN, days };
  }
  const found = episodes.find(({ fromHour }) => fromHour >= leakStartHour && fromHour < deadlineHour);
  const early = episodes.filter(({ fromHour }) => fromHour < leakStartHour).length;
  const delay =
    found === undefined
      ? Number.NaN
      : (found.fromHour - leakStartHour) / Math.max(1e-9, exhaustionHour - leakStartHour);
  return { label, isFound: found !== undefined, falseEpisodes: early, delay, days };
}

/** How good a method is over a set of series. Ratios are NaN where nothing was to be counted. */
export interface Score {
  readonly leaking: number;
  readonly healthy: number;
  readonly either: number;
  /** Series that leak and got a true alarm. */
  readonly found: number;
  /** Healthy series with an alarm, and leaking ones with an alarm before the leak. */
  readonly wrong: number;
  /** Series of label `either` with an alarm. */
  readonly eitherAlarmed: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Alarms on healthy series per 1,000 days of them. */
  readonly falseAlarms: number;
  /** Median over the leaks that were found. */
  readonly delay: number;
}

/** Sums outcomes up. */
export function scoreOf(outcomes: readonly Outcome[]): Score {
  let [leaking, healthy, either, found, wrong, eitherAlarmed, episodes, days] = [0, 0, 0, 0, 0, 0, 0, 0];
  const delays: number[] = [];
  for (const outcome of outcomes) {
    if (outcome.label === 'either') {
      either += 1;
      if (outcome.isFound || outcome.falseEpisodes > 0) eitherAlarmed += 1;
      continue;
    }
    if (outcome.falseEpisodes > 0) wrong += 1;
    if (outcome.label === 'healthy') {
      healthy += 1;
      days += outcome.days;
      episodes += outcome.falseEpisodes;
    } else {
      leaking += 1;
      if (outcome.isFound) {
        found += 1;
        delays.push(outcome.delay);
      }
    }
  }
  const precision = found / (found + wrong);
  const recall = found / leaking;
  return {
    leaking,
    healthy,
    either,
    found,
    wrong,
    eitherAlarmed,
    precision,
    recall,
    f1: (2 * found) / (found + leaking + wrong),
    falseAlarms: (1000 * episodes) / days,
    delay: quantile(delays, 0.5),
  };
}

/** Outcomes of one method. */
export function outcomesOf(judged: readonly JudgedSeries[], method: string): readonly Outcome[] {
  return judged.map(({ truth, hours, episodes }) => outcomeOf(truth, hours, episodes[method] ?? []));
}
