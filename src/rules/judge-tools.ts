import { latencyBaseline, type Baseline, type LatencyBaseline } from '../model/baseline.ts';
import type { FigureReadings } from '../model/condition-readings.ts';
import type { LiveRow } from '../model/live-snapshot.ts';
import type { PageLatency, ToolRow } from '../model/page-tools.ts';
import { labelledName } from '../model/series-name.ts';
import { judgeErrors, judgeLatency, readSlowCalls, type Judgement, type SlowCalls } from './judge-health.ts';

const latency = ({ p50Ms, p95Ms, p99Ms, p999Ms }: LatencyBaseline | LiveRow): PageLatency => ({
  p50Ms: p50Ms ?? null,
  p95Ms: p95Ms ?? null,
  p99Ms: p99Ms ?? null,
  p999Ms: p999Ms ?? null,
});

function judge(row: LiveRow, expected: LatencyBaseline, slow: SlowCalls, errorBaseline: number): Judgement {
  if (row.p99Ms === undefined) return { verdict: 'unknown', words: 'not called in the last minute' };
  const errors = judgeErrors(row.errorRatio, errorBaseline, row.recentCalls);
  if (errors.verdict === 'bad' || errors.verdict === 'watch') return errors;
  const ratio = expected.p99Ms === undefined ? null : row.p99Ms / expected.p99Ms;
  return judgeLatency(ratio, 'p99', slow, 'its baseline has no P99');
}

function toRow(row: LiveRow, expected: LatencyBaseline, isOwnBaseline: boolean, judged: Judgement): ToolRow {
  const { name, calls, ratePerSecond, errors, errorRatio } = row;
  return {
    name,
    key: encodeURIComponent(name.toWellFormed()),
    calls,
    ratePerSecond,
    latency: latency(row),
    baseline: latency(expected),
    isOwnBaseline,
    errors,
    errorRatio: errorRatio ?? null,
    ...judged,
  };
}

/** Holds each tool against its own baseline, or against the server's where it has none. */
export function judgeTools(
  live: { readonly tools: readonly LiveRow[]; readonly totals: LiveRow },
  baseline: Baseline,
  readings: Pick<FigureReadings, 'mean'>,
): { readonly total: ToolRow; readonly rows: readonly ToolRow[] } {
  const { tools, totals } = live;
  const slowTotal = readSlowCalls(
    readings,
    labelledName('slow_rate', 'p99'),
    labelledName('compared_rate', 'p99'),
  );
  return {
    total: toRow(
      totals,
      baseline.latency,
      false,
      judge(totals, baseline.latency, slowTotal, baseline.errorRatio),
    ),
    rows: tools.map((row) => {
      const expected = latencyBaseline(baseline, row.name);
      const slow = readSlowCalls(
        readings,
        labelledName('tool_slow_rate', row.name),
        labelledName('tool_rate', row.name),
      );
      const judged = judge(row, expected, slow, baseline.errorRatio);
      return toRow(row, expected, baseline.tools.has(row.name), judged);
    }),
  };
}
