import type { Candidate } from './candidate.ts';

/** What a rule says of a candidate. The text is asked for only where it is shown. */
export interface RuleAnswer {
  readonly passed: boolean;
  readonly text: () => string;
}

/** Tells growth that is a leak from growth that is something else; undefined where it cannot say. */
export interface Rule {
  readonly name: string;
  readonly judge: (candidate: Candidate) => RuleAnswer | undefined;
}

/** A ratio as people read it: 8.8 %. */
export const percent = (ratio: number): string => `${Number((ratio * 100).toPrecision(2))} %`;
