import type { PrometheusAnswer, PrometheusSeries } from './prometheus-answer.ts';

/** A server refuses a range of more points than this for a series. */
const CHUNK_POINTS = 11_000;
/** More would not be read by anybody and fill the memory. */
const MOST_POINTS = 1_000_000;

/** Points in time from `fromMs` to at most `toMs`, `stepMs` apart; Unix times in milliseconds. */
export interface TimeGrid {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/**
 * Cuts a range into such that a server takes; put together they are the points of the whole.
 * @throws RangeError if it is not a range.
 */
export function chunksOf({ fromMs, toMs, stepMs }: TimeGrid): readonly TimeGrid[] {
  if (!Number.isFinite(stepMs) || stepMs < 1) {
    throw new RangeError(`range: want a step of at least 1 ms, got ${stepMs}`);
  }
  const points = Math.floor((toMs - fromMs) / stepMs) + 1;
  if (!(points >= 1))
    throw new RangeError(`range: want an end not before the start, got ${fromMs} to ${toMs}`);
  if (points > MOST_POINTS) {
    throw new RangeError(`range: want at most ${MOST_POINTS} points for a series, got ${points}`);
  }
  return Array.from({ length: Math.ceil(points / CHUNK_POINTS) }, (_, chunk) => {
    const from = fromMs + chunk * CHUNK_POINTS * stepMs;
    return { fromMs: from, toMs: Math.min(toMs, from + (CHUNK_POINTS - 1) * stepMs), stepMs };
  });
}

const labelKey = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));

function concat(arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((length, array) => length + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

/** Joins the answers for chunks of one range, given in the order of time. */
export function joinAnswers(answers: readonly PrometheusAnswer[]): PrometheusAnswer {
  const [only, ...others] = answers;
  if (only !== undefined && others.length === 0) return only;
  const parts = new Map<string, PrometheusSeries[]>();
  for (const series of answers.flatMap((answer) => answer.series)) {
    const key = labelKey(series.labels);
    const known = parts.get(key);
    if (known === undefined) parts.set(key, [series]);
    else known.push(series);
  }
  return {
    series: [...parts.values()].map((series) => ({
      labels: series[0]?.labels ?? {},
      timesMs: concat(series.map(({ timesMs }) => timesMs)),
      values: concat(series.map(({ values }) => values)),
    })),
    warnings: [...new Set(answers.flatMap(({ warnings }) => warnings))],
  };
}
