import { z } from 'zod';
import type { Windows } from '../../src/rules/rule-model.ts';
import { declaredWindows } from '../../src/rules/windows.ts';
import type { PanelFile } from './dashboard-file.ts';
import { interpolate, legendOf, type VariableValues } from './interpolate.ts';

/** A time to draw, in Unix seconds. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** A series of a query, with its name in the legend. */
export interface Series {
  readonly refId: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Times in Unix seconds and values; NaN and infinities are left out. */
  readonly points: readonly (readonly [time: number, value: number])[];
}

/** What Prometheus has for a panel. */
export interface PanelData {
  readonly series: readonly Series[];
  /** What is wrong with a query: an error of Prometheus', or that it found nothing finite. */
  readonly problems: readonly { readonly refId: string; readonly text: string }[];
}

const labels = z.record(z.string(), z.string());
const point = z.tuple([z.number(), z.string()]);
const answer = z.object({
  status: z.string(),
  error: z.string().optional(),
  data: z
    .object({
      result: z.array(
        z.object({ metric: labels, value: point.optional(), values: z.array(point).optional() }),
      ),
    })
    .optional(),
});

/** Asks a Prometheus at this origin; a range where `range` is true, else the present. */
export async function ask(
  origin: string,
  expr: string,
  time: TimeRange,
  range: boolean,
): Promise<z.infer<typeof answer>> {
  const when = range
    ? { start: String(time.from), end: String(time.to), step: String(time.step) }
    : { time: String(time.to) };
  const response = await fetch(`${origin}/api/v1/${range ? 'query_range' : 'query'}`, {
    method: 'POST',
    body: new URLSearchParams({ query: expr, ...when }),
  });
  return answer.parse(await response.json());
}

/** Ranges that an expression states itself, turned as those of the rules were. */
const inWindows = (expr: string, windows: Windows): string =>
  expr.replaceAll(
    /\[(\d+[smhd])(:?)\]/g,
    (_, duration: string, colon: string) => `[${windows(duration)}${colon}]`,
  );

/**
 * Runs the queries of a panel as Grafana would.
 * @param windows how the rules' durations were changed; the panel's own ranges are changed alike.
 */
export async function panelData(
  panel: PanelFile,
  origin: string,
  time: TimeRange,
  values: VariableValues,
  windows: Windows = declaredWindows,
): Promise<PanelData> {
  const asked = await Promise.all(
    panel.targets.map(async ({ refId, expr, legendFormat, range }) => {
      const { error, data } = await ask(origin, interpolate(inWindows(expr, windows), values), time, range);
      const series = (data?.result ?? []).map(({ metric, value, values: many }): Series => ({
        refId,
        name: legendOf(legendFormat, metric),
        labels: metric,
        points: (many ?? (value ? [value] : []))
          .map(([at, text]) => [at, Number(text)] as const)
          .filter(([, each]) => Number.isFinite(each)),
      }));
      const found = series.filter(({ points }) => points.length > 0);
      const text = error ?? (found.length === 0 ? 'want finite values, got none' : undefined);
      return {
        series: found,
        problems: text === undefined ? [] : [{ refId, text: `query ${refId}: ${text}` }],
      };
    }),
  );
  return {
    series: asked.flatMap((each) => each.series),
    problems: asked.flatMap((each) => each.problems),
  };
}
