import { backendAlerts } from './backend-alerts.ts';
import { baselineRecords } from './baseline-records.ts';
import { capacityAlerts } from './capacity-alerts.ts';
import { errorAlerts } from './error-alerts.ts';
import { fleetRecords } from './fleet-records.ts';
import { latencyAlerts } from './latency-alerts.ts';
import { leakAlerts } from './leak-alerts.ts';
import { otelRecords } from './otel-records.ts';
import { probeAlerts } from './probe-alerts.ts';
import { processAlerts } from './process-alerts.ts';
import { reasonAlerts } from './reason-alerts.ts';
import type { AlertGroup, RecordGroup } from './rule-model.ts';
import { sloAlerts } from './slo-alerts.ts';
import { longRecords, sloRecords } from './slo-records.ts';
import { throughputAlerts } from './throughput-alerts.ts';
import { toolAlerts } from './tool-alerts.ts';
import { percentileRecords, toolRecords, trafficRecords, trendRecords } from './traffic-records.ts';
import { watcherAlerts } from './watcher-alerts.ts';

/** Every group of recorded series, one line each; a later one may use an earlier one's. */
export const recordGroups: readonly RecordGroup[] = [
  trafficRecords,
  toolRecords,
  percentileRecords,
  trendRecords,
  otelRecords,
  baselineRecords,
  sloRecords,
  longRecords,
  fleetRecords,
];

/** Every group of alerts, one line each. */
export const alertGroups: readonly AlertGroup[] = [
  latencyAlerts,
  errorAlerts,
  reasonAlerts,
  toolAlerts,
  sloAlerts,
  throughputAlerts,
  processAlerts,
  backendAlerts,
  capacityAlerts,
  leakAlerts,
  probeAlerts,
  watcherAlerts,
];

/** Every alert, in the order of the groups. */
export const alerts = alertGroups.flatMap((group) => group.alerts);
