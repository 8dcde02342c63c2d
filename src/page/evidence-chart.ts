import type { LeakRow } from '../model/page-leaks.ts';
import { levelLine } from './chart-data.ts';
import type { LineChart } from './line-chart.ts';

/** What a verdict rests on as a chart: the band of the series, the fitted line, the limit where it is near, restarts. */
export function evidenceChart({ evidence, unit }: LeakRow): LineChart | undefined {
  const [first] = evidence?.points ?? [];
  const last = evidence?.points.at(-1);
  if (evidence === null || first === undefined || last === undefined || evidence.points.length < 2)
    return undefined;
  const { points, fit, limit, restartsMs } = evidence;
  const [fromMs, toMs] = [first[0], Math.max(last[0], fit?.toMs ?? 0)];
  const timesMs = points.map(([atMs]) => atMs);
  const slope = fit === null ? 0 : (fit.to - fit.from) / (fit.toMs - fit.fromMs || 1);
  const fitted = timesMs.map((atMs) =>
    fit === null || atMs < fit.fromMs || atMs > fit.toMs ? null : fit.from + slope * (atMs - fit.fromMs),
  );
  const chart: LineChart = {
    unit,
    fromMs,
    toMs,
    timesMs,
    band: {
      name: 'series, low to high',
      low: points.map(([, low]) => low),
      high: points.map(([, , high]) => high),
    },
    lines: [
      { name: 'lower envelope', tone: 'first', values: points.map(([, low]) => low) },
      ...(fit === null ? [] : [{ name: 'fitted line, load removed', tone: 'fit' as const, values: fitted }]),
    ],
    marksMs: restartsMs.filter((atMs) => atMs >= fromMs && atMs <= toMs),
  };
  const line = levelLine(chart, limit, { name: 'limit', tone: 'limit' });
  return line === undefined ? chart : { ...chart, lines: [...chart.lines, line] };
}
