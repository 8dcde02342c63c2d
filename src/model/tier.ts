/** What a tier limits. */
export const TIER_RESOURCES = [
  'requests_per_second',
  'sessions',
  'memory_bytes',
  'bandwidth_bits_per_second',
  'vcpus',
] as const;

/** A resource that a tier limits, as it stands in the label `resource`. */
export type TierResource = (typeof TIER_RESOURCES)[number];

/** The hardware tier of one instance of a server. */
export interface Tier {
  readonly tier: number;
  readonly name: string;
  /** Of one instance. */
  readonly limits: Readonly<Record<TierResource, number>>;
}
