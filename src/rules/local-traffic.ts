import { PERCENTILES } from '../model/baseline.ts';
import type { ConditionReadings } from '../model/condition-readings.ts';
import { formatFigure } from '../model/format-figure.ts';
import { labelledName } from '../model/series-name.ts';
import { holdsIf, shareOf, windowMs, type LocalJudge } from './local-judge.ts';
import { thresholds } from './thresholds.ts';

const { slowShare, leastRate, errorRatio, errorShare, spikeFactor, spikeLeastRate } = thresholds;

const percent = (ratio: number): string => formatFigure(ratio, 'ratio');

const over = ({ mean }: ConditionReadings, series: string, window: string, least: number): boolean =>
  (mean(series, windowMs(window)) ?? 0) > least;

/** Share of the compared calls that are slower than a percentile of the baseline. */
const slow = (readings: ConditionReadings, percentile: string, window: string): number | undefined =>
  shareOf(readings, labelledName('slow_rate', percentile), labelledName('compared_rate', percentile), window);

const latencyOf = ({ baseline }: ConditionReadings, percentile: string): string => {
  const field = PERCENTILES.find(({ label }) => label === percentile)?.field;
  const ms = field === undefined ? undefined : baseline.latency[field];
  return ms === undefined
    ? 'the baseline'
    : `the ${percentile.toUpperCase()} baseline of ${formatFigure(ms, 'ms')}`;
};

const hasTraffic = ({ last }: ConditionReadings): boolean => last('request_rate') !== undefined;

/** Failures of one kind above a share of all requests, by the limits of the alerts on kinds. */
function kindJudge(alert: string, kind: string, least: number, what: string): LocalJudge {
  const series = labelledName('failure_rate', kind);
  return {
    alert,
    unit: 'ratio',
    sees: hasTraffic,
    held: (readings) => {
      const [now, lately] = [
        shareOf(readings, series, 'request_rate', '5m'),
        shareOf(readings, series, 'request_rate', '30m'),
      ];
      const holds =
        now !== undefined &&
        now > least &&
        (lately ?? 0) > least &&
        over(readings, 'request_rate', '5m', leastRate.slow);
      return holdsIf(holds, () => ({
        labels: {},
        live: now ?? 0,
        expected: `at most ${percent(least)} of requests`,
        words: `${percent(now ?? 0)} of requests end in ${what}.`,
      }));
    },
  };
}

function reasonJudge(alert: string, type: string, what: string): LocalJudge {
  const normal = errorShare[type] ?? 0;
  const limit = Number((normal * 10).toPrecision(2));
  return {
    alert,
    unit: 'ratio',
    sees: hasTraffic,
    held: (readings) => {
      const rate = ['client', 'server']
        .map(
          (fault) => readings.mean(labelledName('error_type_rate', `${type}:${fault}`), windowMs('15m')) ?? 0,
        )
        .reduce((sum, each) => sum + each, 0);
      const requests = readings.mean('request_rate', windowMs('15m')) ?? 0;
      const share = requests > 0 ? rate / requests : 0;
      return holdsIf(share > limit && rate > 3 / 900, () => ({
        labels: { error_type: type },
        live: share,
        expected: `at most ${percent(limit)} of requests, ten times the share in the document's sustained test`,
        words: `${percent(share)} of requests fail by ${what}.`,
      }));
    },
  };
}

/** What is judged by the traffic itself. */
export const localTraffic: readonly LocalJudge[] = [
  {
    alert: 'McpLatencyFarAboveBaseline',
    unit: 'ratio',
    sees: hasTraffic,
    held: (readings) => {
      const [now, lately] = [slow(readings, 'p99', '5m'), slow(readings, 'p99', '15m')];
      const holds =
        (now ?? 0) > slowShare.criticalP99 &&
        (lately ?? 0) > slowShare.criticalP99 &&
        over(readings, 'call_rate', '5m', leastRate.fast);
      return holdsIf(holds, () => ({
        labels: {},
        live: now ?? 0,
        expected: `at most ${percent(slowShare.criticalP99)} of calls; 1 % by the baseline`,
        words: `${percent(now ?? 0)} of tool calls are slower than ${latencyOf(readings, 'p99')}.`,
      }));
    },
  },
  {
    alert: 'McpLatencyAboveBaseline',
    unit: 'ratio',
    sees: hasTraffic,
    held: (readings) =>
      Object.entries(slowShare.warning).flatMap(([percentile, least]) => {
        const [now, lately] = [slow(readings, percentile, '5m'), slow(readings, percentile, '1h')];
        const holds =
          (now ?? 0) > least && (lately ?? 0) > least && over(readings, 'call_rate', '1h', leastRate.slow);
        return holdsIf(holds, () => ({
          labels: { percentile },
          live: now ?? 0,
          expected: `at most ${percent(least)} of calls`,
          words: `${percent(now ?? 0)} of tool calls are slower than ${latencyOf(readings, percentile)}.`,
        }));
      }),
  },
  {
    alert: 'McpErrorRatioHigh',
    unit: 'ratio',
    sees: hasTraffic,
    held: (readings) => {
      const share = shareOf(readings, 'error_rate', 'request_rate', '5m') ?? 0;
      const holds = share > errorRatio.critical && over(readings, 'request_rate', '5m', leastRate.fast);
      return holdsIf(holds, () => ({
        labels: {},
        live: share,
        expected: `at most ${percent(errorRatio.critical)} of requests; ${percent(readings.baseline.errorRatio)} by the baseline`,
        words: `${percent(share)} of requests fail by the server's fault.`,
      }));
    },
  },
  {
    alert: 'McpErrorsAboveBaseline',
    unit: 'ratio',
    sees: hasTraffic,
    held: (readings) => {
      const share = shareOf(readings, 'error_rate', 'request_rate', '1h') ?? 0;
      const least = errorRatio.timesBaseline * readings.baseline.errorRatio;
      const holds = share > least && over(readings, 'error_rate', '1h', errorRatio.leastErrors / 3600);
      return holdsIf(holds, () => ({
        labels: {},
        live: share,
        expected: `at most ${percent(least)} of requests, ${errorRatio.timesBaseline} times the baseline`,
        words: `${percent(share)} of the requests of the last hour failed by the server's fault.`,
      }));
    },
  },
  {
    alert: 'McpServerUnreachable',
    unit: 'ratio',
    sees: hasTraffic,
    held: (readings) => {
      const share = shareOf(readings, labelledName('failure_rate', 'unreachable'), 'request_rate', '5m') ?? 0;
      return holdsIf(share > 0.5, () => ({
        labels: {},
        live: share,
        expected: 'at most half of the requests',
        words: `${percent(share)} of requests cannot reach the server.`,
      }));
    },
  },
  kindJudge('McpToolErrors', 'tool', 0.1, 'an error of the tool'),
  kindJudge('McpRpcErrors', 'rpc', 0.01, "a JSON-RPC error of the server's"),
  kindJudge('McpTransportErrors', 'transport', 0.01, 'no JSON-RPC answer at all'),
  reasonJudge('McpConnectionTimeouts', 'connection_timeout', 'a connection time-out'),
  reasonJudge('McpDatabaseDeadlocks', 'database_deadlock', 'a database deadlock'),
  reasonJudge('McpRateLimitHits', 'rate_limit_exceeded', 'a rate limit'),
  reasonJudge('McpInternalErrors', 'internal_error', 'an internal error'),
  {
    alert: 'McpToolLatencyAboveBaseline',
    unit: 'ratio',
    sees: hasTraffic,
    held: (readings) =>
      readings.labelsOf('tool_slow_rate').flatMap((tool) => {
        const calls = labelledName('tool_rate', tool);
        const share = shareOf(readings, labelledName('tool_slow_rate', tool), calls, '30m') ?? 0;
        const holds = share > slowShare.toolP99 && over(readings, calls, '30m', leastRate.slow);
        return holdsIf(holds, () => ({
          labels: { tool },
          live: share,
          expected: `at most ${percent(slowShare.toolP99)} of its calls; 1 % by its baseline`,
          words: `${percent(share)} of the calls of ${tool} are slower than its P99 baseline.`,
        }));
      }),
  },
  {
    alert: 'McpToolFailing',
    unit: 'ratio',
    sees: hasTraffic,
    held: (readings) =>
      readings.labelsOf('tool_error_rate').flatMap((tool) => {
        const calls = labelledName('tool_rate', tool);
        const share = shareOf(readings, labelledName('tool_error_rate', tool), calls, '10m') ?? 0;
        return holdsIf(share > 0.5 && over(readings, calls, '10m', leastRate.slow), () => ({
          labels: { tool },
          live: share,
          expected: 'at most half of its calls',
          words: `${percent(share)} of the calls of ${tool} fail by the server's fault.`,
        }));
      }),
  },
  {
    alert: 'McpTrafficSpike',
    unit: 'per_second',
    sees: hasTraffic,
    held: (readings) => {
      const now = readings.mean('request_rate', windowMs('1m')) ?? 0;
      const before = readings.mean('request_rate', windowMs('10m'), windowMs('5m'));
      if (before === undefined) return [];
      return holdsIf(now > spikeLeastRate && now > spikeFactor * before, () => ({
        labels: {},
        live: now,
        expected: `at most ${spikeFactor} times the rate of a while ago, ${formatFigure(before, 'per_second')}`,
        words: `The traffic jumped to ${formatFigure(now, 'per_second')}.`,
      }));
    },
  },
];
