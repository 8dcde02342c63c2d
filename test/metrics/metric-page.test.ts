import { describe, expect, it } from '@jest/globals';
import { Registry } from '@prometheus-io/client';
import { instrument } from '../../src/metrics/instruments.ts';
import { isReadable, openMetricPage } from '../../src/metrics/metric-page.ts';
import { parseSelector } from '../../src/model/series-selector.ts';

describe('our own page, read by selectors', () => {
  it('gives the values of what matches, parts of histograms too', async () => {
    const registry = new Registry();
    const streams = instrument('mcp_streams_open', registry);
    streams.set({ kind: 'get' }, 3);
    streams.set({ kind: 'listen' }, 4);
    const waits = instrument('mcp_client_wait_seconds', registry);
    waits.observe({ kind: 'roots' }, 2);
    waits.observe({ kind: 'sampling' }, 5);
    const page = openMetricPage(registry);
    const read = (selector: string) => page.valuesOf(parseSelector(selector));
    expect(await read('mcp_streams_open')).toEqual([3, 4]);
    expect(await read('mcp_streams_open{kind=~"g.*"}')).toEqual([3]);
    expect(await read('mcp_client_wait_seconds_sum')).toEqual([2, 5]);
    expect(await read('mcp_client_wait_seconds_count{kind="roots"}')).toEqual([1]);
    expect(await read('mcp_client_wait_seconds_bucket{kind="roots",le="+Inf"}')).toEqual([1]);
    expect(await read('mcp_sessions_active')).toEqual([]);
  });

  it('asks a metric once for one moment', async () => {
    const registry = new Registry();
    let asked = 0;
    instrument('mcp_requests_in_flight', registry, (gauge) => gauge.set(++asked));
    const page = openMetricPage(registry);
    const selector = parseSelector('mcp_requests_in_flight');
    expect([await page.valuesOf(selector), await page.valuesOf(selector)]).toEqual([[1], [1]]);
    expect(await openMetricPage(registry).valuesOf(selector)).toEqual([2]);
  });

  it.each([
    ['mcp_sessions_active', true],
    ['request_duration_seconds_count', true],
    ['mcp_server_operation_duration_seconds_count', false],
    ['mcp_nothing', false],
    ['toString', false],
  ])('can read %s: %s', (name, expected) => {
    expect(isReadable(name)).toBe(expected);
  });
});
