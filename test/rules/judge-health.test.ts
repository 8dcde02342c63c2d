import { describe, expect, it } from '@jest/globals';
import { documentBaseline } from '../../src/baselines/document-baseline.ts';
import type { ConditionRow } from '../../src/model/page-conditions.ts';
import type { HealthFigure, HealthRow } from '../../src/model/page-health.ts';
import type { ToolRow } from '../../src/model/page-tools.ts';
import type { LiveSnapshot } from '../../src/model/live-snapshot.ts';
import { judgeErrors, judgeHealth, judgeLatency } from '../../src/rules/judge-health.ts';
import { judgeServer } from '../../src/rules/judge-server.ts';

describe('a percentile over its baseline', () => {
  it.each([
    // Within it nothing else counts.
    [0.7, 'p99', 50, 60, 'ok', /^0\.7 times the baseline$/],
    // The mix of tools made it: nearly every call is as fast as its own tool should be.
    [2.3, 'p99', 6, 2400, 'ok', /^2\.3 times the baseline; 0\.25 % of calls .* up to 5 % is well$/],
    [2.3, 'p99', 150, 2400, 'watch', /6\.25 % of calls .* want at most 5 %$/],
    [2.3, 'p99', 250, 2400, 'bad', /10\.4 % of calls/],
    [4.4, 'p95', 700, 2400, 'watch', /29\.2 % of calls .* want at most 20 %$/],
    // Two slow calls may be chance.
    [9, 'p99.9', 2, 25, 'ok', /8 % of calls/],
    [9, 'p99.9', 3, 25, 'watch', /12 % of calls/],
    // Nothing that it could be judged by is no alarm, and no praise.
    [4.4, 'p95', 0, 0, 'unknown', /but no tool called has a P95 to be judged by$/],
    [4.4, 'p95', 5, 12, 'unknown', /but too few calls are of tools that have a P95/],
  ] as const)(
    '%s times, %s, %s of %s calls slow: %s',
    (ratio, percentile, slow, compared, verdict, words) => {
      const judged = judgeLatency(ratio, percentile, { slow, compared });
      expect(judged.verdict).toBe(verdict);
      expect(judged.words).toMatch(words);
    },
  );
});

describe('failures', () => {
  it.each([
    [0, 2400, 'ok', /^no failure/],
    [1 / 438, 438, 'ok', /^1 of 438 requests failed .*too few/],
    [1 / 4, 4, 'watch', /^1 of 4 requests failed/],
    [3 / 10, 10, 'bad', /^30 % fail by the server's fault/],
    [5 / 2400, 2400, 'watch', /^0\.21 % fail/],
    [4 / 2400, 2400, 'ok', /^0\.17 % fail/],
  ] as const)('a share of %d of %d requests: %s', (share, requests, verdict, words) => {
    const judged = judgeErrors(share, documentBaseline.errorRatio, requests);
    expect(judged.verdict).toBe(verdict);
    expect(judged.words).toMatch(words);
  });
});

describe('readings of a moment', () => {
  const live: LiveSnapshot = {
    uptimeSeconds: 600,
    upstream: '',
    listen: '',
    metricsUrl: '',
    requestsPerSecond: 1900,
    recentRequests: 114_000,
    baselineRequestsPerSecond: 850,
    inFlight: 0,
    sessionsActive: 0,
    sessionsOpened: 0,
    sessionsClosed: 0,
    streamsOpen: 0,
    errors: { transport: 0, rpc: 0, tool: 0 },
    tools: [],
    totals: {
      name: '',
      calls: 0,
      ratePerSecond: 0,
      recentCalls: 0,
      errors: { transport: 0, rpc: 0, tool: 0 },
    },
    backends: {
      caches: [{ type: 'l1', ratio: 0.36 }],
      pools: [{ type: 'database', ratio: 1 }],
      failing: [],
    },
    probes: [],
    tapDropped: 0,
  };
  const rowsWith = (lately: Readonly<Record<string, number>>): ReadonlyMap<HealthFigure, HealthRow> =>
    new Map(
      judgeHealth({
        live,
        baseline: documentBaseline,
        cpuRatio: 0.99,
        mean: (series) => lately[series],
      }).map((row) => [row.figure, row]),
    );

  it.each([
    ['cpu_ratio', 'cpu_ratio', 0.5, 'bad'],
    ['pool_ratio', 'pool_ratio/database', 0.2, 'bad'],
    ['cache_hit_ratio', 'cache_hit_ratio/l1', 0.8, 'watch'],
  ] as const)('%s is judged by five minutes where they are known', (figure, series, lately, otherwise) => {
    expect(rowsWith({ [series]: lately }).get(figure)).toMatchObject({
      verdict: 'ok',
      words: expect.stringContaining('over 5 minutes'),
    });
    expect(rowsWith({}).get(figure)?.verdict).toBe(otherwise);
  });

  it('leave throughput to what is asked of the server', () => {
    expect(rowsWith({}).get('throughput')).toMatchObject({
      verdict: 'ok',
      words: "224 % of the baseline's; it follows demand",
    });
  });
});

describe('the server as a whole', () => {
  const row = (figure: HealthFigure, name: string, verdict: HealthRow['verdict']): HealthRow => ({
    figure,
    name,
    unit: 'ratio',
    of: null,
    live: 1,
    baseline: 1,
    ratio: 1,
    better: 'lower',
    verdict,
    words: 'much',
    series: figure,
  });
  const condition: ConditionRow = {
    judgedBy: 'sidecar',
    name: 'McpErrorRatioHigh',
    severity: 'critical',
    state: 'firing',
    sinceMs: 7,
    labels: {},
    live: 0.1,
    unit: 'ratio',
    expected: 'less',
    words: '10 % of requests fail.',
    runbook: null,
    inhibitedBy: null,
  };
  const judge = (
    rows: readonly HealthRow[],
    conditions: readonly ConditionRow[],
    ready: boolean | null = true,
    tools: readonly ToolRow[] = [],
  ) =>
    judgeServer({
      atMs: 100,
      readiness: { ready, reason: ready === false ? 'refused' : null, checkedAtMs: 0 },
      rows,
      tools,
      conditions,
      windowSeconds: 60,
      before: undefined,
    });

  it('says once what an alert and a figure both say, with what to do first', () => {
    const health = judge(
      [row('error_ratio', 'Error rate', 'bad'), row('cpu_ratio', 'CPU utilization', 'watch')],
      [condition],
    );
    expect(health.reasons.map(({ text, alert }) => [text, alert])).toEqual([
      ['10 % of requests fail.', 'McpErrorRatioHigh'],
      ['CPU utilization: much', 'McpCpuAboveBaseline'],
    ]);
    expect(health.words).toBe('10 % of requests fail (and 1 more).');
    for (const { next } of health.reasons) expect(next.join(' ')).toMatch(/\w{3}.*\.$/);
  });

  it('says what users feel now before what is still to come', () => {
    const leak = { ...condition, name: 'McpLeakPage', words: 'memory grows.' };
    const { reasons } = judge([row('error_ratio', 'Error rate', 'bad')], [leak]);
    expect(reasons.map(({ text }) => text)).toEqual(['Error rate: much', 'Memory grows.']);
  });

  it('names a tool that fails before it fires', () => {
    const none = { p50Ms: null, p95Ms: null, p99Ms: null, p999Ms: null };
    const report: ToolRow = {
      name: 'report',
      key: 'report',
      calls: 40,
      ratePerSecond: 1,
      latency: none,
      baseline: none,
      isOwnBaseline: false,
      errors: { transport: 0, rpc: 0, tool: 40 },
      errorRatio: 1,
      verdict: 'bad',
      words: '',
    };
    const texts = (conditions: readonly ConditionRow[], tools: readonly ToolRow[]): readonly string[] =>
      judge([row('error_ratio', 'Error rate', 'watch')], conditions, true, tools).reasons.map(
        ({ text }) => text,
      );
    expect(texts([], [report, { ...report, name: 'half', errorRatio: 0.5 }])).toEqual([
      "report fails: 100 % of its calls, by the server's fault",
      'Error rate: much',
    ]);
    const fires = { ...condition, name: 'McpToolFailing', labels: { tool: 'report' }, words: 'It fires.' };
    expect(texts([fires], [report])).toEqual(['It fires.', 'Error rate: much']);
  });

  it('is bad at once where users feel it, before any alert fires', () => {
    const health = judge([row('error_ratio', 'Error rate', 'bad'), row('cpu_ratio', 'CPU', 'bad')], []);
    expect([health.verdict, ...health.reasons.map(({ verdict }) => verdict)]).toEqual([
      'bad',
      'bad',
      'watch',
    ]);
  });

  it('says first that nobody gets in', () => {
    const health = judge([], [condition], false);
    expect(health.reasons[0]).toMatchObject({
      text: 'The server takes no connections: refused',
      alert: 'McpServerUnreachable',
    });
  });

  it('counts what nothing tells', () => {
    expect(judge([row('cpu_ratio', 'CPU', 'unknown'), row('error_ratio', 'E', 'ok')], []).words).toBe(
      'All is as the baseline has it; 1 figure is not known.',
    );
  });
});
