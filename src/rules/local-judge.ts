import type { ConditionReadings } from '../model/condition-readings.ts';
import type { PageUnit } from '../model/page-verdict.ts';
import { durationSeconds } from './windows.ts';

/** One thing of which an alert's condition holds. */
export interface Held {
  /** What it is of, e.g. the tool. */
  readonly labels: Readonly<Record<string, string>>;
  readonly live: number;
  /** What it is held against, in words. */
  readonly expected: string;
  /** One sentence. */
  readonly words: string;
}

/** How the sidecar judges an alert's condition by itself, from what it sees of its own server. */
export interface LocalJudge {
  /** Name of the alert that it stands for; its severity, duration and runbook are the declaration's. */
  readonly alert: string;
  readonly unit: PageUnit;
  /** Whether there is anything to judge by. */
  readonly sees: (readings: ConditionReadings) => boolean;
  /** What it holds of; empty: of nothing. */
  readonly held: (readings: ConditionReadings) => readonly Held[];
}

/** Milliseconds of a duration as rules write it, e.g. `5m`. */
export const windowMs = (duration: string): number => durationSeconds(duration) * 1000;

/** One series against another: undefined where one is not known or the second is nothing. */
export function shareOf(
  { mean }: Pick<ConditionReadings, 'mean'>,
  part: string,
  whole: string,
  window: string,
): number | undefined {
  const [some, all] = [mean(part, windowMs(window)), mean(whole, windowMs(window))];
  return some === undefined || all === undefined || !(all > 0) ? undefined : some / all;
}

/** A list of one, where the condition holds. */
export const holdsIf = (holds: boolean, held: () => Held): readonly Held[] => (holds ? [held()] : []);
