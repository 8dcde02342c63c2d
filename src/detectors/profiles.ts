import type { DetectorSettings } from './detector-settings.ts';

/** Settings for what is usually watched, by name. */
export const PROFILES = {
  memory: {
    unit: 'bytes',
    direction: 'up',
    follows: 'envelope',
    leastGrowth: 0,
    removesLoad: true,
    patience: 1,
    assumedLimitFactor: undefined,
  },
  connections: {
    unit: 'count',
    direction: 'up',
    follows: 'envelope',
    leastGrowth: 4,
    removesLoad: true,
    patience: 0.9,
    assumedLimitFactor: undefined,
  },
  latency: {
    unit: 'seconds',
    direction: 'up',
    follows: 'median',
    leastGrowth: 0,
    removesLoad: true,
    patience: 1,
    assumedLimitFactor: 3,
  },
  throughput: {
    unit: 'per_second',
    direction: 'down',
    follows: 'median',
    leastGrowth: 0,
    removesLoad: true,
    patience: 1,
    assumedLimitFactor: 0.5,
  },
} as const satisfies Readonly<Record<string, DetectorSettings>>;
