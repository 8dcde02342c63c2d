import { createJoin, type Join } from './join-series.ts';
import type { QueriedSeries, QueryRange } from './queried-series.ts';
import type { WatchedQuery } from './watched-query.ts';

/** A piece of time of all series of a query, with what belongs to them. */
export interface Piece {
  readonly values: readonly QueriedSeries[];
  /** Undefined: it was not asked for. */
  readonly limit: Join | undefined;
  readonly load: Join | undefined;
  readonly start: Join | undefined;
  /** Samples in all answers. */
  readonly points: number;
}

/** Which piece, and how it is asked for. */
export interface PieceQuestion {
  readonly ask: QueryRange;
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Told what a server says beside its answer. */
  readonly onWarning: (text: string) => void;
}

const pointsOf = (series: readonly QueriedSeries[]): number =>
  series.reduce((sum, { timesMs }) => sum + timesMs.length, 0);

/**
 * Asks for a piece: all of its expressions, or none. A growth whose load or limit could not be asked for would be
 * judged wrongly.
 * @throws Error `load query: prometheus http://host:9090: connection refused`.
 */
export async function askPiece(query: WatchedQuery, question: PieceQuestion): Promise<Piece> {
  const { ask, fromMs, toMs, stepMs, timeoutMs, onWarning } = question;
  const ended = new AbortController();
  const signal = AbortSignal.any([question.signal, ended.signal, AbortSignal.timeout(timeoutMs)]);
  const answer = async (part: string, expr: string | undefined): Promise<readonly QueriedSeries[]> => {
    if (expr === undefined) return [];
    try {
      const { series, warnings } = await ask(expr, { fromMs, toMs, stepMs, signal });
      for (const warning of warnings) onWarning(`${part}: ${warning}`);
      return series;
    } catch (cause) {
      throw new Error(`${part}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  };
  const limitQuery = query.limit === undefined ? query.limitQuery : undefined;
  const join = (expr: string | undefined, series: readonly QueriedSeries[]): Join | undefined =>
    expr === undefined ? undefined : createJoin(series, query.on);
  try {
    const [values, limits, loads, starts] = await Promise.all([
      answer('query', query.query),
      answer('limit query', limitQuery),
      answer('load query', query.loadQuery),
      answer('start query', query.startQuery),
    ]);
    return {
      values,
      limit: join(limitQuery, limits),
      load: join(query.loadQuery, loads),
      start: join(query.startQuery, starts),
      points: [values, limits, loads, starts].reduce((sum, series) => sum + pointsOf(series), 0),
    };
  } finally {
    // After a failure of one the others are of no use.
    ended.abort();
  }
}
