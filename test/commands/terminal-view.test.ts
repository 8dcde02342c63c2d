import { describe, expect, it } from '@jest/globals';
import { startLiveView, wantsColor } from '../../src/commands/live-view.ts';
import type { ViewStream } from '../../src/commands/live-view.ts';
import { renderLine, renderSummary, renderView } from '../../src/commands/terminal-view.ts';
import type { LiveDetectors } from '../../src/model/live-detectors.ts';
import type { ErrorCounts, LiveSnapshot } from '../../src/model/live-snapshot.ts';
import type { ProbeSummary } from '../../src/model/probe-history.ts';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

function errors(transport = 0, rpc = 0, tool = 0): ErrorCounts {
  return { transport, rpc, tool };
}

const snapshot: LiveSnapshot = {
  uptimeSeconds: 3725,
  upstream: 'http://127.0.0.1:43643',
  listen: 'http://127.0.0.1:8080',
  metricsUrl: 'http://127.0.0.1:9464/metrics',
  requestsPerSecond: 48.23,
  recentRequests: 600,
  baselineRequestsPerSecond: 850,
  inFlight: 3,
  sessionsActive: 4,
  sessionsOpened: 21,
  sessionsClosed: 17,
  streamsOpen: 7,
  errors: errors(1, 2, 9),
  tools: [
    {
      name: 'get_user',
      calls: 13_421,
      ratePerSecond: 28.9,
      recentCalls: 600,
      p50Ms: 1.93,
      p95Ms: 12.2,
      p99Ms: 212,
      baseline: { p99Ms: 180 },
      errors: errors(1, 2, 4),
    },
    {
      name: 'process_batch',
      calls: 6712,
      ratePerSecond: 14.1,
      recentCalls: 600,
      p50Ms: 6.3,
      p95Ms: 24,
      p99Ms: 61,
      baseline: { p99Ms: 5800 },
      errors: errors(),
    },
    {
      name: 'fetch_weather',
      calls: 0,
      ratePerSecond: 0,
      recentCalls: 600,
      baseline: { p99Ms: 850 },
      errors: errors(0, 0, 5),
    },
  ],
  totals: {
    name: 'all tools',
    calls: 20_133,
    ratePerSecond: 43,
    recentCalls: 600,
    p50Ms: 2.4,
    p95Ms: 44,
    p99Ms: 190,
    baseline: { p50Ms: 45, p95Ms: 120, p99Ms: 280 },
    errors: errors(1, 2, 9),
  },
  backends: { caches: [], pools: [], failing: [] },
  probes: [],
  tapDropped: 0,
};

function stream(properties: { isTTY?: boolean; columns?: number; rows?: number }): ViewStream & PassThrough {
  return Object.assign(new PassThrough({ encoding: 'utf8' }), properties);
}

const detectors: LiveDetectors = {
  series: 12,
  watchedSeconds: 50_400,
  rate: 1,
  verdicts: [
    {
      detector: 'memory',
      series: '',
      state: 'urgent',
      text: 'grows 62 MiB/h (1.5 % of the limit 4 GiB an hour), limit in 18–31 h',
      brief: 'limit 4 GiB in 18–31 h, grows 62 MiB/h',
    },
    { detector: 'connections', series: 'postgres', state: 'watch', text: 'grows', brief: 'grows 0.4/h' },
  ],
};

describe('the lines of the detectors', () => {
  const linesOf = (shown: LiveDetectors): string[] =>
    renderView({ ...snapshot, detectors: shown }, 80)
      .split('\n')
      .filter((line) => /detectors|^ {12}\S/.test(line));

  it('name what grows, the worst first', () => {
    expect(linesOf(detectors)).toEqual([
      '  detectors 12 series, watched 14 h',
      '            urgent memory  limit 4 GiB in 18–31 h, grows 62 MiB/h',
      '            watch connections postgres  grows 0.4/h',
    ]);
    expect(renderLine({ ...snapshot, detectors })).toMatch(
      / {2}urgent memory {2}watch connections postgres$/,
    );
    expect(renderSummary({ ...snapshot, detectors })).toContain('urgent memory');
  });

  it('say where time runs faster, and that all is well', () => {
    expect(linesOf({ ...detectors, rate: 360, verdicts: [] })).toEqual([
      '  detectors 12 series, watched 14 h, none grows   1 s counts as 6 min',
    ]);
    expect(linesOf({ ...detectors, series: 0, verdicts: [] })).toEqual([]);
  });

  it('are few', () => {
    const verdicts = Array.from({ length: 11 }, () => detectors.verdicts[1]!);
    expect(linesOf({ ...detectors, verdicts })).toHaveLength(10);
    expect(linesOf({ ...detectors, verdicts }).at(-1)).toBe('            and 3 more');
  });
});

describe('the live view', () => {
  it('fits 80 columns', () => {
    expect(`\n${renderView(snapshot, 80)}\n`).toBe(`
  mcp-vitals   up 1:02:05

  clients   http://127.0.0.1:8080 → http://127.0.0.1:43643
  page      http://127.0.0.1:9464/
  metrics   http://127.0.0.1:9464/metrics

  rate      48 requests/s (baseline 850)
  sessions  4 active (21 opened, 17 closed)   streams 7   in flight 3
  errors    transport 1   rpc 2   tool 9

  TOOL             CALLS   CALLS/S     P50 ms     P95 ms        P99 ms   ERRORS
  get_user        13,421        29   1.9        12         212 / 180          7
  process_batch    6,712        14   6.3        24          61 / 5,800        0
  fetch_weather        0       0.0     –         –           – / 850          5
  all tools       20,133        43   2.4 / 45   44 / 120   190 / 280         12

  measured / baseline
`);
  });

  it('shows the probes, if there are any', () => {
    const probe = (name: string, changes: Partial<ProbeSummary>): ProbeSummary => ({
      name,
      kind: 'tool',
      target: 'http://h/mcp',
      schedule: 'every 5 s',
      enabled: true,
      state: 'up',
      ...changes,
    });
    const lastRun = {
      startedWallMs: 0,
      outcome: 'success',
      durationMs: 21.3,
      phases: { connect: 0.4, handshake: 12, answer: 8.9, close: 30 },
    } as const;
    const failed = {
      startedWallMs: 0,
      outcome: 'failure',
      durationMs: 5000,
      phases: {},
      reason: 'timeout',
      message: 'want an\u001b[31m answer',
    } as const;
    const probes = [
      probe('get-user', { lastRun }),
      probe('report', { state: 'down', lastRun: failed }),
      probe('new', { state: 'unknown' }),
      probe('off', { state: 'degraded', enabled: false, lastRun }),
    ];
    expect(
      renderView({ ...snapshot, probes }, 80)
        .split('\n')
        .slice(-5),
    ).toEqual([
      '  PROBE     STATE          TOOK  PHASES ms',
      '  get-user  up            21 ms  handshake 12  answer 8.9',
      '  report    down       5,000 ms  timeout: want an?[31m answer',
      '  new       unknown        – ms',
      '  off       degraded      21 ms  disabled',
    ]);
    expect(renderLine({ ...snapshot, probes })).toMatch(/ {2}probes 1 up 1 degraded 1 down 1 unknown$/);
  });

  it('keeps the three kinds of errors apart where there is room', () => {
    const [head = '', getUser = ''] = renderView(snapshot, 120).split('\n').slice(10);
    expect(head).toMatch(/P99 ms\s+TRANSPORT\s+RPC\s+TOOL$/);
    expect(getUser).toMatch(/212 \/ 180\s+1\s+2\s+4$/);
  });

  it.each([20, 40, 60, 79, 80, 100, 132, 250])('stays within %i columns', (width) => {
    for (const color of [false, true]) {
      const lines = stripVTControlCharacters(
        renderView({ ...snapshot, upstream: `http://${'long'.repeat(30)}` }, width, {
          color,
          rateHistory: Array.from({ length: 60 }, (_, n) => n),
        }),
      ).split('\n');
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
      expect(lines.some((line) => line.includes('get'))).toBe(true);
    }
  });

  it('is the same text with colour and without, and has no colour codes when off', () => {
    const colored = renderView(snapshot, 100, { color: true });
    const plain = renderView(snapshot, 100);
    expect(stripVTControlCharacters(colored)).toBe(plain);
    expect(plain).not.toContain('\u001B');
    expect(renderSummary(snapshot)).not.toContain('\u001B');
  });

  it('marks what is over its baseline, and nothing else in the table', () => {
    const rows = renderView(snapshot, 80, { color: true }).split('\n').slice(11);
    expect(rows[0]).toContain('\u001B[33m212\u001B');
    expect(rows[1]).not.toContain('\u001B[33m');
  });

  it('shows tool names without the control characters that a server put in', () => {
    const [tool] = snapshot.tools;
    if (tool === undefined) throw new Error('no tool');
    const view = renderView({ ...snapshot, tools: [{ ...tool, name: 'evil\u001B[2J\n' }] }, 80);
    expect(view).toContain('evil?[2J?');
    expect(view).not.toContain('\u001B');
  });

  it('says what the tap gave up', () => {
    expect(renderView({ ...snapshot, tapDropped: 12 }, 80)).toContain('not observed 12');
  });

  it('draws the rate of the last refreshes', () => {
    expect(renderView(snapshot, 80, { rateHistory: [0, 25, 50] })).toContain('(baseline 850)  ▁▄█');
  });

  it('works before anything was measured', () => {
    const totals = { name: 'all tools', calls: 0, ratePerSecond: 0, recentCalls: 600, errors: errors() };
    const view = renderView({ ...snapshot, tools: [], totals, requestsPerSecond: 0 }, 80);
    expect(view).toMatch(/all tools\s+0\s+0\.0\s+–\s+–\s+–(\s+0){3}$/m);
  });
});

describe('without a terminal', () => {
  it('a snapshot is one line', () => {
    expect(renderLine(snapshot)).toBe(
      '1:02:05  48 requests/s  P50 2.4/45 P95 44/120 P99 190/280 ms  ' +
        'errors 1 transport 2 rpc 9 tool  sessions 4 streams 7',
    );
  });

  it('lines are written, and no escape codes', async () => {
    const stdout = stream({});
    const view = startLiveView({ stdout, env: {}, snapshot: () => snapshot, lineMs: 5 });
    const [first] = await stdout.take(1).toArray();
    view.stop();
    expect(first).toBe(`${renderLine(snapshot)}\n`);
  });
});

describe('on a terminal', () => {
  it('draws at once, redraws when resized, and leaves the screen and the cursor as they were', () => {
    const stdout = stream({ isTTY: true, columns: 80, rows: 12 });
    const view = startLiveView({ stdout, env: {}, snapshot: () => snapshot });
    const first = String(stdout.read());
    expect(first.startsWith('\u001B[?1049h\u001B[?25l')).toBe(true);
    expect(first.split('\r\n')).toHaveLength(12);
    Object.assign(stdout, { columns: 120, rows: 40 });
    stdout.emit('resize');
    expect(String(stdout.read())).toContain('TRANSPORT');
    view.stop();
    expect(String(stdout.read())).toBe('\u001B[?25h\u001B[?1049l');
    stdout.emit('resize');
    expect(stdout.read()).toBeNull();
  });
});

it.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
  [false, { FORCE_COLOR: '1' }, true],
  [true, { FORCE_COLOR: '0' }, false],
])('terminal %s with %j: colour %s', (isTTY, env, wanted) => {
  expect(wantsColor(stream({ isTTY }), env)).toBe(wanted);
});

it('the summary gives averages over the run', () => {
  const summary = renderSummary({ ...snapshot, uptimeSeconds: 30 });
  expect(summary.startsWith('Measured 20,133 tool calls in 30 s.\n')).toBe(true);
  expect(summary).toMatch(/get_user\s+13,421\s+447 /);
  expect(summary).toMatch(/errors\s+transport 1 {3}rpc 2 {3}tool 9\n$/);
});

describe('the lines of what stands behind the server', () => {
  const lines = (backends: LiveSnapshot['backends']) =>
    renderView({ ...snapshot, backends }, 120)
      .split('\n')
      .slice(9)
      .join('\n')
      .replace(/\n?\n  TOOL[^]*/, '');

  it('are absent where nothing is observed', () => {
    expect(lines(snapshot.backends)).toBe('');
  });

  it('say what is known', () => {
    expect(
      lines({
        database: {
          queriesPerSecond: 95.4,
          p50Ms: 1.2,
          p95Ms: 4,
          p99Ms: 9.1,
          errors: 2,
          connections: 7,
          opaque: 1,
          busy: 3,
        },
        pools: [
          { type: 'database', ratio: 0.4 },
          { type: 'http', ratio: 0.95 },
          { type: 'spare', ratio: 0 },
        ],
        caches: [{ type: 'l1', ratio: 0.7834 }],
        process: {
          cpuCores: 0.31,
          memoryBytes: 96 * 1024 ** 2,
          memoryLimitBytes: 512 * 1024 ** 2,
          threads: 11,
          openFiles: 43,
          restarts: 1,
        },
        failing: ['redis', 'scrape'],
      }),
    ).toBe(
      [
        '  database  95 queries/s  P50 1.2 P99 9.1 ms  errors 2  connections 7 (3 busy, 1 encrypted)',
        '  pools     database 40 %   http 95 %   spare 0 %',
        '  caches    l1 78 %',
        '  process   0.31 CPU   96 of 512 MiB   11 threads   43 open files   restarts 1',
        '  sources   not readable: redis, scrape',
      ].join('\n'),
    );
  });

  it('leave out what is not', () => {
    expect(lines({ pools: [], caches: [], process: { threads: 3 }, failing: [] })).toBe(
      '  process   3 threads',
    );
  });
});
