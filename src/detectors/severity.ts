import { hoursToLimit, type Situation } from './candidate.ts';
import type { Finding } from './finding.ts';
import type { VerdictState } from '../model/verdict.ts';

const URGENT_PER_HOUR = 0.01;
const URGENT_HOURS = 72;
const PAGE_HOURS = 12;

/** How bad a confirmed finding is. A limit that was only assumed wakes nobody. */
export function severityOf(
  { isMaterial, slope, path }: Finding,
  situation: Situation,
): Exclude<VerdictState, 'none'> {
  if (!isMaterial) return 'watch';
  if (!situation.isLimitKnown) return 'ticket';
  // A life that ends before its limit is a nuisance that returns, not an emergency.
  if (path === 'lives') return 'ticket';
  const hours = hoursToLimit(situation, slope.best);
  if (hours < PAGE_HOURS) return 'page';
  return hours < URGENT_HOURS || slope.best > URGENT_PER_HOUR * situation.scale ? 'urgent' : 'ticket';
}
