import { describe, expect, it } from '@jest/globals';
import { Registry } from '@prometheus-io/client';
import { CATALOG, type MetricName } from '../../src/metrics/catalog.ts';
import type { MetricSpec } from '../../src/metrics/metric-spec.ts';
import { instrument } from '../../src/metrics/instruments.ts';
import { renderMetricsDocs } from '../../src/metrics/render-metrics-docs.ts';

const entries = Object.entries(CATALOG) as [MetricName, MetricSpec][];

describe('the catalog', () => {
  it('has the five documented metrics exactly', () => {
    expect(
      Object.fromEntries(
        entries
          .filter(([, { origin }]) => origin === 'document')
          .map(([name, { type, labels, buckets }]) => [name, { type, labels, buckets }]),
      ),
    ).toEqual({
      request_duration_seconds: {
        type: 'histogram',
        labels: ['method', 'endpoint', 'status'],
        buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      },
      requests_per_second: { type: 'gauge', labels: ['instance'], buckets: undefined },
      database_query_duration_seconds: {
        type: 'histogram',
        labels: ['query_type'],
        buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1],
      },
      cache_hit_rate: { type: 'gauge', labels: ['cache_type'], buckets: undefined },
      connection_pool_usage: { type: 'gauge', labels: ['pool_type'], buckets: undefined },
    });
  });

  it.each(entries)('%s follows the naming conventions', (name, { type, labels, buckets, help, origin }) => {
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    for (const label of labels) expect(label).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(help).toMatch(/[.0-9]$/);
    if (type === 'histogram') {
      expect(buckets).toEqual([...(buckets ?? [])].toSorted((a, b) => a - b));
      expect(name).toMatch(/_(seconds|bytes|size)$/);
    }
    // What is ours begins with mcp_, and with probe_ as the blackbox exporter's does; only the document's names may do otherwise.
    if (origin !== 'document') expect(name).toMatch(/^(mcp|probe)_/);
  });

  it('makes each instrument under its name', async () => {
    const registry = new Registry();
    for (const [name] of entries) instrument(name, registry);
    expect(registry.getMetricsAsArray().map(({ name }) => name)).toEqual(entries.map(([name]) => name));
  });

  it('is documented whole', () => {
    const docs = renderMetricsDocs();
    for (const [name] of entries) expect(docs).toContain(`### \`${name}\``);
  });
});
