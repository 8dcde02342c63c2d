import { quantile } from '../bench/statistics.ts';
import { Random } from './random.ts';
import { scoreOf, type Outcome, type Score } from './score.ts';

/** Figures that have an interval. */
export const FIGURES = ['precision', 'recall', 'f1', 'falseAlarms', 'delay'] as const;

/** One of {@link FIGURES}. */
export type Figure = (typeof FIGURES)[number];

/** A 95 % interval of each figure. */
export type Intervals = Readonly<Record<Figure, readonly [low: number, high: number]>>;

/** A score and how sure it is. */
export interface Estimated {
  readonly score: Score;
  readonly intervals: Intervals;
}

/** Bootstrap over series (Efron's percentiles): what another draw of as many series would have shown. */
export function estimate(outcomes: readonly Outcome[], rounds: number): Estimated {
  const random = new Random('bootstrap');
  const samples = new Map<Figure, number[]>(FIGURES.map((figure) => [figure, []]));
  for (let round = 0; round < rounds; round++) {
    const drawn = outcomes.map(() => outcomes[random.integer(0, outcomes.length - 1)]!);
    const score = scoreOf(drawn);
    for (const figure of FIGURES) if (!Number.isNaN(score[figure])) samples.get(figure)?.push(score[figure]);
  }
  const interval = (figure: Figure): readonly [number, number] => {
    const values = samples.get(figure) ?? [];
    return [quantile(values, 0.025), quantile(values, 0.975)];
  };
  return {
    score: scoreOf(outcomes),
    intervals: {
      precision: interval('precision'),
      recall: interval('recall'),
      f1: interval('f1'),
      falseAlarms: interval('falseAlarms'),
      delay: interval('delay'),
    },
  };
}
