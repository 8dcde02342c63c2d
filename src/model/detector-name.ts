/** Names of the detectors that need no configuration, values of the label `detector`; a user's own have others. */
export const BUILT_IN_DETECTOR_NAMES = [
  'memory',
  'connections',
  'sessions',
  'parked_requests',
  'open_files',
  'threads',
  'bytes_per_session',
  'latency',
  'throughput',
] as const;

/** One of {@link BUILT_IN_DETECTOR_NAMES}. */
export type BuiltInDetectorName = (typeof BUILT_IN_DETECTOR_NAMES)[number];
