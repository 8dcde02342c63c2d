import { TraceFlags, type SpanContext } from '@opentelemetry/api';

/** Names that `OTEL_TRACES_SAMPLER` may have. */
export const SAMPLER_NAMES = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** One of them. */
export type SamplerName = (typeof SAMPLER_NAMES)[number];

/** Which requests get a span. */
export interface Sampling {
  /** A request with a parent is sampled if and only if its parent was. */
  readonly followsParent: boolean;
  /** Share of the others that is sampled, 0 to 1. */
  readonly ratio: number;
}

/** What a sampler's name stands for. @param ratio for those that take one. */
export function samplingOf(name: SamplerName, ratio: number): Sampling {
  const followsParent = name.startsWith('parentbased_');
  if (name.endsWith('always_on')) return { followsParent, ratio: 1 };
  return { followsParent, ratio: name.endsWith('always_off') ? 0 : ratio };
}

const IDS = 2 ** 32;

/** A trace id folded to 32 bits as the SDK's ratio sampler does it, so that all services decide alike of one trace. */
function folded(traceId: string): number {
  let bits = 0;
  for (let at = 0; at < 32; at += 8) bits ^= Number.parseInt(traceId.slice(at, at + 8), 16);
  return bits >>> 0;
}

/**
 * Decides of a request before anything is made for its span. Without a parent chance decides: the id of a trace that
 * begins here is told to nobody, so there is nobody to be consistent with.
 * @param random from 0 up to, not including, 1.
 */
export function isSampled(
  { followsParent, ratio }: Sampling,
  parent: SpanContext | undefined,
  random: () => number = Math.random,
): boolean {
  if (parent === undefined) return random() < ratio;
  if (followsParent) return (parent.traceFlags & TraceFlags.SAMPLED) !== 0;
  return ratio === 1 || folded(parent.traceId) < Math.floor(ratio * (IDS - 1));
}
