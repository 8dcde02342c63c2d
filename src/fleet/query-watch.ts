import { labelsKey, labelsText, type Labels } from '../model/labels.ts';
import { isOfShard, type Shard } from '../model/shard.ts';
import { askPiece, type Piece } from './ask-piece.ts';
import { ChunkSpan } from './chunk-span.ts';
import type { EvaluationPace } from './evaluation-pace.ts';
import type { Joined } from './join-series.ts';
import type { QueryRange } from './queried-series.ts';
import { TrackedSeries } from './tracked-series.ts';
import type { WatchedQuery } from './watched-query.ts';

/** Room for series that several queries share. */
export interface SeriesRoom {
  readonly most: number;
  taken: number;
}

/** How a query is watched. */
export interface QueryWatchOptions {
  readonly query: WatchedQuery;
  readonly ask: QueryRange;
  readonly stepMs: number;
  readonly shard: Shard;
  readonly room: SeriesRoom;
  /** How long a series without samples is remembered, in milliseconds. */
  readonly forgetMs: number;
  /** Time that one question may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Called often in long work, to let everything else have its turn. */
  readonly breathe: () => Promise<void>;
  /** Told of what an operator may mend, in one line; the same line may come again. */
  readonly onProblem: (text: string) => void;
}

/** Up to when a query is watched. */
export interface Advance {
  /** Counts where nothing is known yet, or only up to an earlier time. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly pace: EvaluationPace;
  readonly signal: AbortSignal;
}

/** Watches every series of a query that is of a shard. */
export interface QueryWatch {
  readonly query: WatchedQuery;
  /** In the order in which they were first seen. */
  readonly series: () => Iterable<TrackedSeries>;
  /** Series of the last answer that are not watched for want of room. */
  readonly refused: () => number;
  /** Time up to which it asked; undefined before the first answer. */
  readonly knownToMs: () => number | undefined;
  /**
   * Goes on to a time: asks for what is new, piece by piece, and concludes of it. What was learnt before a failure
   * stays; the next call goes on from there.
   * @throws Error if a question failed again and again, worded for an operator.
   */
  readonly advance: (advance: Advance) => Promise<void>;
}

/** Attempts at one piece, each at half of the span of the one before. */
const ATTEMPTS = 3;

/** Finds what belongs to a series, and tells the first time that there is none, or several that cannot be told apart. */
function createJoining(onProblem: (text: string) => void) {
  const told = new Set<string>();
  const tell = (part: string, found: Joined['found'], text: string): undefined => {
    if (!told.has(`${part} ${found}`)) onProblem(`${part} query: ${text}`);
    told.add(`${part} ${found}`);
  };
  return (part: 'limit' | 'load' | 'start', { [part]: join }: Piece, labels: Labels) => {
    if (join === undefined) return undefined;
    const joined = join(labels);
    const { found } = joined;
    const whose = labelsText(labels);
    switch (found) {
      case 'one':
        return joined.series;
      case 'none':
        return tell(part, found, `want a series for each, got none for ${whose}`);
      case 'several': {
        const how = 'aggregate it, or name the labels to join on';
        return tell(part, found, `want one series for each, got ${joined.count} for ${whose}; ${how}`);
      }
      default:
        return found satisfies never;
    }
  };
}

/** Makes a watch that knows nothing yet. */
export function createQueryWatch(options: QueryWatchOptions): QueryWatch {
  const { query, ask, stepMs, shard, room, forgetMs, timeoutMs, breathe, onProblem } = options;
  const tracked = new Map<string, TrackedSeries>();
  const span = new ChunkSpan(stepMs);
  const joining = createJoining(onProblem);
  let knownToMs: number | undefined;
  let refused = 0;

  const trackedOf = (labels: Labels): TrackedSeries | undefined => {
    const key = labelsKey(labels);
    if (!isOfShard(key, shard)) return undefined;
    const known = tracked.get(key);
    if (known !== undefined) return known;
    if (room.taken >= room.most) {
      refused++;
      return undefined;
    }
    room.taken++;
    const made = new TrackedSeries(labels, query.settings);
    tracked.set(key, made);
    return made;
  };

  const take = async (piece: Piece, pace: EvaluationPace): Promise<void> => {
    refused = 0;
    for (const value of piece.values) {
      const series = trackedOf(value.labels);
      if (series === undefined) continue;
      const { labels } = value;
      series.take(
        {
          value,
          limit: query.limit ?? joining('limit', piece, labels),
          load: joining('load', piece, labels),
          start: joining('start', piece, labels),
        },
        pace,
      );
      await breathe();
    }
  };

  /** The next piece that is answered, and its end. */
  const nextPiece = async (fromMs: number, { toMs, signal }: Advance): Promise<readonly [Piece, number]> => {
    for (let attempt = 1; ; attempt++) {
      const endMs = Math.min(toMs, fromMs + span.ms);
      try {
        const question = { ask, fromMs, toMs: endMs, stepMs, timeoutMs, signal, onWarning: onProblem };
        const piece = await askPiece(query, question);
        span.answered(Math.floor((endMs - fromMs) / stepMs) + 1, piece.points);
        return [piece, endMs];
      } catch (error) {
        span.refused();
        if (attempt === ATTEMPTS || signal.aborted) throw error;
      }
    }
  };

  const forget = (nowMs: number): void => {
    for (const [key, { lastMs }] of tracked) {
      if (nowMs - lastMs < forgetMs) continue;
      tracked.delete(key);
      room.taken--;
    }
  };

  return {
    query,
    series: () => tracked.values(),
    refused: () => refused,
    knownToMs: () => knownToMs,
    advance: async (advance) => {
      const { fromMs, toMs, pace, signal } = advance;
      let nextMs = knownToMs === undefined ? fromMs : Math.max(fromMs, knownToMs + stepMs);
      while (nextMs <= toMs) {
        signal.throwIfAborted();
        const [piece, endMs] = await nextPiece(nextMs, advance);
        await take(piece, pace);
        knownToMs = endMs;
        nextMs = endMs + stepMs;
        // A week of pods that come and go must not have to be remembered all at once.
        forget(endMs);
      }
      for (const series of tracked.values()) {
        // One that is silent is concluded of no more.
        if (series.lastMs > (series.verdict?.atMs ?? -Infinity)) {
          series.evaluate(Math.min(toMs, series.lastMs + stepMs), pace);
        }
        await breathe();
      }
    },
  };
}
