/** What had been counted of sessions until one moment, and what sources said then. */
export interface Checkpoint {
  /** Sessions open. */
  readonly active: number;
  /** Sessions ended by DELETE so far. */
  readonly deleted: number;
  /** Sessions given up so far whose server was not told, without those that came back. */
  readonly left: number;
  /** Requests so far. */
  readonly calls: number;
  /** How many sessions the server says it holds. */
  readonly serverSessions: number | undefined;
  /** Least memory of the server from here to the next checkpoint, in bytes. */
  readonly memoryLowBytes: number | undefined;
}

/** That a server keeps sessions, or what they took, after their DELETE: by its own count, or by its memory. */
export type AfterDelete =
  | {
      readonly kind: 'server_count';
      /** Sessions ended by DELETE since the first checkpoint. */
      readonly deleted: number;
      /** Sessions that the server says it holds. */
      readonly held: number;
      /** Of these, gained since the first checkpoint and neither open nor left behind. */
      readonly kept: number;
    }
  | { readonly kind: 'memory'; readonly deleted: number; readonly bytesPerSession: number };

const LEAST_DELETED = 10;
/** Share of the deleted sessions that the server must have kept. */
const LEAST_KEPT = 0.5;

const LEAST_PAIRS = 8;
const LEAST_BYTES = 1024;
/** Share of the steps in which memory must have grown. */
const LEAST_GROWING = 0.8;
const LEAST_CORRELATION = 0.7;
/** How much better growth must go with deleted sessions than with requests, or it may be either's. */
const LEAST_LEAD = 0.1;

/**
 * What can be seen of a server after DELETE; undefined if it lets go of sessions, or nothing shows what it does.
 * @param points of one life of the server's process, oldest first, at equal distances.
 * @param now the newest moment; of its memory nothing need be known.
 */
export function readAfterDelete(points: readonly Checkpoint[], now: Checkpoint): AfterDelete | undefined {
  return byServerCount(points, now) ?? byMemory(points);
}

function byServerCount(points: readonly Checkpoint[], now: Checkpoint): AfterDelete | undefined {
  const first = points.find(({ serverSessions }) => serverSessions !== undefined);
  if (first?.serverSessions === undefined || now.serverSessions === undefined) return undefined;
  // Sessions that came past the sidecar, or were there before it, were in the count from the start.
  const explained = now.active + now.left - first.active - first.left;
  const kept = now.serverSessions - first.serverSessions - explained;
  const deleted = now.deleted - first.deleted;
  if (deleted < LEAST_DELETED || kept < deleted * LEAST_KEPT) return undefined;
  return { kind: 'server_count', deleted, held: now.serverSessions, kept };
}

/** Growth of the memory's low from one checkpoint to the next, and what went on meanwhile. */
interface Step {
  readonly growth: number;
  readonly deleted: number;
  readonly calls: number;
}

function byMemory(points: readonly Checkpoint[]): AfterDelete | undefined {
  // Not the first, in which a server warms up, nor the last, whose low may be yet to come.
  const steps = stepsOf(points.slice(1, -1));
  if (steps.length < LEAST_PAIRS) return undefined;
  const growing = steps.filter(({ growth }) => growth > 0).length / steps.length;
  if (growing < LEAST_GROWING) return undefined;
  const growth = steps.map((step) => step.growth);
  const deleted = steps.map((step) => step.deleted);
  const withDeleted = correlation(growth, deleted);
  const withCalls = correlation(
    growth,
    steps.map((step) => step.calls),
  );
  // At a steady pace nobody can tell what memory grows with; then nothing is said.
  if (!(withDeleted >= LEAST_CORRELATION) || withCalls > withDeleted - LEAST_LEAD) return undefined;
  const bytesPerSession = throughOrigin(growth, deleted);
  if (bytesPerSession < LEAST_BYTES) return undefined;
  return { kind: 'memory', deleted: deleted.reduce((sum, count) => sum + count, 0), bytesPerSession };
}

function stepsOf(points: readonly Checkpoint[]): readonly Step[] {
  return points.slice(1).flatMap((to, index) => {
    const from = points[index];
    if (from?.memoryLowBytes === undefined || to.memoryLowBytes === undefined) return [];
    return [
      {
        growth: to.memoryLowBytes - from.memoryLowBytes,
        deleted: to.deleted - from.deleted,
        calls: to.calls - from.calls,
      },
    ];
  });
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const products = (ys: readonly number[], xs: readonly number[]): number =>
  ys.reduce((sum, y, index) => sum + y * (xs[index] ?? 0), 0);

/** Pearson's; 0 where one of both does not vary. */
function correlation(ys: readonly number[], xs: readonly number[]): number {
  const [yMean, xMean] = [mean(ys), mean(xs)];
  const y = ys.map((value) => value - yMean);
  const x = xs.map((value) => value - xMean);
  const spread = Math.sqrt(products(y, y) * products(x, x));
  return spread === 0 ? 0 : products(y, x) / spread;
}

/** Slope of the line through the origin that fits best. */
const throughOrigin = (ys: readonly number[], xs: readonly number[]): number =>
  products(ys, xs) / products(xs, xs);
