import type { ConditionReadings } from '../model/condition-readings.ts';
import type { ConditionRunbook, ConditionSeverity, PageConditions } from '../model/page-conditions.ts';
import type { LocalJudge } from './local-judge.ts';
import { localResources } from './local-resources.ts';
import { localTraffic } from './local-traffic.ts';
import { localWatchers } from './local-watchers.ts';
import { alertGroups, alerts } from './rule-groups.ts';
import type { AlertDeclaration } from './rule-model.ts';

/** Every alert that the sidecar judges by itself. */
export const localJudges: readonly LocalJudge[] = [...localTraffic, ...localResources, ...localWatchers];

const declarations: ReadonlyMap<string, AlertDeclaration> = new Map(alerts.map((each) => [each.alert, each]));
const groupOf: ReadonlyMap<string, string> = new Map(
  alertGroups.flatMap((group) => group.alerts.map(({ alert }) => [alert, group.name] as const)),
);

/** The declaration of an alert; undefined if it is none of ours. */
export const declarationOf = (alert: string): AlertDeclaration | undefined => declarations.get(alert);

/** A severity as the page knows it. */
export const pageSeverity = (severity: string): ConditionSeverity =>
  severity === 'critical' || severity === 'warning' || severity === 'info' ? severity : 'other';

/** What the runbook says of an alert; undefined if it is none of ours. */
export function runbookOf(alert: string): ConditionRunbook | undefined {
  const declaration = declarations.get(alert);
  if (declaration === undefined) return undefined;
  const { meaning, now, causes } = declaration.runbook;
  return {
    path: `runbooks/${groupOf.get(alert) ?? ''}.md#${alert.toLowerCase()}`,
    meaning,
    now,
    causes,
  };
}

const DAYS = 'It looks back on a day and more, farther than the page remembers.';
const FLEET = 'It compares several servers.';
const OUTSIDE = 'A sidecar cannot see that it is not there itself.';

/** Why the sidecar does not judge an alert; every one that is not judged has an entry. */
const WHY_NOT: Readonly<Record<string, string>> = {
  McpErrorBudgetBurn: DAYS,
  McpErrorBudgetBurnSlow: DAYS,
  McpLatencyBudgetBurn: DAYS,
  McpLatencyBudgetBurnSlow: DAYS,
  McpLatencyDrift: DAYS,
  McpThroughputDecline: DAYS,
  McpMemoryGrowth: 'It stands in for the detectors, which run here.',
  McpConnectionCreep: 'It stands in for the detectors, which run here.',
  McpSessionLeak: 'It stands in for the detectors, which run here.',
  McpScalingEfficiencyLow: FLEET,
  McpHpaAtMaximum: 'It looks at the cluster.',
  McpSidecarDown: OUTSIDE,
  McpNoSidecar: OUTSIDE,
  McpWatchdog: 'It fires always, to show that alerts arrive.',
  McpToolTimeouts: 'It needs the time-outs of each tool over half an hour, which the page does not remember.',
  McpCircuitBreakerOpening: 'It needs the breakers of each tool, which the page does not remember.',
  McpSpikeNotRecovered: 'It needs to know when a spike was over, which the page does not remember.',
  McpConnectionWait: 'It needs how long each pool was full, which the page does not remember.',
  McpProbeSlow: 'It needs the calls of each probe over 15 minutes, which the page does not remember.',
  McpProbeNotRunning: 'The schedule of the probes runs in this very process.',
};

/** Alerts that only a Prometheus can judge, and why. */
export const notJudgedHere: PageConditions['notJudgedHere'] = alerts
  .filter(({ alert }) => !localJudges.some((judge) => judge.alert === alert))
  .map(({ alert }) => ({
    name: alert,
    why: WHY_NOT[alert] ?? 'It is made of series that only a Prometheus records.',
  }));

/** The alerts that are judged here, and whether there is anything to judge them by. */
export function judgedHere(readings: ConditionReadings): PageConditions['judgedHere'] {
  return localJudges.map(({ alert, sees }) => {
    const declaration = declarations.get(alert);
    return {
      name: alert,
      severity: pageSeverity(declaration?.severity ?? 'other'),
      when: declaration?.when ?? '',
      sees: sees(readings),
    };
  });
}
