import type { HealthFigure } from '../model/page-health.ts';
import type { PageModel } from '../model/page-model.ts';
import type { SeriesAnswer } from '../model/page-series.ts';
import type { PageUnit } from '../model/page-verdict.ts';
import type { ChartLine, LineChart, LineTone } from './line-chart.ts';
import type { PageChoice } from './page-view.ts';

/** A chart over time: which series it draws, and what they are held against. */
export interface ChartSpec {
  readonly id: string;
  readonly title: string;
  readonly unit: PageUnit;
  readonly lines: readonly { readonly series: string; readonly name: string; readonly tone: LineTone }[];
  /** Row of the health table whose baseline is drawn. */
  readonly baseline?: HealthFigure;
}

/** The charts over time, in the order of the page. */
export const CHARTS: readonly ChartSpec[] = [
  {
    id: 'rate',
    title: 'Requests a second',
    unit: 'per_second',
    lines: [{ series: 'request_rate', name: 'requests', tone: 'first' }],
    baseline: 'throughput',
  },
  {
    id: 'latency',
    title: 'Latency',
    unit: 'ms',
    lines: [
      { series: 'p50_ms', name: 'P50', tone: 'first' },
      { series: 'p95_ms', name: 'P95', tone: 'second' },
      { series: 'p99_ms', name: 'P99', tone: 'third' },
    ],
    baseline: 'latency_p99',
  },
  {
    id: 'errors',
    title: 'Failed requests a second',
    unit: 'per_second',
    lines: [
      { series: 'failure_rate/transport', name: 'transport', tone: 'fourth' },
      { series: 'failure_rate/rpc', name: 'JSON-RPC', tone: 'second' },
      { series: 'failure_rate/tool', name: 'tool', tone: 'third' },
    ],
  },
  {
    id: 'sessions',
    title: 'Sessions, streams, requests in flight',
    unit: 'count',
    lines: [
      { series: 'sessions', name: 'sessions', tone: 'first' },
      { series: 'streams', name: 'streams', tone: 'second' },
      { series: 'in_flight', name: 'in flight', tone: 'third' },
    ],
  },
  {
    id: 'cpu',
    title: "The server's CPU",
    unit: 'ratio',
    lines: [{ series: 'cpu_ratio', name: 'CPU in use', tone: 'first' }],
    baseline: 'cpu_ratio',
  },
  {
    id: 'memory',
    title: "The server's memory",
    unit: 'bytes',
    lines: [{ series: 'memory_bytes', name: 'memory', tone: 'first' }],
    baseline: 'memory_bytes',
  },
];

/** The charts of one tool. */
export const toolCharts = (key: string): readonly ChartSpec[] => [
  {
    id: 'tool-latency',
    title: 'Latency',
    unit: 'ms',
    lines: [
      { series: `tool_p50_ms/${key}`, name: 'P50', tone: 'first' },
      { series: `tool_p95_ms/${key}`, name: 'P95', tone: 'second' },
      { series: `tool_p99_ms/${key}`, name: 'P99', tone: 'third' },
    ],
  },
  {
    id: 'tool-rate',
    title: 'Calls and failures a second',
    unit: 'per_second',
    lines: [
      { series: `tool_rate/${key}`, name: 'calls', tone: 'first' },
      { series: `tool_error_rate/${key}`, name: 'failures', tone: 'fourth' },
    ],
  },
];

/** Names of the series that a page with this choice draws. */
export const chartSeries = ({ tool }: PageChoice): readonly string[] =>
  [...CHARTS, ...(tool === undefined ? [] : toolCharts(tool))].flatMap(({ lines }) =>
    lines.map(({ series }) => series),
  );

/** A baseline that is farther above the series than so many times would press it flat: it is told, not drawn. */
const FARTHEST = 3;

/** A level that holds all the time, as a line if it is near enough to the others, else in words. */
export function levelLine(
  chart: LineChart,
  level: number | null,
  { name, tone }: { readonly name: string; readonly tone: LineTone },
): ChartLine | undefined {
  const values = chart.lines.flatMap((line) => line.values.filter((value) => value !== null));
  if (level === null || values.length === 0 || level > FARTHEST * Math.max(...values)) return undefined;
  return { name, tone, values: chart.timesMs.map(() => level) };
}

/** Charts are at least so wide, however young the sidecar is. */
const LEAST_SPAN_MS = 5 * 60_000;

/** Where all charts of an answer begin: with the first value, so that a young sidecar does not show emptiness. */
export function chartsFrom({ fromMs, toMs, stepMs, timesMs, series }: SeriesAnswer): number {
  const first = timesMs.findIndex((_, n) => series.some(({ mean }) => (mean[n] ?? null) !== null));
  const firstMs = timesMs[first] ?? fromMs;
  return Math.max(fromMs, Math.min(firstMs - stepMs, toMs - LEAST_SPAN_MS));
}

/** A chart with its data; undefined where none of its series is known. */
export function toLineChart(
  spec: ChartSpec,
  answer: SeriesAnswer,
  model: PageModel,
): (LineChart & { readonly baseline: number | null }) | undefined {
  const lines = spec.lines.flatMap(({ series, name, tone }): ChartLine[] => {
    const column = answer.series.find((each) => each.name === series);
    return column?.mean.some((value) => value !== null) === true ? [{ name, tone, values: column.mean }] : [];
  });
  if (lines.length === 0) return undefined;
  const { toMs, timesMs } = answer;
  const chart: LineChart = { unit: spec.unit, fromMs: chartsFrom(answer), toMs, timesMs, lines };
  const row = model.health.rows.find(({ figure }) => figure === spec.baseline);
  const baseline = row?.baseline ?? null;
  const line = levelLine(chart, baseline, { name: 'baseline', tone: 'baseline' });
  return { ...chart, lines: line === undefined ? lines : [...lines, line], baseline };
}
