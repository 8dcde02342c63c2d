import { z } from 'zod';

/** One series of an answer. */
export interface PrometheusSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Unix times in milliseconds, rising. */
  readonly timesMs: Float64Array;
  /** One for each time; may be NaN or infinite. */
  readonly values: Float64Array;
}

/** What an expression came to. */
export interface PrometheusAnswer {
  /** A scalar is a series without labels and with one point, as is each element of an instant vector. */
  readonly series: readonly PrometheusSeries[];
  /** What the server says about the result, e.g. that a part of it is missing. */
  readonly warnings: readonly string[];
}

const envelope = z.object({
  status: z.enum(['success', 'error']),
  errorType: z.string().optional(),
  error: z.string().optional(),
  warnings: z.array(z.string()).optional(),
  data: z.object({ resultType: z.string(), result: z.array(z.unknown()) }).optional(),
});

/** The part around the result, as every answer of the API has it. */
export type PrometheusEnvelope = z.infer<typeof envelope>;

/** Reads an answer's JSON; undefined if it is not the API's. */
export function readEnvelope(text: string): PrometheusEnvelope | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  return envelope.safeParse(json).data;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isLabels(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every((text) => typeof text === 'string');
}

const INFINITE: Readonly<Record<string, number>> = { '+Inf': Infinity, '-Inf': -Infinity, Inf: Infinity };

const NUMBER = /^(?:NaN|[+-]?\d+(?:\.\d*)?(?:e[+-]?\d+)?)$/i;

function numberOf(text: unknown): number {
  if (typeof text === 'string') {
    const infinite = INFINITE[text];
    if (infinite !== undefined) return infinite;
    if (NUMBER.test(text)) return Number(text);
  }
  throw new Error(`want a number as text, got ${JSON.stringify(text)?.slice(0, 40)}`);
}

// A range may hold millions of points: they are read by hand, not by a schema.
function toSeries(labels: Readonly<Record<string, string>>, points: readonly unknown[]): PrometheusSeries {
  const timesMs = new Float64Array(points.length);
  const values = new Float64Array(points.length);
  for (const [index, point] of points.entries()) {
    const [seconds, text]: readonly unknown[] = Array.isArray(point) ? point : [];
    if (typeof seconds !== 'number') throw new Error('want points of a time and a value, got something else');
    timesMs[index] = Math.round(seconds * 1000);
    values[index] = numberOf(text);
  }
  return { labels, timesMs, values };
}

function elementSeries(element: unknown, resultType: string): PrometheusSeries | undefined {
  const { metric, value, values }: Readonly<Record<string, unknown>> = isObject(element) ? element : {};
  if (!isLabels(metric)) throw new Error('want series with labels, got something else');
  const points = resultType === 'vector' && value !== undefined ? [value] : values;
  // A series of native histograms has no numbers.
  if (points === undefined) return undefined;
  if (!Array.isArray(points)) throw new Error('want a list of points, got something else');
  return toSeries(metric, points);
}

/**
 * Reads the result of a query. Source: Prometheus, "HTTP API", expression query result formats.
 * @throws Error if it is neither numbers nor series of numbers.
 */
export function readResult({ data, warnings = [] }: PrometheusEnvelope): PrometheusAnswer {
  if (data === undefined) throw new Error('want a result, got none');
  const { resultType, result } = data;
  if (resultType === 'scalar') return { series: [toSeries({}, [result])], warnings };
  if (resultType !== 'vector' && resultType !== 'matrix') {
    throw new Error(`want a scalar, a vector or a matrix, got a ${resultType.slice(0, 20)}`);
  }
  const series = result.map((element) => elementSeries(element, resultType));
  const numeric = series.filter((one) => one !== undefined);
  const left = series.length - numeric.length;
  return {
    series: numeric,
    warnings: left === 0 ? warnings : [...warnings, `${left} series of native histograms are left out`],
  };
}
