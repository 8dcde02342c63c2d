import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { CATALOG } from '../../src/metrics/catalog.ts';
import type { MetricSpec } from '../../src/metrics/metric-spec.ts';
import { FOREIGN_METRICS } from '../../src/rules/check-rules.ts';
import { recordGroups } from '../../src/rules/rule-groups.ts';
import { promtoolPath } from '../harness/prometheus.ts';
import { describeWith } from '../harness/requirement.ts';
import { runProcess } from '../harness/start-process.ts';
import { expressions, targets } from './every-dashboard.ts';
import { everything, interpolate } from './interpolate.ts';
import { selectorsOf, syntaxErrors, typeErrors } from './promql.ts';

const values = everything({ rangeSeconds: 3600, stepSeconds: 15, scrapeSeconds: 15 });
const recorded = new Set(recordGroups.flatMap(({ records }) => records.map(({ record }) => record)));

/** Labels that a query may name beside those of the catalog: Prometheus' own, or made on the way. */
const PROMETHEUS_LABELS = ['job', 'instance', 'exported_instance', 'le', '__name__'];

/** Name and labels of a series of the catalog; undefined for what is not ours. */
function specOf(metric: string): MetricSpec | undefined {
  const specs: Readonly<Record<string, MetricSpec>> = CATALOG;
  const base = metric.replace(/_(bucket|count|sum)$/, '');
  return specs[metric] ?? (specs[base]?.type === 'histogram' ? specs[base] : undefined);
}

describe.each(expressions.map(([where, expr]) => [where, expr]))('%s', (_, expr) => {
  it('parses and type-checks', () => {
    const asked = interpolate(expr, values);
    expect(syntaxErrors(asked)).toEqual([]);
    expect(typeErrors(asked)).toEqual([]);
  });

  it('names only series that exist, by labels that they have', () => {
    for (const { metric, matchers } of selectorsOf(expr)) {
      const spec = specOf(metric);
      expect([metric, spec !== undefined || recorded.has(metric) || FOREIGN_METRICS.has(metric)]).toEqual([
        metric,
        true,
      ]);
      if (spec === undefined) continue;
      const labels = matchers.map((matcher) => /^\w+/.exec(matcher)?.[0] ?? '');
      expect([...spec.labels, ...PROMETHEUS_LABELS]).toEqual(expect.arrayContaining(labels));
    }
  });
});

describe('the checks of expressions', () => {
  it.each([
    ['sum(rate(up[5m])', 'syntax'],
    ['rate(up[5m]', 'syntax'],
    ['1 and up', 'type'],
    ['histogram_quantile(up)', 'type'],
  ])('find the mistake in %s', (expr, kind) => {
    expect((kind === 'syntax' ? syntaxErrors : typeErrors)(expr)).not.toEqual([]);
  });
});

describeWith(promtoolPath, 'apt-get install prometheus')('promtool', () => {
  it('takes every expression', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-expressions-'));
    try {
      const file = join(folder, 'rules.yml');
      const rules = expressions.map(([, expr], n) => ({
        record: `a:b:c${n}`,
        expr: interpolate(expr, values),
      }));
      await writeFile(file, stringify({ groups: [{ name: 'dashboards', rules }] }));
      const run = await runProcess({ command: promtoolPath, args: ['check', 'rules', file] });
      expect(run.stderr).toBe('');
      expect(run.stdout).toContain(`SUCCESS: ${rules.length} rules found`);
      expect(rules.length).toBeGreaterThan(200);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 30_000);
});

describe('exemplars', () => {
  it('are on where latencies come from a histogram that may have them', () => {
    const on = targets.filter(([, { exemplar }]) => exemplar === true).map(([where]) => where);
    expect(on.length).toBeGreaterThanOrEqual(3);
    for (const [where, { expr, exemplar }] of targets) {
      if (exemplar === true)
        expect([where, expr]).toEqual([where, expect.stringMatching(/duration_seconds_bucket/)]);
    }
  });
});
