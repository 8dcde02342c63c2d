import type { HpaPolicy, HpaRules, HpaSpec } from './hpa-spec.ts';

interface Recommendation {
  readonly atSeconds: number;
  readonly replicas: number;
}

interface ScaleEvent {
  readonly atSeconds: number;
  /** Pods added or removed, above 0. */
  readonly change: number;
}

/** What the autoscaler remembers from one decision to the next. */
export interface HpaHistory {
  readonly recommendations: readonly Recommendation[];
  readonly ups: readonly ScaleEvent[];
  readonly downs: readonly ScaleEvent[];
}

/** The number of replicas that is set, and what the next decision must know. */
export interface HpaDecision {
  readonly replicas: number;
  readonly history: HpaHistory;
}

/** The memory of an autoscaler that has decided nothing yet. */
export const noHistory: HpaHistory = { recommendations: [], ups: [], downs: [] };

/** Within the upper and the lower of what was recommended in the windows: the least for more, the most for fewer. */
function stabilized(spec: HpaSpec, past: HpaHistory, now: number, current: number, proposed: number): number {
  const within = (seconds: number) =>
    past.recommendations.filter(({ atSeconds }) => atSeconds > now - seconds).map((each) => each.replicas);
  const up = Math.min(proposed, ...within(spec.scaleUp.stabilizationWindowSeconds));
  const down = Math.max(proposed, ...within(spec.scaleDown.stabilizationWindowSeconds));
  return Math.min(down, Math.max(up, current));
}

const changed = (events: readonly ScaleEvent[], now: number, seconds: number): number =>
  events.reduce((sum, { atSeconds, change }) => (atSeconds > now - seconds ? sum + change : sum), 0);

/** How far a direction may go by its policies. */
function limit(rules: HpaRules, past: HpaHistory, now: number, current: number, direction: 1 | -1): number {
  if (rules.selectPolicy === 'Disabled') return current;
  const allowed = rules.policies.map(({ type, value, periodSeconds }: HpaPolicy) => {
    const before = current - changed(past.ups, now, periodSeconds) + changed(past.downs, now, periodSeconds);
    if (type === 'Pods') return before + direction * value;
    const share = before * (1 + (direction * value) / 100);
    // Rounded away from where it stands: a small share of few pods must still let one be added or removed.
    return direction === 1 ? Math.ceil(share) : Math.trunc(share);
  });
  const isFarthest = rules.selectPolicy === 'Max';
  return isFarthest === (direction === 1) ? Math.max(...allowed) : Math.min(...allowed);
}

function limited(spec: HpaSpec, past: HpaHistory, now: number, current: number, wanted: number): number {
  if (wanted > current) {
    const most = Math.max(current, limit(spec.scaleUp, past, now, current, 1));
    return Math.min(wanted, spec.maxReplicas, most);
  }
  if (wanted < current) {
    const least = Math.min(current, limit(spec.scaleDown, past, now, current, -1));
    return Math.max(wanted, spec.minReplicas, least);
  }
  return wanted;
}

/** Enters an event in place of the last one that no policy of its direction looks at any more. */
function remember(events: readonly ScaleEvent[], rules: HpaRules, event: ScaleEvent): readonly ScaleEvent[] {
  const longest = Math.max(0, ...rules.policies.map(({ periodSeconds }) => periodSeconds));
  const old = events.findLastIndex(({ atSeconds }) => atSeconds < event.atSeconds - longest);
  return old === -1 ? [...events, event] : events.with(old, event);
}

function withEvent(spec: HpaSpec, past: HpaHistory, now: number, before: number, after: number): HpaHistory {
  if (after > before) {
    const event = { atSeconds: now, change: after - before };
    return { ...past, ups: remember(past.ups, spec.scaleUp, event) };
  }
  if (after < before) {
    const event = { atSeconds: now, change: before - after };
    return { ...past, downs: remember(past.downs, spec.scaleDown, event) };
  }
  return past;
}

/**
 * Decides as the controller does at one synchronisation: the proposal is held between what was recommended within the
 * stabilisation windows, then to what the policies allow within their periods, then to the limits.
 * Source: Kubernetes 1.37, pkg/controller/podautoscaler/horizontal.go, which test/baselines compares it with.
 * @param now seconds since any origin, rising.
 * @param proposed the most that any metric asks for.
 */
export function decideReplicas(
  spec: HpaSpec,
  past: HpaHistory,
  now: number,
  current: number,
  proposed: number,
): HpaDecision {
  const bounded = Math.min(spec.maxReplicas, Math.max(spec.minReplicas, current));
  if (bounded !== current)
    return { replicas: bounded, history: withEvent(spec, past, now, current, bounded) };
  const started =
    past.recommendations.length === 0
      ? { ...past, recommendations: [{ atSeconds: now, replicas: current }] }
      : past;
  const wanted = stabilized(spec, started, now, current, proposed);
  const replicas = limited(spec, started, now, current, wanted);
  const window = Math.max(spec.scaleUp.stabilizationWindowSeconds, spec.scaleDown.stabilizationWindowSeconds);
  const recommendations = [
    ...started.recommendations.filter(({ atSeconds }) => atSeconds >= now - window),
    { atSeconds: now, replicas: proposed },
  ];
  return { replicas, history: withEvent(spec, { ...started, recommendations }, now, current, replicas) };
}
