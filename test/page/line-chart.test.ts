import { describe, expect, it } from '@jest/globals';
import { levelLine, toLineChart, CHARTS } from '../../src/page/chart-data.ts';
import { evidenceChart } from '../../src/page/evidence-chart.ts';
import { htmlText } from '../../src/page/html.ts';
import { chartScale, lineChart, linePath, type LineChart } from '../../src/page/line-chart.ts';
import { sparkline } from '../../src/page/sparkline.ts';
import { brokenModel, healthyModel, NOW_MS, seriesAnswer } from './page-models.ts';

const chart = (values: readonly (number | null)[]): LineChart => ({
  unit: 'ms',
  fromMs: 0,
  toMs: 1000 * (values.length - 1),
  timesMs: values.map((_, n) => n * 1000),
  lines: [{ name: 'P99', tone: 'first', values }],
});

describe('a line', () => {
  it.each<[string, readonly (readonly [number, number] | null)[], string]>([
    [
      'is drawn through its points',
      [
        [0, 1],
        [2, 3.04],
      ],
      'M0 1L2 3',
    ],
    ['breaks where nothing is known', [[0, 1], [1, 1], null, [3, 1], [4, 1]], 'M0 1L1 1M3 1L4 1'],
    ['shows a point that stands alone', [null, [1, 1], null], 'M1 1h0'],
    ['is nothing without points', [null, null], ''],
  ])('%s', (_, points, path) => {
    expect(linePath(points)).toBe(path);
  });
});

describe('a chart', () => {
  it('holds every value within its scale', () => {
    const { bottom, top } = chartScale(chart([40, null, 95]));
    expect(bottom).toBeLessThanOrEqual(40);
    expect(top).toBeGreaterThanOrEqual(95);
  });

  it('labels values with their unit and times with their zone', () => {
    const drawn = htmlText(lineChart(chart([10, 20]), { nowMs: 0, zone: 'utc' }));
    expect(drawn).toContain('20 ms');
    expect(drawn).toContain('00:00');
  });

  it.each([
    ['near', 30, true],
    ['far above', 31, false],
    ['not known', null, false],
  ])('draws a level that is %s', (_, level, isDrawn) => {
    const line = levelLine(chart([10, 5]), level, { name: 'baseline', tone: 'baseline' });
    expect(line !== undefined).toBe(isDrawn);
  });

  it('has the baseline of its row, and only the series that are known', () => {
    const [, latency] = CHARTS;
    if (latency === undefined) throw new Error('charts: want one of latency, got none');
    const answer = seriesAnswer(['p50_ms', 'p99_ms']);
    const drawn = toLineChart(latency, answer, healthyModel);
    expect(drawn?.lines.map(({ name }) => name)).toEqual(['P50', 'P99', 'baseline']);
    expect(drawn?.baseline).toBe(280);
    expect(toLineChart(latency, seriesAnswer([]), healthyModel)).toBeUndefined();
  });
});

describe('the drawing of evidence', () => {
  it('has the band, the lower envelope, the fitted line, the limit and restarts', () => {
    const [row] = brokenModel.leaks.rows;
    const drawn = row && evidenceChart(row);
    expect(drawn?.lines.map(({ name }) => name)).toEqual([
      'lower envelope',
      'fitted line, load removed',
      'limit',
    ]);
    expect(drawn?.band?.high.length).toBe(120);
    expect(drawn?.marksMs).toEqual([NOW_MS - 100 * 60_000]);
    const fit = drawn?.lines[1]?.values ?? [];
    expect(fit.at(-1)).toBeCloseTo(row?.evidence?.fit?.to ?? 0, -8);
  });

  it('is none without points', () => {
    const [row] = brokenModel.leaks.rows;
    expect(row && evidenceChart({ ...row, evidence: null })).toBeUndefined();
  });
});

describe('a sparkline', () => {
  it('says so where there is no history', () => {
    expect(htmlText(sparkline({ values: [null, null] }))).toContain('no history yet');
  });
  it('stays within its box, whatever the baseline is', () => {
    const drawn = htmlText(sparkline({ values: [5, 1e9, null, 3], baseline: 1e12 }));
    const numbers = [...drawn.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].flatMap(([, x, y]) => [
      [Number(x), 120],
      [Number(y), 28],
    ]);
    for (const [value = -1, most = 0] of numbers) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(most);
    }
  });
});
