import type { AlertCase } from './alert-case.ts';
import { capacityCases } from './capacity-cases.ts';
import { errorCases } from './error-cases.ts';
import { latencyCases } from './latency-cases.ts';
import { leakCases } from './leak-cases.ts';
import { probeCases } from './probe-cases.ts';
import { resourceCases } from './resource-cases.ts';
import { sloCases } from './slo-cases.ts';
import { throughputCases } from './throughput-cases.ts';
import { watcherCases } from './watcher-cases.ts';

/** A case for every alert but the watchdog, which has no healthy twin. */
export const alertCases: readonly AlertCase[] = [
  ...latencyCases,
  ...errorCases,
  ...sloCases,
  ...throughputCases,
  ...resourceCases,
  ...capacityCases,
  ...leakCases,
  ...probeCases,
  ...watcherCases,
];
