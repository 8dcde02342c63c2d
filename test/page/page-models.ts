import type { PageModel } from '../../src/model/page-model.ts';
import type { SeriesAnswer } from '../../src/model/page-series.ts';

/** The moment of the models. */
export const NOW_MS = Date.UTC(2026, 10, 27, 14, 5, 3);
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** A course as of measured values, but without chance, so that pictures and tests are the same each time. */
export function wave(count: number, level: number, height: number): readonly number[] {
  let seed = 12_345 + Math.round(level * 7);
  return Array.from({ length: count }, (_, n) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return level + height * (Math.sin(n / 11) * 0.5 + Math.sin(n / 37) * 0.5 + (seed / 2_147_483_648 - 0.5));
  });
}

const latency = (p50Ms: number, p95Ms: number, p99Ms: number) => ({ p50Ms, p95Ms, p99Ms, p999Ms: null });

type Tool = PageModel['tools']['rows'][number];

const tool = (
  name: string,
  live: Tool['latency'],
  baseline: Tool['baseline'],
  ratePerSecond: number,
): Tool => ({
  name,
  key: encodeURIComponent(name),
  calls: Math.round(ratePerSecond * 3600),
  ratePerSecond,
  latency: live,
  baseline,
  isOwnBaseline: true,
  errors: { transport: 0, rpc: 0, tool: 0 },
  errorRatio: 0,
  verdict: 'ok',
  words: 'within its baseline',
});

type Health = PageModel['health']['rows'][number];

const row = (
  figure: Health['figure'],
  name: string,
  unit: Health['unit'],
  live: number | null,
  baseline: number,
  series: string,
  more: Partial<Health> = {},
): Health => ({
  figure,
  name,
  unit,
  of: null,
  live,
  baseline,
  ratio: live === null ? null : live / baseline,
  better: 'lower',
  verdict: live === null ? 'unknown' : 'ok',
  words: live === null ? 'nothing measures it' : 'within the baseline',
  series,
  ...more,
});

type Leak = PageModel['leaks']['rows'][number];

const leak = (
  detector: string,
  unit: Leak['unit'],
  level: number,
  growth: number,
  more: Partial<Leak> = {},
): Leak => ({
  detector,
  series: '',
  state: 'none',
  verdict: 'ok',
  text: 'steady',
  brief: 'steady',
  unit,
  direction: 'up',
  sinceMs: NOW_MS - 2 * HOUR_MS,
  watchedSeconds: 7200,
  level,
  limit: level * 2.5,
  isLimitKnown: true,
  slopePerHour: null,
  secondsToLimit: null,
  loadExplained: null,
  restarts: 0,
  rules: [],
  capture: null,
  evidence: {
    points: wave(120, level, level / 60).map((value, n) => {
      const grown = value - growth * (120 - n);
      return [NOW_MS - (120 - n) * MINUTE_MS, grown, grown + level / 25, 40] as const;
    }),
    fit: null,
    limit: level * 2.5,
    restartsMs: [],
  },
  ...more,
});

const MIB = 1024 ** 2;

/** A server that is well. */
export const healthyModel: PageModel = {
  atMs: NOW_MS,
  server: {
    instance: 'orders-mcp',
    upstream: 'http://127.0.0.1:8000',
    listen: 'http://127.0.0.1:8080',
    metricsUrl: 'http://127.0.0.1:9464/metrics',
    version: '0.1.0',
    startedAtMs: NOW_MS - 3 * HOUR_MS,
    uptimeSeconds: 10_800,
    serverStartedAtMs: NOW_MS - 3 * HOUR_MS,
    tier: { number: 2, name: 'Small' },
    setUp: [{ name: 'workers', value: '4' }],
    baselineFrom: "the document's standard configuration",
    objectives: { availability: 0.999, latency: 0.99 },
  },
  health: {
    verdict: 'ok',
    words: 'All figures that are measured are within the benchmark.',
    sinceMs: NOW_MS - 2 * HOUR_MS,
    reasons: [],
    readiness: { ready: true, reason: null, checkedAtMs: NOW_MS - 4000 },
    windowSeconds: 60,
    rows: [
      row('throughput', 'Throughput', 'per_second', 412, 850, 'request_rate', {
        better: 'neither',
        words: 'follows demand',
      }),
      row('latency_p50', 'P50 latency', 'ms', 31, 45, 'p50_ms'),
      row('latency_p95', 'P95 latency', 'ms', 88, 120, 'p95_ms'),
      row('latency_p99', 'P99 latency', 'ms', 204, 280, 'p99_ms'),
      row('latency_p999', 'P99.9 latency', 'ms', 480, 650, 'p999_ms'),
      row('error_ratio', 'Error ratio', 'ratio', 0.0001, 0.0002, 'error_ratio'),
      row('cpu_ratio', 'CPU', 'ratio', 0.41, 0.65, 'cpu_ratio'),
      row('memory_bytes', 'Memory', 'bytes', 1.3 * 1024 * MIB, 2.1 * 1024 * MIB, 'memory_bytes'),
      row('pool_ratio', 'Connection pool', 'ratio', 0.22, 0.45, 'pool_ratio/database', { of: 'database' }),
      row('cache_hit_ratio', 'Cache hit rate', 'ratio', null, 0.78, 'cache_hit_ratio/redis', {
        better: 'higher',
      }),
    ],
  },
  conditions: {
    rows: [],
    firing: { critical: 0, warning: 0, info: 0, other: 0 },
    judgedHere: [
      { name: 'McpErrorRatioHigh', severity: 'critical', when: 'more than 1 % of requests fail', sees: true },
      { name: 'McpMemoryHigh', severity: 'warning', when: 'memory above 90 % of its limit', sees: false },
    ],
    notJudgedHere: [{ name: 'McpBudgetBurn', why: 'it looks back on 30 days' }],
    judgedAtMs: NOW_MS,
    prometheus: null,
  },
  tools: {
    total: tool('all', latency(31, 88, 204), latency(45, 120, 280), 410),
    rows: [
      tool('fetch_weather', latency(60, 150, 300), latency(80, 200, 450), 110),
      tool('generate_report', latency(110, 260, 700), latency(150, 400, 900), 40),
      tool('get_user', latency(22, 60, 130), latency(35, 95, 220), 260),
      tool('process_batch', latency(180, 310, 410), latency(220, 400, 560), 2.4),
    ],
    errors: { transport: 0, rpc: 0, tool: 3 },
    breakdown: [
      { errorType: 'tool_error', fault: 'server', count: 3, lastHour: 3, share: 1, documentShare: null },
    ],
  },
  sessions: {
    active: 12,
    silent: 1,
    opened: 340,
    closed: 328,
    closedBy: [
      { reason: 'deleted', count: 320 },
      { reason: 'idle', count: 8 },
    ],
    byAge: [
      { age: 'lt_5m', count: 9 },
      { age: 'lt_1h', count: 2 },
      { age: 'lt_6h', count: 1 },
    ],
    clients: [{ client: 'claude-desktop', opened: 300, deleted: 292, left: 8 }],
    diagnosis: 'none',
    words: 'Nearly all sessions are ended by their clients.',
    streams: [{ kind: 'get', open: 4 }],
    inFlight: 6,
    parked: 0,
    oldestRequestSeconds: 0.2,
    bytesPerSession: null,
  },
  probes: {
    rows: [
      {
        name: 'handshake',
        kind: 'handshake',
        target: 'http://127.0.0.1:8000/mcp',
        schedule: 'every 30s',
        enabled: true,
        state: 'up',
        verdict: 'ok',
        stateSinceMs: NOW_MS - 2 * HOUR_MS,
        lastSuccessMs: NOW_MS - 12_000,
        message: null,
        phases: [
          { phase: 'connect', durationMs: 0.6 },
          { phase: 'handshake', durationMs: 8 },
        ],
        runs: wave(30, 12, 3).map((durationMs, n) => ({
          startedWallMs: NOW_MS - n * 30_000,
          outcome: n === 7 ? 'retried' : 'success',
          durationMs,
          reason: null,
        })),
        certificateExpiryMs: null,
        baselineMs: null,
        drift: [],
        href: 'probes/handshake',
      },
    ],
    states: [{ state: 'up', count: 1 }],
  },
  leaks: {
    enabled: true,
    followed: 2,
    watchedSeconds: 7200,
    rate: 1,
    rows: [leak('memory', 'bytes', 1300 * MIB, 0), leak('sessions', 'count', 12, 0)],
    more: 0,
  },
  headroom: {
    tier: { number: 2, name: 'Small' },
    fits: { number: 2, name: 'Small' },
    words: 'The load fits its tier.',
    rows: [
      {
        resource: 'requests_per_second',
        name: 'Requests a second',
        unit: 'per_second',
        live: 412,
        limit: 850,
        ratio: 0.485,
        verdict: 'ok',
        words: 'room for as much again',
        series: 'request_rate',
      },
      {
        resource: 'sessions',
        name: 'Sessions',
        unit: 'count',
        live: 12,
        limit: 100,
        ratio: 0.12,
        verdict: 'ok',
        words: 'within its limit',
        series: 'sessions',
      },
      {
        resource: 'memory_bytes',
        name: 'Memory',
        unit: 'bytes',
        live: 1.3 * 1024 * MIB,
        limit: 4 * 1024 * MIB,
        ratio: 0.325,
        verdict: 'ok',
        words: 'within its limit',
        series: 'memory_bytes',
      },
    ],
  },
  sources: {
    rows: [
      { name: 'process', isOk: true, readAtMs: NOW_MS - 3000, durationMs: 2.4, samples: 14, reason: null },
    ],
    sidecar: {
      cpuRatio: 0.06,
      memoryBytes: 92 * MIB,
      isTapEnabled: true,
      dropped: 0,
      droppedBy: [],
      namesCapped: [],
      reloadedAtMs: NOW_MS - 3 * HOUR_MS,
      isLastReloadOk: true,
      isStateWritten: null,
      history: {
        series: 41,
        bytes: 2.1 * MIB,
        refused: 0,
        fromMs: NOW_MS - 3 * HOUR_MS,
        spanMs: 6 * HOUR_MS,
        isFurtherInPrometheus: false,
      },
      listeners: { open: 1, most: 50, skipped: 0, dropped: 0, refused: 0 },
    },
  },
  config: {
    settings: [
      {
        name: 'upstream.url',
        value: 'http://127.0.0.1:8000',
        isDefault: false,
        about: 'Origin of the server.',
      },
      { name: 'admin.token', value: '***', isDefault: false, about: 'Token of the admin server.' },
      { name: 'log.level', value: 'info', isDefault: true, about: 'What is logged.' },
    ],
  },
  recent: {
    fromMs: NOW_MS - HOUR_MS,
    stepMs: MINUTE_MS,
    values: {
      request_rate: wave(60, 400, 20),
      p50_ms: wave(60, 31, 2),
      p95_ms: wave(60, 88, 6),
      p99_ms: wave(60, 200, 20),
      cpu_ratio: wave(60, 0.41, 0.03),
      p999_ms: wave(60, 470, 60),
      error_ratio: wave(60, 0.0001, 0.00008),
      memory_bytes: wave(60, 1.3 * 1024 * MIB, 30 * MIB),
      'pool_ratio/database': wave(60, 0.22, 0.05),
      sessions: wave(60, 12, 3).map(Math.round),
      bandwidth_bits_per_second: wave(60, 61e6, 8e6),
      cpu_cores: wave(60, 1.6, 0.2),
      'tool_p99_ms/get_user': wave(60, 130, 10),
      'tool_p99_ms/fetch_weather': wave(60, 300, 40),
      'tool_p99_ms/generate_report': wave(60, 700, 60),
      'tool_p99_ms/process_batch': wave(60, 410, 40),
    },
  },
};

type Condition = PageModel['conditions']['rows'][number];

/** The condition of {@link brokenModel}. */
export const brokenCondition: Condition = {
  judgedBy: 'sidecar',
  name: 'McpErrorRatioHigh',
  severity: 'critical',
  state: 'firing',
  sinceMs: NOW_MS - 3 * MINUTE_MS,
  labels: { tool: 'generate_report' },
  live: 0.34,
  unit: 'ratio',
  expected: 'at most 1 %',
  words: '34 % of the calls of generate_report fail.',
  runbook: {
    path: 'runbooks/errors.md#mcperrorratiohigh',
    meaning: 'Users see errors instead of reports.',
    now: ['Look at the break-down of errors.', 'Roll back what was deployed last.'],
    causes: ['A dependency of the tool is down.'],
  },
  inhibitedBy: null,
};

const { health, tools, probes, leaks, sources } = healthyModel;

/** A server whose reports fail and whose memory leaks. */
export const brokenModel: PageModel = {
  ...healthyModel,
  health: {
    ...health,
    verdict: 'bad',
    words: '34 % of the calls of generate_report fail.',
    sinceMs: NOW_MS - 3 * MINUTE_MS,
    reasons: [
      {
        verdict: 'bad',
        text: '34 % of the calls of generate_report fail.',
        alert: 'McpErrorRatioHigh',
        next: ['Look at the break-down of errors.', 'Roll back what was deployed last.'],
        sinceMs: NOW_MS - 3 * MINUTE_MS,
        section: 'conditions',
      },
      {
        verdict: 'watch',
        text: 'Memory grows 300 MiB/h, limit in 6 h or later.',
        alert: 'McpLeakUrgent',
        next: ['See below what grows, and when the limit is reached.'],
        sinceMs: NOW_MS - 40 * MINUTE_MS,
        section: 'conditions',
      },
    ],
    rows: health.rows.map((each) =>
      each.figure === 'error_ratio'
        ? { ...each, live: 0.034, ratio: 170, verdict: 'bad', words: '170 times the baseline' }
        : each,
    ),
  },
  conditions: {
    ...healthyModel.conditions,
    rows: [brokenCondition],
    firing: { critical: 1, warning: 0, info: 0, other: 0 },
  },
  tools: {
    ...tools,
    rows: tools.rows.map((each) =>
      each.name === 'generate_report'
        ? {
            ...each,
            latency: latency(320, 900, 1900),
            errors: { transport: 0, rpc: 2, tool: 410 },
            errorRatio: 0.34,
            verdict: 'bad',
            words: '34 % fail; P99 2.1 times its baseline',
          }
        : each,
    ),
  },
  probes: {
    ...probes,
    rows: probes.rows.map((each) => ({
      ...each,
      state: 'down',
      verdict: 'bad',
      message: 'want a result, got an error: out of paper',
      runs: each.runs.map((run, n) =>
        n < 4 ? { ...run, outcome: 'failure' as const, reason: 'tool_error' as const } : run,
      ),
    })),
    states: [{ state: 'down', count: 1 }],
  },
  leaks: {
    ...leaks,
    rows: [
      leak('memory', 'bytes', 1900 * MIB, 5 * MIB, {
        state: 'ticket',
        verdict: 'watch',
        text: 'grows 300 MiB/h (9.8 % of the limit 3 GiB an hour), limit in 6 h or later',
        brief: 'grows 300 MiB/h',
        limit: 3072 * MIB,
        slopePerHour: { low: 280 * MIB, best: 300 * MIB, high: 320 * MIB },
        secondsToLimit: { low: 21_600, best: 27_000, high: null },
        loadExplained: 0.12,
        rules: [
          { rule: 'least_growth', outcome: 'passed', text: 'growth 600 MiB is 20 % of the limit, want 5 %' },
          { rule: 'least_span', outcome: 'held', text: 'seen for 2 h, want 3 h' },
        ],
        evidence: {
          points: wave(120, 1900 * MIB, 20 * MIB).map((value, n) => {
            const grown = value - 5 * MIB * (120 - n);
            return [NOW_MS - (120 - n) * MINUTE_MS, grown, grown + 60 * MIB, 40] as const;
          }),
          fit: {
            fromMs: NOW_MS - 120 * MINUTE_MS,
            from: 1300 * MIB,
            toMs: NOW_MS,
            to: 1900 * MIB,
          },
          limit: 3072 * MIB,
          restartsMs: [NOW_MS - 100 * MINUTE_MS],
        },
      }),
      leak('sessions', 'count', 12, 0),
    ],
  },
  sources: {
    ...sources,
    rows: sources.rows.map((each) => ({ ...each, isOk: false, reason: 'no process listens on port 8000' })),
  },
};

/** Text that is dangerous wherever it is put: markup, quotes, a line feed, what turns its direction. */
export const HOSTILE =
  '"><img src=x onerror=alert(1)></script><script>alert(2)</script>\'`&amp;\n\u202eevil\u2066 ${x} javascript:alert(3)';

/** A model in which every text is hostile. */
export function hostileModel(model: PageModel = brokenModel): PageModel {
  const closed = new Set([
    'verdict',
    'state',
    'severity',
    'unit',
    'figure',
    'direction',
    'outcome',
    'fault',
    'kind',
    'section',
    // Texts of ours, in which a backtick has a meaning.
    'about',
    'meaning',
    'now',
    'next',
    'causes',
  ]);
  const poisoned = (value: unknown, name: string): unknown => {
    if (typeof value === 'string') return value === '' || closed.has(name) ? value : `${value}${HOSTILE}`;
    if (Array.isArray(value)) return value.map((each) => poisoned(each, name));
    if (typeof value !== 'object' || value === null) return value;
    const isByName = name === 'values' || name === 'labels';
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [isByName ? `${key}${HOSTILE}` : key, poisoned(each, key)]),
    );
  };
  return poisoned(model, '') as PageModel;
}

/** Series over the last hour, as the charts draw them. */
export function seriesAnswer(names: readonly string[]): SeriesAnswer {
  const timesMs = Array.from({ length: 240 }, (_, n) => NOW_MS - (239 - n) * 15_000);
  const levels: Record<string, number> = {
    p50_ms: 31,
    p95_ms: 88,
    p99_ms: 200,
    cpu_ratio: 0.41,
    memory_bytes: 1.3 * 1024 * MIB,
    request_rate: 410,
    sessions: 12,
    streams: 4,
    in_flight: 6,
    'failure_rate/tool': 0.02,
    'failure_rate/rpc': 0.005,
    'failure_rate/transport': 0,
    'tool_p50_ms/generate_report': 310,
    'tool_p95_ms/generate_report': 900,
    'tool_p99_ms/generate_report': 1850,
    'tool_rate/generate_report': 40,
    'tool_error_rate/generate_report': 13,
  };
  return {
    fromMs: NOW_MS - HOUR_MS,
    toMs: NOW_MS,
    stepMs: 15_000,
    timesMs,
    series: names.map((name) => {
      const level = levels[name.replace(HOSTILE, '')] ?? 10;
      const mean = wave(240, level, level / 6).map((value, n) =>
        n > 40 && n < 50 ? null : Math.max(0, value),
      );
      return { name, unit: 'count', mean, min: mean, max: mean };
    }),
    source: 'own',
    notes: [],
  };
}
