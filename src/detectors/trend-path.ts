import { atMeanLoad, loadCoefficientOf } from './load-relation.ts';
import { dayOverDayRule } from './rule-day-over-day.ts';
import { drawdownRule } from './rule-drawdown.ts';
import { elasticityRule } from './rule-elasticity.ts';
import { exhaustionRule } from './rule-exhaustion.ts';
import { growthRule } from './rule-growth.ts';
import { jumpsRule } from './rule-jumps.ts';
import { plateauRule } from './rule-plateau.ts';
import { stepRule } from './rule-step.ts';
import { theilSen } from './theil-sen.ts';
import { hoursToLimit, type Candidate, type Situation } from './candidate.ts';
import type { Finding } from './finding.ts';
import type { Rule, RuleAnswer } from './rule.ts';
import type { Window } from './window.ts';

/** What growth must pass to be a leak, in order of their asking. */
const LEAK_RULES: readonly Rule[] = [
  growthRule,
  stepRule,
  jumpsRule,
  drawdownRule,
  elasticityRule,
  plateauRule,
  dayOverDayRule,
];

/** A look at one window: is what grew in it a leak, and does it matter? */
export function findTrend(window: Window, situation: Situation): Finding {
  const loadCoefficient = loadCoefficientOf(window, situation.loadRelation);
  const flat = atMeanLoad(window, loadCoefficient);
  const line = theilSen(window.hours, flat);
  const growth = line.slope.best * window.spanHours;
  const candidate: Candidate = { window, flat, line, growth, loadCoefficient, situation };
  const answers: (RuleAnswer & { readonly name: string })[] = [];
  const ask = ({ name, judge }: Rule): boolean => {
    const answer = judge(candidate);
    if (answer !== undefined) answers.push({ name, ...answer });
    return answer?.passed ?? true;
  };
  const isLeak = LEAK_RULES.every(ask);
  const isMaterial = isLeak && ask(exhaustionRule);
  return {
    path: 'trend',
    isLeak,
    isMaterial,
    slope: line.slope,
    growth,
    spanHours: window.spanHours,
    fit: { fromMs: window.fromMs, from: line.intercept, slopePerHour: line.slope.best },
    confirmHours: confirmHours(window.stepHours, hoursToLimit(situation, line.slope.best)),
    rawGrowth: theilSen(window.hours, window.values).slope.best * window.spanHours,
    rules: answers,
  };
}

/** How long a finding must last: from half an hour to three hours, by the step of its window; less where time is short. */
function confirmHours(stepHours: number, hoursLeft: number): number {
  const usual = Math.min(2, 0.5 + stepHours / 2);
  return Math.max(0.5, Math.min(usual, hoursLeft / 15));
}
