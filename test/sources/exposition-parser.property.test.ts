import { spawnSync } from 'node:child_process';
import { describe, expect, it, test } from '@jest/globals';
import { Counter, Gauge, Histogram, Registry, Summary } from '@prometheus-io/client';
import fc from 'fast-check';
import { parseExposition } from '../../src/sources/exposition-parser.ts';
import type { ExpositionFormat } from '../../src/sources/exposition-sample.ts';
import { promtoolPath } from '../harness/prometheus.ts';
import { describeWith } from '../harness/requirement.ts';

const LABELS = ['first', 'second_label'] as const;

/** Any text that a label may hold: all of Unicode, and often what must be escaped. */
const labelValue = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('\\', '"', '\n', 'n', '{', '}', ',', '=', ' ', '#'), maxLength: 8 }),
);
const anyValue = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(NaN, Infinity, -Infinity, 0));
const positive = fc.double({ min: 0, max: 1e12, noNaN: true });
const points = (value: fc.Arbitrary<number>) =>
  fc.array(fc.record({ first: labelValue, second: labelValue, value }), { maxLength: 4 });

/** What a registry is filled with. */
const contents = fc.record({
  gauges: points(anyValue),
  counters: points(positive),
  observations: points(fc.double({ min: -10, max: 10, noNaN: true })),
  help: fc.string({ unit: 'binary', maxLength: 20 }),
});

type Contents = typeof contents extends fc.Arbitrary<infer Value> ? Value : never;

function fill(made: Contents, contentType: string): Registry {
  const registry = new Registry(
    contentType === 'text' ? Registry.PROMETHEUS_CONTENT_TYPE : Registry.OPENMETRICS_CONTENT_TYPE,
  );
  const common = { help: `Help ${made.help}`, labelNames: LABELS, registers: [registry] };
  const gauge = new Gauge({ ...common, name: 'a_gauge' });
  const counter = new Counter({ ...common, name: 'a_counter_total' });
  const histogram = new Histogram({
    ...common,
    name: 'a_histogram',
    buckets: [-1, 0.5, 5],
    ...(contentType === 'openmetrics' && { enableExemplars: true }),
  });
  const summary = new Summary({ ...common, name: 'a_summary', percentiles: [0.5, 0.99] });
  const labels = (point: { first: string; second: string }) => ({
    first: point.first,
    second_label: point.second,
  });
  for (const point of made.gauges) gauge.set(labels(point), point.value);
  for (const point of made.counters) counter.inc(labels(point), point.value);
  for (const point of made.observations) {
    if (contentType === 'openmetrics') {
      const exemplarLabels = { first: point.first.slice(0, 4) };
      histogram.observe({ labels: labels(point), value: point.value, exemplarLabels });
    } else histogram.observe(labels(point), point.value);
    summary.observe(labels(point), point.value);
  }
  return registry;
}

/** `name|labels` → value, empty labels left out, of what the registry itself says that it holds. */
async function expected(registry: Registry, format: ExpositionFormat): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const metric of await registry.getMetricsAsJSON()) {
    for (const value of metric.values) {
      const { metricName = metric.name, labels } = value as typeof value & { metricName?: string };
      const isCounter = format === 'openmetrics' && (metric.type as string) === 'counter';
      const name = isCounter ? `${metricName.replace(/_total$/, '')}_total` : metricName;
      // The client writes -0 as 0.
      found.set(keyOf(name, Object.entries(labels)), value.value === 0 ? 0 : value.value);
    }
  }
  return found;
}

const keyOf = (name: string, labels: readonly (readonly [string, unknown])[]): string =>
  JSON.stringify([
    name,
    ...labels
      .map(([label, value]) => [label, String(value)])
      .filter(([, value]) => value !== '')
      .toSorted(([one = ''], [other = '']) => (one < other ? -1 : 1)),
  ]);

const parsed = (page: string, format: ExpositionFormat): Map<string, number> =>
  new Map(
    parseExposition(page, format, () => true).map(({ name, labels, value }) => [
      keyOf(name, [...labels]),
      value,
    ]),
  );

describe.each<ExpositionFormat>(['text', 'openmetrics'])(
  'a page of @prometheus-io/client in %s',
  (format) => {
    it('is read back as the registry holds it', async () => {
      await fc.assert(
        fc.asyncProperty(contents, async (made) => {
          const registry = fill(made, format);
          expect(parsed(await registry.metrics(), format)).toEqual(await expected(registry, format));
        }),
        { numRuns: 150 },
      );
    }, 60_000);

    it('is refused or smaller when it is cut, and never hangs', async () => {
      await fc.assert(
        fc.asyncProperty(contents, fc.double({ min: 0, max: 1, noNaN: true }), async (made, share) => {
          const registry = fill(made, format);
          const page = await registry.metrics();
          const whole = await expected(registry, format);
          const cut = page.slice(0, Math.floor(share * (page.length - 2)));
          if (format === 'openmetrics') expect(() => parsed(cut, format)).toThrow(/^line \d+: want /);
          else {
            try {
              expect(parsed(cut, format).size).toBeLessThanOrEqual(whole.size);
            } catch (error) {
              expect((error as Error).message).toMatch(/^line \d+: want /);
            }
          }
        }),
        { numRuns: 150 },
      );
    }, 60_000);
  },
);

test('the pages in OpenMetrics have exemplars', async () => {
  const made = {
    gauges: [],
    counters: [],
    help: '',
    observations: [{ first: 'x"', second: 'y', value: 0.1 }],
  };
  expect(await fill(made, 'openmetrics').metrics()).toContain(String.raw`# {first="x\""} 0.1 `);
});

test('any text at all is read or refused with the line', () => {
  const unit = fc.constantFrom(
    'a',
    '{',
    '}',
    '"',
    '=',
    ',',
    ' ',
    '\n',
    '\r',
    '\t',
    '#',
    '1',
    '\\',
    'é',
    'EOF',
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 40 }), fc.boolean(), (page, open) => {
      try {
        parseExposition(page, open ? 'openmetrics' : 'text', () => true);
      } catch (error) {
        expect((error as Error).message).toMatch(/^line \d+: want .+, got .+/);
      }
    }),
    { numRuns: 5_000 },
  );
}, 30_000);

describeWith(promtoolPath, 'apt-get install prometheus')('promtool', () => {
  it('reads the lines of the property too', async () => {
    const [made] = fc.sample(contents, { numRuns: 1, seed: 7 });
    const page = await fill(made as Contents, 'text').metrics();
    const { stdout, stderr } = spawnSync(promtoolPath, ['check', 'metrics'], {
      input: page,
      encoding: 'utf8',
    });
    expect(`${stdout}${stderr}`).not.toMatch(/error while linting|parsing/i);
    expect(parsed(page, 'text').size).toBeGreaterThan(0);
  });
});
