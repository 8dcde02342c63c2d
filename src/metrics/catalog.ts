import { BASELINE } from './baseline-specs.ts';
import { BENCH } from './bench-specs.ts';
import { CACHE } from './cache-specs.ts';
import { DATABASE } from './database-specs.ts';
import { DETECTOR } from './detector-specs.ts';
import { DOCUMENTED } from './documented-specs.ts';
import { EVIDENCE } from './evidence-specs.ts';
import { FLEET } from './fleet-specs.ts';
import type { MetricSpecs } from './metric-spec.ts';
import { PAGE } from './page-specs.ts';
import { PROBE } from './probe-specs.ts';
import { PROCESS } from './process-specs.ts';
import { SESSIONS } from './session-specs.ts';
import { SIDECAR } from './sidecar-specs.ts';
import { TRAFFIC } from './traffic-specs.ts';

/** All metrics that the product exposes, by name. No rule, panel or document names one that is not here. */
export const CATALOG = {
  ...DOCUMENTED,
  ...TRAFFIC,
  ...SESSIONS,
  ...DATABASE,
  ...CACHE,
  ...PROCESS,
  ...BASELINE,
  ...BENCH,
  ...DETECTOR,
  ...PROBE,
  ...SIDECAR,
  ...PAGE,
  ...FLEET,
  ...EVIDENCE,
} as const satisfies MetricSpecs;

/** Name of a metric of the catalog. */
export type MetricName = keyof typeof CATALOG;
