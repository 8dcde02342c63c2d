/** What a figure of a load test is of. */
export const BENCH_MEASURES = [
  'throughput',
  'min',
  'p50',
  'p75',
  'p90',
  'p95',
  'p99',
  'p99.9',
  'max',
  'mean',
  'errors',
  'cpu',
  'memory',
  'connections',
  'instances',
  'efficiency',
  'recovery',
] as const;

/**
 * A measure of a load test. Its unit: requests answered well a second (`throughput`), milliseconds (latencies),
 * a share from 0 to 1 (`errors`, `cpu`, `efficiency`), bytes (`memory`), seconds (`recovery`), a number (the others).
 */
export type BenchMeasure = (typeof BENCH_MEASURES)[number];

/** Which part of a run a figure belongs to. */
export type BenchScope =
  | { readonly of: 'run' }
  | { readonly of: 'tool'; readonly tool: string; readonly batchSize?: number }
  | { readonly of: 'phase'; readonly phase: string }
  | { readonly of: 'hour'; readonly hour: number }
  | { readonly of: 'minute'; readonly minute: number }
  | { readonly of: 'instances'; readonly instances: number };

/** A figure that was measured, or that is expected. */
export interface BenchFigure {
  readonly scope: BenchScope;
  readonly measure: BenchMeasure;
  readonly value: number;
}

/** A figure that a baseline lets expect. */
export interface ExpectedFigure extends BenchFigure {
  /** Heading of the table that it stands in, or the name of what it was worked out from. */
  readonly source: string;
}

/** What a baseline lets expect of a profile. */
export interface ProfileExpectation {
  readonly figures: readonly ExpectedFigure[];
  /** Share of each kind among the failed requests, 0 to 1, where the table breaks them down. */
  readonly errorShares?: Readonly<Record<string, number>>;
  /** In what the baseline's configuration differs from this run's, and what was not moved to it. */
  readonly remarks: readonly string[];
}

/** The part of a run in words: `run`, `tool get_user`, `tool process_batch × 50`, `hour 4`. */
export function scopeText(scope: BenchScope): string {
  switch (scope.of) {
    case 'run':
      return 'run';
    case 'tool':
      return scope.batchSize === undefined ? `tool ${scope.tool}` : `tool ${scope.tool} × ${scope.batchSize}`;
    case 'phase':
      return `phase ${scope.phase}`;
    case 'hour':
      return `hour ${scope.hour}`;
    case 'minute':
      return `minute ${scope.minute}`;
    case 'instances':
      return scope.instances === 1 ? '1 instance' : `${scope.instances} instances`;
    default:
      return scope satisfies never;
  }
}
