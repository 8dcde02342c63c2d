const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Seconds of a time as OpenMetrics writes it. */
const seconds = (ms: number): string => (ms / 1000).toFixed(3);

interface Series {
  readonly metric: string;
  readonly labels: string;
  readonly fromMs: number;
  readonly everyMs: number;
  readonly at: (ms: number) => number;
}

/** One series of a metric as lines with timestamps. */
function linesOf({ metric, labels, fromMs, everyMs, at }: Series, toMs: number): string[] {
  const lines: string[] = [];
  for (let ms = fromMs; ms <= toMs; ms += everyMs)
    lines.push(`${metric}{${labels}} ${at(ms)} ${seconds(ms)}`);
  return lines;
}

/** A week of traffic in OpenMetrics, with what a plan must find in it. */
export interface TrafficHistory {
  readonly text: string;
  readonly peakAtMs: number;
}

/**
 * Traffic up to now:
 * - job `mcp`: two instances for a week, with the recorded rate; 400 requests/s by night, 900 by day, 1,210 in one minute;
 * - job `plain`: one instance for a week, scraped once a minute, without rules; 100 requests/s;
 * - job `today`: five hours, scraped every 15 s; 50 requests/s, no sessions;
 * - job `otel`: five hours of a server that exports OpenTelemetry's metrics only; 70 requests/s;
 * - job `young`: half an hour; job `idle`: five hours without a request.
 */
export function trafficHistory(toMs: number): TrafficHistory {
  const weekAgo = toMs - 7 * DAY;
  const peakAtMs = toMs - 3 * DAY - 2 * HOUR;
  const mcpRate = (ms: number): number => {
    if (ms === peakAtMs) return 1210;
    return Math.floor((ms - weekAgo) / (12 * HOUR)) % 2 === 0 ? 400 : 900;
  };
  const counter = (fromMs: number, perSecond: number) => (ms: number) => ((ms - fromMs) / 1000) * perSecond;
  const counters = (
    job: string,
    fromMs: number,
    everyMs: number,
    perSecond: number,
    bytes: readonly [number, number],
  ): Series[] => {
    const own = `job="${job}",instance="${job}-1:9464"`;
    const call = `${own},method="tools/call"`;
    const labels = `${call},endpoint="get_user",status="ok"`;
    const make = (metric: string, of: string, times: number): Series => ({
      metric,
      labels: of,
      fromMs,
      everyMs,
      at: counter(fromMs, perSecond * times),
    });
    return [
      make('request_duration_seconds_count', labels, 1),
      // 98 of 100 within 0.1 s, all within 0.25 s: a P99 of 175 ms, read off these buckets.
      make('request_duration_seconds_bucket', `${labels},le="0.1"`, 0.98),
      make('request_duration_seconds_bucket', `${labels},le="0.25"`, 1),
      make('request_duration_seconds_bucket', `${labels},le="+Inf"`, 1),
      make(
        'mcp_request_errors_total',
        `${call},endpoint="get_user",error_type="timeout",fault="server"`,
        0.001,
      ),
      make(
        'mcp_request_errors_total',
        `${call},endpoint="get_user",error_type="invalid_params",fault="client"`,
        0.1,
      ),
      make('mcp_request_size_bytes_sum', call, bytes[0]),
      make('mcp_request_size_bytes_count', call, 1),
      make('mcp_response_size_bytes_sum', call, bytes[1]),
      make('mcp_response_size_bytes_count', call, 1),
    ];
  };
  const gauge = (
    metric: string,
    job: string,
    instance: number,
    at: (ms: number) => number,
    everyMs = MINUTE,
  ): Series => ({
    metric,
    labels: `job="${job}",instance="${job}-${instance}:9464"`,
    fromMs: weekAgo,
    everyMs,
    at,
  });
  const recent = toMs - 5 * HOUR;
  const all: Series[] = [
    gauge('job_instance:mcp_requests:rate1m', 'mcp', 1, (ms) => mcpRate(ms) / 2),
    gauge('job_instance:mcp_requests:rate1m', 'mcp', 2, (ms) => mcpRate(ms) / 2),
    gauge('mcp_sessions_active', 'mcp', 1, (ms) => (ms < peakAtMs ? 300 : 420)),
    gauge('mcp_sessions_active', 'mcp', 2, () => 300),
    ...counters('mcp', weekAgo, MINUTE, 650, [3000, 9000]),
    // Not on the minute: two scrapes never fall into one.
    ...counters('plain', weekAgo + 7000, MINUTE, 100, [2000, 5000]).slice(0, 1),
    ...counters('today', recent, MINUTE / 4, 50, [1000, 1_200_000]),
    ...counters('young', toMs - HOUR / 2, MINUTE / 4, 50, [1000, 2000]),
    ...counters('idle', recent, MINUTE / 4, 0, [1000, 2000]),
    {
      metric: 'mcp_server_operation_duration_seconds_count',
      labels: 'job="otel",instance="otel-1:8000",mcp_method_name="tools/call"',
      fromMs: recent,
      everyMs: MINUTE / 4,
      at: counter(recent, 70),
    },
  ];
  const metrics = [...new Set(all.map(({ metric }) => metric))];
  const text = metrics.flatMap((metric) => [
    `# TYPE ${metric} unknown`,
    ...all.filter((series) => series.metric === metric).flatMap((series) => linesOf(series, toMs)),
  ]);
  return { text: `${text.join('\n')}\n# EOF\n`, peakAtMs };
}
