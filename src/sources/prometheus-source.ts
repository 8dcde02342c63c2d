import type { Sample, SampleName } from '../model/sample.ts';
import type { Source } from '../model/source.ts';
import { checkTargets, isOutOfRange, targetText, toSample } from './mapped-sample-checks.ts';
import { createProblemNotes } from './mapped-sample-problems.ts';
import { createPrometheusApi } from './prometheus-api.ts';
import type { PrometheusApi, PrometheusApiOptions } from './prometheus-api.ts';

/** An expression and the sample of ours that its value becomes. */
export interface PrometheusQuery {
  readonly query: string;
  readonly to: SampleName;
  readonly labels: Readonly<Record<string, string>>;
}

/** What is asked of which server. */
export interface PrometheusSourceOptions extends PrometheusApiOptions {
  readonly queries: readonly PrometheusQuery[];
  /**
   * Time for one query, in milliseconds: less than a reading may take, so that one slow query does not cost the
   * samples of the others. Without it only the reading's deadline ends a query.
   */
  readonly queryTimeoutMs?: number;
  /** Told once when a query stops giving a sample for a reason that an operator may mend. */
  readonly onProblem: (text: string) => void;
}

/** What one query came to: a problem may come with a sample, e.g. a warning. */
interface Outcome {
  readonly target: string;
  readonly sample?: Sample;
  readonly problem?: { readonly kind: string; readonly text: string; readonly isFailure: boolean };
}

/** Queries at a time: the server has others to serve. */
const CONCURRENCY = 3;

function toOutcome(query: PrometheusQuery, answer: Awaited<ReturnType<PrometheusApi['instant']>>): Outcome {
  const target = targetText(query);
  const failure = (kind: string, text: string): Outcome => ({
    target,
    problem: { kind, text, isFailure: true },
  });
  const { series, warnings } = answer;
  if (series.length > 1) return failure('several', `want one series, got ${series.length}`);
  const points = series[0]?.values;
  if (points !== undefined && points.length > 1) {
    return failure('range', `want one value, got a range of ${points.length}`);
  }
  const value = points?.[0];
  if (value !== undefined && isOutOfRange(query.to, value)) {
    return failure('out of range', `want a ratio from 0 to 1, got ${value}`);
  }
  const [warning] = warnings;
  return {
    target,
    ...(value !== undefined && Number.isFinite(value) && { sample: toSample(query, value) }),
    ...(warning !== undefined && { problem: { kind: warning, text: warning, isFailure: false } }),
  };
}

/** Runs work on each item, few at a time; the results are in the order of the items. */
async function mapFew<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return results;
}

/**
 * Makes samples of instant queries to a Prometheus-compatible API. A query must come to one number; to none, or to
 * NaN or an infinity, it has no sample. One that fails does not hurt the others; a reading fails if all do.
 * @throws Error if a query has not the labels of its metric, or the credentials cannot be sent.
 */
export function createPrometheusSource(options: PrometheusSourceOptions): Source {
  checkTargets(options.queries);
  const api = createPrometheusApi(options);
  const note = createProblemNotes((text) => options.onProblem(`${api.subject}: ${text}`));
  const { queries, queryTimeoutMs } = options;

  const run = async (query: PrometheusQuery, reading: AbortSignal): Promise<Outcome> => {
    const signal =
      queryTimeoutMs === undefined
        ? reading
        : AbortSignal.any([reading, AbortSignal.timeout(queryTimeoutMs)]);
    try {
      return toOutcome(query, await api.instant(query.query, { signal }));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const text = message.replace(`${api.subject}: `, '');
      return { target: targetText(query), problem: { kind: text, text, isFailure: true } };
    }
  };

  return {
    read: async (signal) => {
      const outcomes = await mapFew(queries, (query) => run(query, signal));
      const failures = outcomes.filter(({ problem }) => problem?.isFailure === true);
      const [first] = failures;
      if (first?.problem !== undefined && failures.length === queries.length) {
        throw new Error(`${api.subject}: ${first.target}: ${first.problem.text}`);
      }
      for (const { target, problem } of outcomes) {
        note(target, problem && { kind: problem.kind, text: `${target}: ${problem.text}` });
      }
      return outcomes.flatMap(({ sample }) => (sample === undefined ? [] : [sample]));
    },
    stop: api.close,
  };
}
