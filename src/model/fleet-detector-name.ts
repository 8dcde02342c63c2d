/** Names of the detectors that know what to ask Prometheus for, over the sidecars of a fleet. */
export const FLEET_DETECTOR_NAMES = [
  'memory',
  'connections',
  'sessions',
  'open_files',
  'threads',
  'bytes_per_session',
  'latency',
  'throughput',
] as const;

/** One of {@link FLEET_DETECTOR_NAMES}. */
export type FleetDetectorName = (typeof FLEET_DETECTOR_NAMES)[number];
