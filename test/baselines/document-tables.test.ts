import { describe, expect, it } from '@jest/globals';
import { baselineSchema, TABLE_NAMES } from '../../src/baselines/baseline-schema.ts';
import { documentBaseline } from '../../src/baselines/document-baseline.ts';
import { documentTables } from '../../src/baselines/document-tables.ts';
import { renderBaselineDocs } from '../../src/baselines/render-baseline-docs.ts';

describe('the tables of the document', () => {
  it('are valid by their own schema and name their headings', () => {
    expect(baselineSchema.parse(documentTables)).toEqual(documentTables);
    const { tools, ...tables } = documentTables;
    for (const table of [...Object.values(tables), ...Object.values(tools)]) {
      expect(table.source).toMatch(/^[A-Z]/);
    }
  });

  it('are all in the documentation', () => {
    const docs = renderBaselineDocs();
    for (const name of TABLE_NAMES.filter((each) => each !== 'tools'))
      expect(docs).toContain(`### \`${name}\``);
    for (const name of Object.keys(documentTables.tools)) expect(docs).toContain(`### \`tools.${name}\``);
  });

  it('agree within themselves where the document does', () => {
    const { horizontal, sustained, endurance } = documentTables;
    for (const { instances, throughputPerSecond, efficiencyRatio, perInstancePerSecond } of horizontal.rows) {
      expect(throughputPerSecond / instances / 850).toBeCloseTo(efficiencyRatio, 2);
      expect(throughputPerSecond / instances).toBeCloseTo(perInstancePerSecond, 0);
    }
    expect(Object.values(sustained.errors).reduce((sum, count) => sum + count)).toBe(
      sustained.failedRequests,
    );
    expect(sustained.failedRequests / sustained.totalRequests).toBeCloseTo(
      documentTables.results.errorRatio,
      6,
    );
    const [first, last] = [endurance.rows[0], endurance.rows.at(-1)];
    expect((last?.p99Ms ?? 0) / (first?.p99Ms ?? 1)).toBeCloseTo(1.3, 2);
    expect((last?.throughputPerSecond ?? 0) / (first?.throughputPerSecond ?? 1)).toBeCloseTo(1 - 0.045, 3);
  });

  it('give the baseline that the sidecar compares with', () => {
    expect(documentBaseline).toMatchObject({
      throughputPerSecond: 850,
      latency: { p50Ms: 45, p95Ms: 120, p99Ms: 280, p999Ms: 650 },
      errorRatio: 0.0002,
      memoryBytes: 2.1 * 1024 ** 3,
    });
    expect(documentBaseline.tools.get('fetch_weather')).toEqual({
      throughputPerSecond: 250,
      latency: { p99Ms: 850 },
    });
    expect(documentBaseline.tools.get('process_batch')?.latency).toEqual({ p99Ms: 2100 });
  });
});
