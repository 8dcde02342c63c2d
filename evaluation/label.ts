import type { Truth } from './labelled-series.ts';
import type { Kind } from './series-id.ts';

/** Facts that a label follows from; shares are of the limit, hours since the first sample. */
export interface Facts {
  readonly kind: Kind;
  readonly limit: number;
  readonly endHour: number;
  /** Why the class itself says that nobody can tell. */
  readonly ambiguity: string | undefined;
  readonly leakStartHour: number | undefined;
  /** Hours at which the limit was reached. */
  readonly exhaustedHours: readonly number[];
  /** Whether the series goes on after it. */
  readonly restartsAtLimit: boolean;
  /** Starts of processes after the first that neither chance nor the limit made. */
  readonly plannedRestarts: number;
  /** When the current process started, or the leak if that is later. */
  readonly lifeStartHour: number;
  /** Lost by the end in the current process. */
  readonly leaked: number;
  /** Lost in a typical process that ended before the series did. */
  readonly leakedPerLife: number;
  /** Pace of the leak in its last day, share an hour. */
  readonly pace: number;
  /** P90 of the healthy parts in the last day. */
  readonly healthyHigh: number;
  readonly swing: number;
}

/**
 * Exhaustion farther away than so many times the time watched is `either`. Not more: a cache that fills a fifth of its
 * limit looks the same until then, and is healthy.
 */
export const FAR = 2;
/**
 * Healthy growth that is as straight as a leak has to leave so many times its own room, else it is `either`: what is
 * owed of the one would be false of the other.
 */
export const STRAIGHT_ROOM = 2.5;
/** A leak that was watched for less, and has not yet exhausted anything, is `either`. */
export const LEAST_HOURS = 6;
/** Less lost than this share of the limit is `either`. */
export const LEAST_SHARE = 0.05;
/** Fewer connections lost than this are `either`. */
export const LEAST_CONNECTIONS = 5;
/** Less lost than this share of the swing of everything healthy is hidden: `either`. */
export const HIDDEN = 0.5;
/** Where planned restarts clear a leak away, each process has to lose this share of the limit for an alarm to be owed. */
export const LEAST_PER_LIFE = 0.1;
/** Where planned restarts clear a leak away, it matters if it exhausts the limit within a long weekend without them. */
export const WITHOUT_RESTART_HOURS = 96;
/** From so many planned restarts on, the lives are judged together. */
export const LEAST_RESTARTS = 3;

/** Whether planned restarts clear the leak away so often that only the lives together show it. */
function isCleared(facts: Facts): boolean {
  return facts.exhaustedHours.length === 0 && facts.plannedRestarts >= LEAST_RESTARTS;
}

function exhaustionHour(facts: Facts): number {
  const [first] = facts.exhaustedHours;
  if (first !== undefined) return first;
  if (facts.leakStartHour === undefined || facts.pace <= 0) return Number.POSITIVE_INFINITY;
  // As if nobody had started it anew: all the way from the healthy level.
  if (isCleared(facts)) return facts.leakStartHour + Math.max(0, 1 - facts.healthyHigh) / facts.pace;
  return facts.endHour + Math.max(0, 1 - facts.healthyHigh - facts.leaked) / facts.pace;
}

function whyEitherByLives(facts: Facts, startHour: number, exhaustedAtHour: number): string | undefined {
  const watched = facts.endHour - startHour;
  if (watched < 48) return 'restarts leave too few lives to compare';
  if (facts.leakedPerLife < LEAST_PER_LIFE) return `a life loses less than ${LEAST_PER_LIFE} of the limit`;
  if (exhaustedAtHour - startHour > WITHOUT_RESTART_HOURS)
    return 'even a long weekend without a restart does not exhaust it';
  return facts.leakedPerLife < HIDDEN * facts.swing ? 'hidden in the swing' : undefined;
}

function whyEither(facts: Facts, startHour: number, exhaustedAtHour: number): string | undefined {
  if (isCleared(facts)) return whyEitherByLives(facts, startHour, exhaustedAtHour);
  const isExhausted = facts.exhaustedHours.length > 0;
  const lost = isExhausted ? Math.max(facts.leaked, facts.leakedPerLife) : facts.leaked;
  if (facts.kind === 'connections' && lost * facts.limit < LEAST_CONNECTIONS) {
    return `fewer than ${LEAST_CONNECTIONS} connections lost`;
  }
  if (lost < LEAST_SHARE) return `less than ${LEAST_SHARE} of the limit lost`;
  if (isExhausted)
    return lost < HIDDEN * facts.swing ? 'exhausted by a peak more than by the leak' : undefined;
  if (facts.endHour - facts.lifeStartHour < LEAST_HOURS) return `watched for less than ${LEAST_HOURS} hours`;
  if (exhaustedAtHour - facts.endHour > FAR * (facts.endHour - facts.lifeStartHour)) {
    return `exhaustion is over ${FAR} times the watched span away`;
  }
  return lost < HIDDEN * facts.swing ? 'hidden in the swing' : undefined;
}

/**
 * Says of a series whether an alarm is owed. Nothing leaks: `healthy` (a class may say that even so nobody can tell).
 * Something leaks: `leaks`, unless its exhaustion is more than {@link FAR} times the watched span away, it was watched for less than {@link LEAST_HOURS}, less than
 * {@link LEAST_SHARE} of the limit or {@link LEAST_CONNECTIONS} connections are lost, or what is lost is under
 * {@link HIDDEN} of the swing of the healthy rest; all that in the current process. What has reached the limit leaks,
 * however far that seemed. Where {@link LEAST_RESTARTS} planned restarts or more clear it away: `leaks` if that was seen over two
 * days, each process loses {@link LEAST_PER_LIFE} of the limit, and without restarts the limit would be reached within
 * {@link WITHOUT_RESTART_HOURS} hours.
 */
export function labelOf(facts: Facts): Truth {
  const { leakStartHour, leaked, swing, endHour } = facts;
  const atHour = exhaustionHour(facts);
  const [first] = facts.exhaustedHours;
  const truth = {
    leakStartHour,
    exhaustionHour: atHour,
    deadlineHour: first === undefined || facts.restartsAtLimit ? endHour : first,
    leaked,
    swing,
    exhaustions: facts.exhaustedHours.length,
  };
  if (facts.ambiguity !== undefined) return { ...truth, label: 'either', why: facts.ambiguity };
  if (leakStartHour === undefined) return { ...truth, label: 'healthy', why: 'nothing is lost' };
  const why = whyEither(facts, leakStartHour, atHour);
  if (why !== undefined) return { ...truth, label: 'either', why };
  const days = ((atHour - leakStartHour) / 24).toFixed(1);
  return { ...truth, label: 'leaks', why: `exhaustion ${days} days after the start of the leak` };
}
