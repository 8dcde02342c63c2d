import { describe, expect, it } from '@jest/globals';
import { documentBaseline } from '../../src/baselines/document-baseline.ts';
import type { ConditionReadings } from '../../src/model/condition-readings.ts';
import type { ProbeSummary } from '../../src/model/probe-history.ts';
import { declarationOf, localJudges, notJudgedHere } from '../../src/rules/local-conditions.ts';
import { alerts } from '../../src/rules/rule-groups.ts';
import { conditionRows, trackConditions, type TrackedConditions } from '../../src/rules/track-conditions.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 0, 5);

/** Readings in which every window of a series has the same mean. */
function readings(
  series: Readonly<Record<string, number>>,
  more: Partial<ConditionReadings> = {},
): ConditionReadings {
  const read = (name: string): number | undefined => series[name];
  return {
    mean: read,
    max: read,
    last: read,
    total: (name, windowMs) => (series[name] === undefined ? undefined : series[name] * (windowMs / 1000)),
    labelsOf: (figure) =>
      Object.keys(series).flatMap((name) =>
        name.startsWith(`${figure}/`) ? [name.slice(figure.length + 1)] : [],
      ),
    atMs: START_MS,
    baseline: documentBaseline,
    tier: undefined,
    probes: [],
    verdicts: [],
    evaluatedAtMs: undefined,
    failingSources: new Map(),
    isLastReloadOk: true,
    ...more,
  };
}

const held = (given: ConditionReadings): string[] =>
  localJudges.flatMap(({ alert, held: judge }) => (judge(given).length > 0 ? [alert] : []));

const well = { request_rate: 100, call_rate: 100, error_rate: 0.02, 'failure_rate/unreachable': 0 };
const probe: ProbeSummary = {
  name: 'p',
  kind: 'http',
  target: 't',
  schedule: '30s',
  enabled: true,
  state: 'down',
};

// Each beside a healthy twin just below the limit of its rule.
const table: [alert: string, ill: ConditionReadings, healthy: ConditionReadings][] = [
  ['McpErrorRatioHigh', readings({ ...well, error_rate: 5.1 }), readings({ ...well, error_rate: 4.9 })],
  [
    'McpErrorRatioHigh',
    readings({ request_rate: 0.51, error_rate: 0.4 }),
    readings({ request_rate: 0.49, error_rate: 0.4 }),
  ],
  [
    'McpErrorsAboveBaseline',
    readings({ ...well, error_rate: 0.21 }),
    readings({ ...well, error_rate: 0.19 }),
  ],
  [
    'McpServerUnreachable',
    readings({ ...well, 'failure_rate/unreachable': 51 }),
    readings({ ...well, 'failure_rate/unreachable': 49 }),
  ],
  [
    'McpToolErrors',
    readings({ ...well, 'failure_rate/tool': 10.1 }),
    readings({ ...well, 'failure_rate/tool': 9.9 }),
  ],
  [
    'McpRpcErrors',
    readings({ ...well, 'failure_rate/rpc': 1.1 }),
    readings({ ...well, 'failure_rate/rpc': 0.9 }),
  ],
  [
    'McpTransportErrors',
    readings({ ...well, 'failure_rate/transport': 1.1 }),
    readings({ ...well, 'failure_rate/transport': 0.9 }),
  ],
  [
    'McpLatencyFarAboveBaseline',
    readings({ ...well, 'slow_rate/p99': 10.1, 'compared_rate/p99': 100 }),
    readings({ ...well, 'slow_rate/p99': 9.9, 'compared_rate/p99': 100 }),
  ],
  [
    'McpLatencyAboveBaseline',
    readings({ ...well, 'slow_rate/p95': 20.1, 'compared_rate/p95': 100 }),
    readings({ ...well, 'slow_rate/p95': 19.9, 'compared_rate/p95': 100 }),
  ],
  [
    'McpDatabaseDeadlocks',
    readings({ ...well, 'error_type_rate/database_deadlock%3Aserver': 0.1 }),
    readings({ ...well, 'error_type_rate/database_deadlock%3Aserver': 0.05 }),
  ],
  [
    'McpToolFailing',
    readings({ 'tool_error_rate/a': 5.1, 'tool_rate/a': 10 }),
    readings({ 'tool_error_rate/a': 4.9, 'tool_rate/a': 10 }),
  ],
  [
    'McpToolLatencyAboveBaseline',
    readings({ 'tool_slow_rate/a': 0.51, 'tool_rate/a': 10 }),
    readings({ 'tool_slow_rate/a': 0.49, 'tool_rate/a': 10 }),
  ],
  ['McpCpuAboveBaseline', readings({ cpu_ratio: 0.82 }), readings({ cpu_ratio: 0.81 })],
  ['McpCpuSaturated', readings({ cpu_ratio: 0.96 }), readings({ cpu_ratio: 0.94 })],
  [
    'McpMemoryAboveBaseline',
    readings({ memory_bytes: 2.74 * 1024 ** 3 }),
    readings({ memory_bytes: 2.72 * 1024 ** 3 }),
  ],
  ['McpMemoryExhausted', readings({ memory_limit_ratio: 0.96 }), readings({ memory_limit_ratio: 0.94 })],
  [
    'McpOpenFilesNearLimit',
    readings({ open_files_limit_ratio: 0.81 }),
    readings({ open_files_limit_ratio: 0.79 }),
  ],
  ['McpProcessRestarting', readings({ restart_rate: 3 / 3600 }), readings({ restart_rate: 2 / 3600 })],
  ['McpRequestStuck', readings({ oldest_request_seconds: 601 }), readings({ oldest_request_seconds: 599 })],
  ['McpPoolNearlyExhausted', readings({ 'pool_ratio/pg': 0.86 }), readings({ 'pool_ratio/pg': 0.84 })],
  [
    'McpCacheHitRateLow',
    readings({ 'cache_hit_ratio/redis': 0.66 }),
    readings({ 'cache_hit_ratio/redis': 0.67 }),
  ],
  ['McpProbeDown', readings({}, { probes: [probe] }), readings({}, { probes: [{ ...probe, state: 'up' }] })],
  [
    'McpProbeDown',
    readings({}, { probes: [probe] }),
    readings({}, { probes: [{ ...probe, enabled: false }] }),
  ],
  [
    'McpCertificateExpiring',
    readings(
      {},
      { probes: [{ ...probe, state: 'up', certificateExpiryMs: START_MS + 47 * 60 * MINUTE_MS }] },
    ),
    readings(
      {},
      { probes: [{ ...probe, state: 'up', certificateExpiryMs: START_MS + 49 * 60 * MINUTE_MS }] },
    ),
  ],
  [
    'McpLeakPage',
    readings({}, { verdicts: [{ detector: 'memory', series: '', state: 'page', text: 'grows' }] }),
    readings({}, { verdicts: [{ detector: 'memory', series: '', state: 'urgent', text: 'grows' }] }),
  ],
  ['McpSourceDown', readings({}, { failingSources: new Map([['redis', 'refused']]) }), readings({})],
  [
    'McpTapDropping',
    readings({ tap_dropped_rate: 0.011, exchange_rate: 1 }),
    readings({ tap_dropped_rate: 0.009, exchange_rate: 1 }),
  ],
  ['McpConfigReloadFailed', readings({}, { isLastReloadOk: false }), readings({})],
];

describe('the conditions that the sidecar judges', () => {
  it.each(table)('%s', (alert, ill, healthy) => {
    expect(held(ill)).toContain(alert);
    expect(held(healthy)).not.toContain(alert);
  });

  it('are silent where nothing is known', () => {
    expect(held(readings({}))).toEqual([]);
  });

  it('are all alerts that ship, and those that are not judged say why', () => {
    const judged = localJudges.map(({ alert }) => alert);
    expect(judged.filter((alert) => declarationOf(alert) === undefined)).toEqual([]);
    expect([...judged, ...notJudgedHere.map(({ name }) => name)].toSorted()).toEqual(
      alerts.map(({ alert }) => alert).toSorted(),
    );
    expect(notJudgedHere.filter(({ why }) => why.includes('made of series'))).toEqual([]);
  });
});

describe('a condition over time', () => {
  const ill = { ...well, error_rate: 20 };
  const stateAt = (tracked: TrackedConditions): string | undefined =>
    conditionRows(tracked).find(({ name }) => name === 'McpErrorRatioHigh')?.state;

  it('is pending for as long as its alert waits, fires, ends, and is gone', () => {
    let tracked: TrackedConditions = new Map();
    const seen: (string | undefined)[] = [];
    const at = (minutes: number, series: Readonly<Record<string, number>>): void => {
      tracked = trackConditions(tracked, readings(series, { atMs: START_MS + minutes * MINUTE_MS }));
      seen.push(stateAt(tracked));
    };
    at(0, ill);
    at(1.9, ill);
    at(2, ill);
    at(3, well);
    at(11.9, well);
    at(12.1, well);
    expect(seen).toEqual(['pending', 'pending', 'firing', 'ending', 'ending', undefined]);
  });

  it('starts anew when it did not hold for a moment before it fired', () => {
    let tracked = trackConditions(new Map(), readings(ill));
    tracked = trackConditions(tracked, readings(well, { atMs: START_MS + MINUTE_MS }));
    tracked = trackConditions(tracked, readings(ill, { atMs: START_MS + 2.5 * MINUTE_MS }));
    expect(stateAt(tracked)).toBe('pending');
  });

  it('says which other explains it, and what to do', () => {
    const down = readings({ ...ill, 'failure_rate/unreachable': 90, 'failure_rate/transport': 90 });
    const tracked = trackConditions(trackConditions(new Map(), down), {
      ...down,
      atMs: START_MS + 30 * MINUTE_MS,
    });
    const rows = new Map(conditionRows(tracked).map((row) => [row.name, row]));
    expect(rows.get('McpTransportErrors')?.inhibitedBy).toMatch(/^Mcp(ServerUnreachable|ErrorRatioHigh)$/);
    expect(rows.get('McpServerUnreachable')).toMatchObject({
      severity: 'critical',
      state: 'firing',
      inhibitedBy: null,
      runbook: { path: expect.stringMatching(/^runbooks\/errors\.md#mcpserverunreachable$/) },
    });
  });
});
