/** Memory and open sessions at one time. */
export interface SessionMemory {
  /** Any clock that does not go back, in milliseconds. */
  readonly atMs: number;
  readonly bytes: number;
  readonly sessions: number;
}

/** Estimates what an open session takes of a server's memory, from how the two move together. */
export interface BytesPerSession {
  readonly add: (sample: SessionMemory) => void;
  /** Bytes that a session more takes; undefined while too little moved, or memory moves otherwise. */
  readonly estimate: () => number | undefined;
  /** Forgets everything, as for a process that started anew. */
  readonly reset: () => void;
}

const BIN_MS = 5 * 60_000;
/** Six hours. */
const BINS = 72;
/** Memory that creeps for another reason must not be charged to the sessions: only what moves within an hour counts. */
const MOST_LAG = 12;
const LEAST_PAIRS = 12;
/** Sessions that must have come or gone in all pairs together. */
const LEAST_MOVES = 24;

interface Bin {
  readonly index: number;
  count: number;
  bytes: number;
  sessions: number;
}

interface Pair {
  readonly slope: number;
  /** Sessions that came or went. */
  readonly weight: number;
  readonly rises: boolean;
}

/** Share of the weight that is enough to tell what memory does while sessions come, or go. */
const ENOUGH = 0.2;

const weightOf = (pairs: readonly Pair[]): number => pairs.reduce((sum, { weight }) => sum + weight, 0);

/** The value below which a share of the weight lies; the pairs are sorted by their slopes. */
function weightedQuantile(pairs: readonly Pair[], share: number): number {
  const weight = weightOf(pairs);
  let below = 0;
  for (const pair of pairs) {
    below += pair.weight;
    if (below >= weight * share) return pair.slope;
  }
  return pairs.at(-1)?.slope ?? Number.NaN;
}

/** The middle slope; where sessions come as well as go that of both, so that a creep beside them cancels out. */
function middle(pairs: readonly Pair[]): number {
  const weight = weightOf(pairs);
  const ways = [true, false].map((rises) => pairs.filter((pair) => pair.rises === rises));
  const isBoth = ways.every((way) => weightOf(way) >= weight * ENOUGH);
  const medians = (isBoth ? ways : [pairs]).map((way) => weightedQuantile(way, 0.5));
  return medians.reduce((sum, median) => sum + median, 0) / medians.length;
}

/**
 * Follows both in bins of five minutes over six hours. The estimate is the median of the slopes between bins of less
 * than an hour's distance, weighted by how many sessions came or went between them: a few jumps of the memory, such as
 * a garbage collection's, do not move it (the weighted median of Jaeckel 1972). Without an agreement
 * on the sign there is none.
 */
export function createBytesPerSession(): BytesPerSession {
  let bins: Bin[] = [];

  const pairs = (): readonly Pair[] => {
    const found: Pair[] = [];
    for (const [at, later] of bins.entries()) {
      for (const earlier of bins.slice(Math.max(0, at - MOST_LAG), at)) {
        const moved = later.sessions / later.count - earlier.sessions / earlier.count;
        if (later.index - earlier.index > MOST_LAG || Math.abs(moved) < 1) continue;
        const grown = later.bytes / later.count - earlier.bytes / earlier.count;
        found.push({ slope: grown / moved, weight: Math.abs(moved), rises: moved > 0 });
      }
    }
    return found.toSorted((one, other) => one.slope - other.slope);
  };

  return {
    add: ({ atMs, bytes, sessions }) => {
      if (!Number.isFinite(atMs) || !Number.isFinite(bytes) || !Number.isFinite(sessions)) return;
      const index = Math.floor(atMs / BIN_MS);
      const last = bins.at(-1);
      if (last !== undefined && index < last.index) return;
      if (last === undefined || index > last.index) {
        bins.push({ index, count: 1, bytes, sessions });
        if (bins.length > BINS || (bins[0]?.index ?? index) <= index - BINS) {
          bins = bins.filter((bin) => bin.index > index - BINS);
        }
        return;
      }
      last.count += 1;
      last.bytes += bytes;
      last.sessions += sessions;
    },
    estimate: () => {
      const sorted = pairs();
      if (sorted.length < LEAST_PAIRS || weightOf(sorted) < LEAST_MOVES) return undefined;
      const estimate = middle(sorted);
      return weightedQuantile(sorted, 0.25) > 0 && estimate > 0 ? estimate : undefined;
    },
    reset: () => {
      bins = [];
    },
  };
}
