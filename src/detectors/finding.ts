import type { Estimate, VerdictPath } from '../model/verdict.ts';
import type { RuleAnswer } from './rule.ts';

/** What one path made of a series at one moment. Values are of the history: harm lies upwards. */
export interface Finding {
  readonly path: VerdictPath;
  /** It grows, and nothing but a leak explains it. */
  readonly isLeak: boolean;
  /** It is a leak, and the limit is near beside the time that it was watched. */
  readonly isMaterial: boolean;
  readonly slope: Estimate;
  readonly growth: number;
  readonly spanHours: number;
  readonly fit: { readonly fromMs: number; readonly from: number; readonly slopePerHour: number } | undefined;
  /** How long it must be found again and again before it is believed. */
  readonly confirmHours: number;
  /** Growth with what the load explains. */
  readonly rawGrowth: number;
  readonly rules: readonly (RuleAnswer & { readonly name: string })[];
}
