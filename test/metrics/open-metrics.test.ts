import { describe, expect, it } from '@jest/globals';
import { Counter, Gauge, Histogram, Registry, Summary } from '@prometheus-io/client';
import fc from 'fast-check';
import { canonicalNumber } from '../../src/metrics/canonical-number.ts';
import { expose } from '../../src/metrics/exposition.ts';
import { instrument } from '../../src/metrics/instruments.ts';
import { renderVerdicts } from '../../src/metrics/verdict-page.ts';
import { parseExposition } from '../harness/exposition.ts';

const OPEN_METRICS = 'application/openmetrics-text;version=1.0.0';

/** Metrics of every type, with names and texts that are awkward. */
function awkwardRegistry(): Registry {
  const registry = new Registry();
  const registers = [registry];
  const help = 'Says "so",\nand \\ too.';
  new Counter({ name: 'calls_total', help, labelNames: ['path'], registers }).inc({ path: 'a"b\\c\nd' }, 3);
  new Counter({ name: 'oddly_named', help, registers }).inc(2);
  const gauge = new Gauge({ name: 'free_bytes', help, labelNames: ['kind'], registers });
  gauge.set({ kind: 'none' }, NaN);
  gauge.set({ kind: 'all' }, Infinity);
  gauge.set({ kind: 'debt' }, -Infinity);
  gauge.set({ kind: 'small' }, 1e-9);
  const histogram = new Histogram({
    name: 'took_seconds',
    help,
    buckets: [0.25, 1, 2.5, 10],
    labelNames: ['le2'],
    registers,
  });
  histogram.observe({ le2: 'x,le="1"' }, 2);
  new Summary({ name: 'size', help, percentiles: [0.5, 0.99], registers }).observe(5);
  return registry;
}

const OTHERS = [
  '# HELP other_seconds Of "another" maker.',
  '# UNIT other_seconds s',
  '# TYPE other_seconds histogram',
  'other_seconds_count{a="{,le=\\"7\\""} 3',
  'other_seconds_bucket{a="x",le="0.5"} 1',
  'other_seconds_bucket{a="x",le="120"} 2',
  'other_seconds_bucket{a="x",le="+Inf"} 3',
  '# no registered metrics',
  '',
].join('\n');

describe('a page in OpenMetrics', () => {
  it('is valid: types, units and texts once before their samples, canonical bounds, an end', async () => {
    const { body, contentType } = await expose(awkwardRegistry(), OTHERS, OPEN_METRICS);
    expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    const help = 'Says \\"so\\",\\nand \\\\ too.';
    expect(body.split('\n')).toEqual([
      '# TYPE calls counter',
      `# HELP calls ${help}`,
      'calls_total{path="a\\"b\\\\c\\nd"} 3',
      '# TYPE oddly_named unknown',
      `# HELP oddly_named ${help}`,
      'oddly_named 2',
      '# TYPE free_bytes gauge',
      '# UNIT free_bytes bytes',
      `# HELP free_bytes ${help}`,
      'free_bytes{kind="none"} NaN',
      'free_bytes{kind="all"} +Inf',
      'free_bytes{kind="debt"} -Inf',
      'free_bytes{kind="small"} 1e-9',
      '# TYPE took_seconds histogram',
      '# UNIT took_seconds seconds',
      `# HELP took_seconds ${help}`,
      'took_seconds_bucket{le="0.25",le2="x,le=\\"1\\""} 0',
      'took_seconds_bucket{le="1.0",le2="x,le=\\"1\\""} 0',
      'took_seconds_bucket{le="2.5",le2="x,le=\\"1\\""} 1',
      'took_seconds_bucket{le="10.0",le2="x,le=\\"1\\""} 1',
      'took_seconds_bucket{le="+Inf",le2="x,le=\\"1\\""} 1',
      'took_seconds_sum{le2="x,le=\\"1\\""} 2',
      'took_seconds_count{le2="x,le=\\"1\\""} 1',
      '# TYPE size summary',
      `# HELP size ${help}`,
      'size{quantile="0.5"} 5',
      'size{quantile="0.99"} 5',
      'size_sum 5',
      'size_count 1',
      '# TYPE other_seconds histogram',
      '# UNIT other_seconds seconds',
      '# HELP other_seconds Of \\"another\\" maker.',
      'other_seconds_count{a="{,le=\\"7\\""} 3',
      'other_seconds_bucket{a="x",le="0.5"} 1',
      'other_seconds_bucket{a="x",le="120.0"} 2',
      'other_seconds_bucket{a="x",le="+Inf"} 3',
      '# EOF',
      '',
    ]);
  });

  it('has the same series as the text page, but for the spelling of bounds', async () => {
    const registry = awkwardRegistry();
    const text = await expose(registry, OTHERS);
    const open = await expose(registry, OTHERS, OPEN_METRICS);
    const seriesOf = (body: string): string[] =>
      parseExposition(body.replaceAll(' Nan', ' NaN'))
        .map(({ name, labels, value }) => {
          const { le, ...others } = labels;
          return JSON.stringify([
            name,
            others,
            le === undefined || le === '+Inf' ? le : Number(le),
            String(value),
          ]);
        })
        .toSorted();
    expect(seriesOf(open.body)).toEqual(seriesOf(text.body));
  });

  it('leaves the text page as it was: a counter keeps its name', async () => {
    const registry = awkwardRegistry();
    const before = await expose(registry, OTHERS);
    await expose(registry, OTHERS, OPEN_METRICS);
    expect(await expose(registry, OTHERS)).toEqual(before);
    expect(before.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(before.body).toContain('calls_total{path="a\\"b\\\\c\\nd"} 3');
  });

  it('takes the verdicts of a fleet, which are written by hand', async () => {
    const verdicts = renderVerdicts([]);
    const { body } = await expose(new Registry(), verdicts, OPEN_METRICS);
    expect(body.match(/^# TYPE /gm)?.length).toBe(verdicts.match(/^# TYPE /gm)?.length);
    expect(body).toMatch(/\n# EOF\n$/);
  });
});

describe('an exemplar', () => {
  const ids = { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736', span_id: '00f067aa0ba902b7' };

  function observed(): Registry {
    const registry = new Registry();
    const histogram = instrument('request_duration_seconds', registry, undefined, true);
    const labels = { method: 'tools/call', endpoint: 'a', status: 'ok' };
    const exemplarLabels: Record<string, string> = ids;
    histogram.observe({ labels, value: 0.3, exemplarLabels });
    histogram.observe({ labels, value: 0.4, exemplarLabels: {} });
    histogram.observe({ labels, value: 7, exemplarLabels });
    return registry;
  }

  it('stands at the bucket that its value fell into, and only in OpenMetrics', async () => {
    const registry = observed();
    const { body } = await expose(registry, '', OPEN_METRICS);
    const pattern =
      / # \{trace_id="4bf92f3577b34da6a3ce929d0e0e4736",span_id="00f067aa0ba902b7"\} (\S+) \d{10}(?:\.\d{1,3})?$/;
    const marked = body.split('\n').flatMap((line) => {
      const match = pattern.exec(line);
      return match ? [`${/le="([^"]+)"/.exec(line)?.[1]} ${match[1]}`] : [];
    });
    expect(marked).toEqual(['0.5 0.3', '+Inf 7']);
    expect(body.match(/ # /g)?.length).toBe(2);
    expect((await expose(registry, '')).body).not.toContain(' # {');
  });

  it('has labels of fewer than the 128 characters that OpenMetrics allows', () => {
    expect(Object.entries(ids).flat().join('').length).toBeLessThanOrEqual(128);
  });
});

describe('a canonical number', () => {
  it.each([
    [0, '0.0'],
    [1, '1.0'],
    [0.001, '0.001'],
    [2.5, '2.5'],
    [100_000, '100000.0'],
    [1e6, '1e+06'],
    [1_048_576, '1.048576e+06'],
    [1e10, '1e+10'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1e-10, '1e-10'],
    [-1, '-1.0'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [NaN, 'NaN'],
  ])('%d is %s', (value, text) => {
    expect(canonicalNumber(value)).toBe(text);
  });

  it('means the number that it was made of', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(canonicalNumber(value)) === value).toBe(true);
        expect(canonicalNumber(value)).toMatch(/[.e]/);
      }),
    );
  });
});
