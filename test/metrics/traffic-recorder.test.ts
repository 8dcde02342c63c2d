import { describe, expect, it } from '@jest/globals';
import { Registry } from '@prometheus-io/client';
import { documentBaseline } from '../../src/baselines/document-baseline.ts';
import { baselineSeconds } from '../../src/metrics/baseline-metrics.ts';
import { CATALOG } from '../../src/metrics/catalog.ts';
import { expose } from '../../src/metrics/exposition.ts';
import { LiveTraffic } from '../../src/metrics/live-traffic.ts';
import { createOtelInstruments } from '../../src/metrics/otel-instruments.ts';
import { exportOldestRequest } from '../../src/metrics/sidecar-metrics.ts';
import { createTrafficRecorder } from '../../src/metrics/traffic-recorder.ts';
import type { TraceCall } from '../../src/model/spans.ts';
import { manualClock } from '../taps/tap-driver.ts';
import { call } from './call-observation.ts';

function record(
  caps = { maxTools: 3, maxPrompts: 3, maxPaths: 2, maxMethods: 2, maxClients: 2 },
  traceCall?: TraceCall,
) {
  const clock = manualClock();
  const registry = new Registry();
  const otel = createOtelInstruments(baselineSeconds(documentBaseline));
  const live = new LiveTraffic(clock, documentBaseline);
  const sink = createTrafficRecorder({
    registry,
    otel,
    live,
    clock,
    baseline: documentBaseline,
    caps: () => caps,
    knownMethods: new Set(['tools/call', 'tools/list']),
    instance: 'one',
    traceCall,
  });
  exportOldestRequest(registry, () => 2500);
  const lines = async (accept?: string): Promise<string[]> =>
    (await expose(registry, otel.expose(), accept)).body.split('\n');
  return { clock, sink, live, lines };
}

describe('the documented metrics', () => {
  it('observes a call in exactly the documented buckets and labels', async () => {
    const { sink, lines } = record();
    sink.call(call({ durationMs: 300 }));
    const page = await lines();
    const series = (le: string, count: number) =>
      `request_duration_seconds_bucket{le="${le}",method="tools/call",endpoint="get_user",status="ok"} ${count}`;
    expect(page.filter((line) => line.startsWith('request_duration_seconds_bucket'))).toEqual([
      ...['0.01', '0.05', '0.1', '0.25'].map((le) => series(le, 0)),
      ...['0.5', '1', '2.5', '5', '+Inf'].map((le) => series(le, 1)),
    ]);
    expect(page).toContain(
      'request_duration_seconds_sum{method="tools/call",endpoint="get_user",status="ok"} 0.3',
    );
  });

  it('takes the waiting for the client out of the documented duration, and leaves it in the convention', async () => {
    const { sink, lines } = record();
    sink.call(call({ durationMs: 5300, clientWaitMs: 5000 }));
    const page = await lines();
    expect(page).toContain(
      'request_duration_seconds_sum{method="tools/call",endpoint="get_user",status="ok"} 0.3',
    );
    expect(page.find((line) => line.startsWith('mcp_server_operation_duration_seconds_sum'))).toMatch(
      / 5\.3$/,
    );
  });

  it('gives the rate of the last 10 seconds by instance', async () => {
    const { sink, lines, clock } = record();
    for (let second = 0; second < 20; second++) {
      for (let each = 0; each < 30; each++) sink.call(call());
      clock.advance(1000);
    }
    expect(await lines()).toContain('requests_per_second{instance="one"} 30');
    clock.advance(60_000);
    expect(await lines()).toContain('requests_per_second{instance="one"} 0');
  });

  it('counts HTTP beside MCP in the histogram only', async () => {
    const { sink, lines } = record();
    sink.call(
      call({ method: 'GET', isMcp: false, target: { kind: 'path', name: '/health' }, transport: 'http' }),
    );
    const page = await lines();
    expect(page).toContain('request_duration_seconds_count{method="GET",endpoint="/health",status="ok"} 1');
    expect(page).toContain('requests_per_second{instance="one"} 0');
    expect(page.some((line) => line.startsWith('mcp_server_operation_duration_seconds'))).toBe(false);
  });
});

describe('comparison with the baseline', () => {
  it.each([
    ['a tool of the document at its limit', 'get_user', undefined, 180, { p99: 0 }],
    ['a tool of the document over it', 'get_user', undefined, 181, { p99: 1 }],
    ['a batch that fits its size', 'process_batch', 10, 451, { p99: 1 }],
    ['a larger batch', 'process_batch', 11, 1199, { p99: 0 }],
    ['a batch beyond all sizes', 'process_batch', 5000, 5801, { p99: 1 }],
    ['a tool without a baseline of its own', 'else', undefined, 121, { p50: 1, p95: 1, p99: 0, 'p99.9': 0 }],
  ])('%s', async (_title, tool, batchSize, durationMs, expected) => {
    const { sink, lines } = record();
    sink.call(call({ target: { kind: 'tool', name: tool }, durationMs, batchSize }));
    const page = (await lines()).filter((line) => line.startsWith('mcp_requests_over_baseline_total{'));
    expect(page).toEqual(
      Object.entries(expected).map(
        ([percentile, count]) =>
          `mcp_requests_over_baseline_total{tool="${tool}",percentile="${percentile}"} ${count}`,
      ),
    );
  });

  it("has every number of the baseline among the convention's bucket bounds", async () => {
    const { sink, lines } = record();
    sink.call(call());
    const page = (await lines()).filter((line) =>
      line.startsWith('mcp_server_operation_duration_seconds_bucket'),
    );
    const bounds = page.map((line) => Number(/le="([^"]+)"/.exec(line)?.[1]));
    expect(bounds).toEqual(
      expect.arrayContaining([...CATALOG.mcp_server_operation_duration_seconds.buckets]),
    );
    expect(bounds).toEqual(
      expect.arrayContaining([0.045, 0.12, 0.28, 0.65, 0.18, 2.4, 0.85, 0.45, 1.2, 2.1, 5.8]),
    );
  });
});

describe('failures', () => {
  it('counts them by kind and fault, and no cancellation among them', async () => {
    const { sink, lines } = record();
    sink.call(call({ status: 'tool_error', errorType: 'database_deadlock', fault: 'server' }));
    sink.call(call({ status: '-32602', errorType: 'invalid_params', fault: 'client', rpcErrorCode: -32602 }));
    sink.call(call({ status: 'cancelled', errorType: 'cancelled' }));
    const page = await lines();
    expect(page.filter((line) => line.startsWith('mcp_request_errors_total{'))).toEqual([
      'mcp_request_errors_total{method="tools/call",endpoint="get_user",error_type="database_deadlock",fault="server"} 1',
      'mcp_request_errors_total{method="tools/call",endpoint="get_user",error_type="invalid_params",fault="client"} 1',
    ]);
    const counts = page.filter((line) => line.startsWith('mcp_server_operation_duration_seconds_count'));
    expect(counts[0]).toContain('error_type="tool_error"');
    expect(counts[1]).toContain('error_type="-32602"');
    expect(counts[1]).toContain('rpc_response_status_code="-32602"');
    expect(counts[2]).toContain('error_type="cancelled"');
  });
});

describe('bounded labels', () => {
  it('takes names on trust, up to the cap, until a list was seen', async () => {
    const { sink, lines } = record();
    for (const name of ['a', 'b', 'c', 'd', 'e']) sink.call(call({ target: { kind: 'tool', name } }));
    const page = await lines();
    const endpoints = page
      .filter((line) => line.startsWith('request_duration_seconds_count'))
      .map((line) => /endpoint="(\w+)"/.exec(line)?.[1]);
    expect(endpoints).toEqual(['a', 'b', 'c', 'other']);
    expect(page).toContain('mcp_vitals_label_values_capped_total{label="tool"} 2');
  });

  it('believes a stranger only after the server answered it, once a list was seen', async () => {
    const { sink, lines } = record();
    sink.declared('tool', ['a']);
    sink.call(
      call({
        target: { kind: 'tool', name: 'made_up' },
        status: 'tool_error',
        errorType: 'tool_error',
        fault: 'server',
      }),
    );
    sink.call(call({ target: { kind: 'tool', name: 'hidden' } }));
    sink.call(
      call({
        target: { kind: 'tool', name: 'hidden' },
        status: 'tool_error',
        errorType: 'tool_error',
        fault: 'server',
      }),
    );
    const page = (await lines()).join('\n');
    expect(page).not.toContain('made_up');
    expect(page).toContain('endpoint="hidden",status="tool_error"} 1');
  });

  it('knows a path or a version only once the server took it', async () => {
    const { sink, lines } = record();
    const scan = {
      isMcp: false,
      method: 'GET',
      status: '404',
      fault: 'client',
      errorType: 'not_found',
    } as const;
    for (let each = 0; each < 20; each++)
      sink.call(call({ ...scan, target: { kind: 'path', name: `/p${each}` } }));
    sink.call(call({ status: '400', protocolVersion: '2001-01-01', target: { kind: 'path', name: '/x' } }));
    sink.call(call({ method: 'tools/list', target: { kind: 'path', name: '/mcp' } }));
    const page = (await lines()).join('\n');
    expect(page).toContain('request_duration_seconds_count{method="GET",endpoint="other",status="404"} 20');
    expect(page).toContain('endpoint="/mcp",status="ok"} 1');
    expect(page).not.toContain('2001-01-01');
    expect(page).toContain('mcp_protocol_version="2025-11-25"');
  });

  it('bounds methods, paths and protocol versions', async () => {
    const { sink, lines } = record();
    for (let each = 0; each < 100; each++) {
      sink.call(
        call({
          method: `x/${each}`,
          target: { kind: 'path', name: `/p${each}` },
          protocolVersion: `v${each}`,
        }),
      );
      sink.notification(`n/${each}`, 'client');
    }
    const page = await lines();
    expect(
      page.filter((line) => line.startsWith('request_duration_seconds_count')).length,
    ).toBeLessThanOrEqual(9);
    expect(page.filter((line) => line.startsWith('mcp_notifications_total{'))).toEqual([
      'mcp_notifications_total{method="other",direction="client"} 100',
    ]);
    expect(page.join('\n')).not.toContain('mcp_protocol_version');
  });
});

describe('sessions, streams and the rest', () => {
  it('bounds the names of clients', async () => {
    const { sink, lines } = record();
    for (let each = 0; each < 20; each++) {
      sink.sessionIntroduced(`c${each}`);
      sink.sessionClosed('idle', 1000, 'streamable_http', undefined, `c${each}`);
    }
    const byClient = (await lines()).filter((line) => line.includes('_by_client_total{'));
    expect(byClient.toSorted()).toEqual([
      'mcp_sessions_closed_by_client_total{client="c0",reason="idle"} 1',
      'mcp_sessions_closed_by_client_total{client="c1",reason="idle"} 1',
      'mcp_sessions_closed_by_client_total{client="other",reason="idle"} 18',
      'mcp_sessions_opened_by_client_total{client="c0"} 1',
      'mcp_sessions_opened_by_client_total{client="c1"} 1',
      'mcp_sessions_opened_by_client_total{client="other"} 18',
    ]);
  });

  it('keeps gauges and counters in step', async () => {
    const { sink, lines, live } = record();
    sink.sessionOpened('initialize');
    sink.sessionOpened('adopted');
    sink.sessionIntroduced('cursor');
    sink.sessionIntroduced(undefined);
    sink.sessionClosed('delete', 60_000, 'streamable_http', '2025-11-25', 'cursor');
    sink.streamOpened('get');
    sink.streamOpened('listen');
    sink.streamClosed('listen', 1000);
    sink.callPending();
    sink.clientWait('elicitation', 2000);
    sink.exchangeSeen();
    sink.exchange('invalid_json');
    sink.overhead(0.2);
    expect(await lines()).toEqual(
      expect.arrayContaining([
        'mcp_sessions_active 1',
        'mcp_sessions_opened_total{how="initialize"} 1',
        'mcp_sessions_opened_by_client_total{client="cursor"} 1',
        'mcp_sessions_opened_by_client_total{client="unknown"} 1',
        'mcp_sessions_closed_by_client_total{client="cursor",reason="delete"} 1',
        'mcp_sessions_closed_total{reason="delete"} 1',
        'mcp_streams_open{kind="get"} 1',
        'mcp_streams_open{kind="listen"} 0',
        'mcp_stream_duration_seconds_count{kind="listen"} 1',
        'mcp_requests_in_flight 1',
        'mcp_client_wait_seconds_sum{kind="elicitation"} 2',
        'mcp_oldest_request_age_seconds 2.5',
        'mcp_vitals_exchanges_seen_total 1',
        'mcp_vitals_exchanges_dropped_total{reason="invalid_json"} 1',
        'mcp_vitals_tap_dropped_total{reason="invalid_json"} 1',
        'mcp_server_session_duration_seconds_sum{mcp_protocol_version="2025-11-25",network_transport="tcp"} 60',
      ]),
    );
    expect(live.snapshot()).toMatchObject({
      sessionsActive: 1,
      sessionsOpened: 2,
      sessionsClosed: 1,
      streamsOpen: 1,
      tapDropped: 1,
    });
  });
});

describe('the live view', () => {
  it('has a row per tool with percentiles of the last minute and errors of three kinds', () => {
    const { sink, live, clock } = record();
    for (let each = 1; each <= 100; each++) sink.call(call({ durationMs: each }));
    sink.call(call({ status: 'tool_error', errorType: 'x', fault: 'server', durationMs: 50 }));
    sink.call(
      call({ status: '-32603', errorType: 'x', fault: 'server', rpcErrorCode: -32603, durationMs: 50 }),
    );
    sink.call(call({ status: '503', errorType: 'x', fault: 'server', durationMs: 50 }));
    sink.call(call({ method: 'tools/list', target: { kind: 'path', name: '/mcp' } }));
    const [row] = live.snapshot().tools;
    expect(row).toMatchObject({
      name: 'get_user',
      calls: 103,
      errors: { transport: 1, rpc: 1, tool: 1 },
      baseline: { p99Ms: 180 },
    });
    expect(row?.p50Ms).toBeGreaterThan(47);
    expect(row?.p50Ms).toBeLessThan(53);
    expect(row?.p99Ms).toBeGreaterThan(95);
    expect(row?.p99Ms).toBeLessThan(103);
    clock.advance(120_000);
    expect(live.snapshot().tools[0]).toMatchObject({ calls: 103, p99Ms: undefined, ratePerSecond: 0 });
  });
});

describe('spans', () => {
  const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
  const trace = { requestId: 'n1', sessionId: undefined, meta: undefined, header: undefined, endedAtMs: 0 };
  const openMetrics = 'application/openmetrics-text';

  it('have names that clients cannot make up', () => {
    const names: string[] = [];
    const { sink } = record(undefined, (_call, _trace, name) => void names.push(name));
    sink.declared('tool', ['get_user']);
    sink.call(call({ trace }));
    sink.call(call({ trace, target: { kind: 'tool', name: 'x-4711' }, status: 'tool_error' }));
    sink.call(call({ trace, method: 'x/4711', target: { kind: 'path', name: '/mcp' }, status: '-32601' }));
    sink.call(call({ trace, method: 'tools/list', target: { kind: 'path', name: '/mcp' } }));
    sink.call(call({ trace, method: 'resources/read', target: { kind: 'resource', name: 'file' } }));
    expect(names).toEqual([
      'tools/call get_user',
      'tools/call other',
      'other',
      'tools/list',
      'resources/read',
    ]);
  });

  it('are asked for only of calls that the tap traced', () => {
    const asked: string[] = [];
    const { sink } = record(undefined, (_call, _trace, name) => void asked.push(name));
    sink.call(call());
    sink.call(call({ isMcp: false, method: 'GET', target: { kind: 'path', name: '/health' } }));
    expect(asked).toEqual([]);
    sink.call(call({ trace }));
    expect(asked).toEqual(['tools/call get_user']);
  });

  it('mark the bucket of a call that has one; one without leaves the mark as it is', async () => {
    let sampled = true;
    const { sink, lines } = record(undefined, () => (sampled ? ids : undefined));
    sink.call(call({ trace, durationMs: 300 }));
    sampled = false;
    sink.call(call({ trace, durationMs: 400 }));
    sink.call(call({ trace, durationMs: 30 }));
    const marked = (await lines(openMetrics)).filter((line) => line.includes(' # '));
    expect(marked).toHaveLength(1);
    expect(marked[0]).toContain(
      `le="0.5",method="tools/call",endpoint="get_user",status="ok"} 3 # {trace_id="${ids.traceId}",span_id="${ids.spanId}"} 0.3 `,
    );
  });

  it('change nothing on the text page', async () => {
    const pages = await Promise.all(
      [undefined, () => ids].map(async (traceCall) => {
        const { sink, lines } = record(undefined, traceCall);
        sink.call(call({ trace, durationMs: 300 }));
        return lines();
      }),
    );
    expect(pages[1]).toEqual(pages[0]);
  });
});
