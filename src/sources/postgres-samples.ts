import type { Sample } from '../model/sample.ts';
import { hitRate } from './counter-delta.ts';
import { poolUsage, wholeServer } from './postgres-pools.ts';
import type { PostgresPool } from './postgres-pools.ts';
import type { PostgresReading, SessionGroup } from './postgres-reading.ts';

/** PostgreSQL's words for the state of a session and the value of our label `state`. */
const states: Readonly<Record<string, string>> = {
  active: 'active',
  idle: 'idle',
  'idle in transaction': 'idle_in_transaction',
  'idle in transaction (aborted)': 'idle_in_transaction_aborted',
  'fastpath function call': 'fastpath',
  disabled: 'disabled',
  starting: 'starting',
};

/** Block accesses since the reading before, where they are known. */
export type BlockDelta = Readonly<Record<'blocksHit' | 'blocksRead', number>> | undefined;

/**
 * The samples of one reading.
 *
 * Sessions are those of all databases, since they share max_connections; deadlocks and block accesses are of the
 * connected database. The accesses of autovacuum, which visits every database each `autovacuum_naptime`, count like
 * those of clients: a database that nobody uses may show a hit rate of about 1. What may not be seen or is not tracked
 * has no sample.
 */
export function postgresSamples(
  { counts, sessions }: PostgresReading,
  blocks: BlockDelta,
  pools: readonly PostgresPool[],
): readonly Sample[] {
  const samples: Sample[] = [{ name: 'mcp_postgres_deadlocks_total', labels: {}, value: counts.deadlocks }];
  const rate = blocks && hitRate(blocks.blocksHit, blocks.blocksRead);
  if (rate !== undefined)
    samples.push({ name: 'cache_hit_rate', labels: { cache_type: 'postgres' }, value: rate });
  if (sessions === undefined) return samples;
  samples.push({ name: 'mcp_postgres_max_connections', labels: {}, value: counts.maxConnections });
  for (const pool of pools.length > 0 ? pools : [wholeServer]) {
    const value = poolUsage(pool, sessions, counts);
    if (value === undefined) continue;
    samples.push({ name: 'connection_pool_usage', labels: { pool_type: pool.poolType }, value });
  }
  return [...samples, ...sessionSamples(sessions)];
}

/** What to tell an operator about what cannot be seen; undefined if everything can. */
export function visibilityProblem(
  sessions: readonly SessionGroup[] | undefined,
  user: string,
): string | undefined {
  if (sessions?.some(({ hidden }) => hidden)) {
    return `want the role pg_monitor for user "${user}", got sessions whose state is hidden`;
  }
  if (sessions?.some(({ state }) => state === 'disabled')) {
    return 'want track_activities on, got sessions whose state is not tracked';
  }
  return undefined;
}

function sessionSamples(sessions: readonly SessionGroup[]): readonly Sample[] {
  if (sessions.some(({ hidden }) => hidden)) return [];
  const byState = new Map(Object.values(states).map((state) => [state, 0]));
  for (const { state, sessions: count } of sessions) {
    const label = state === null ? 'starting' : (states[state] ?? 'other');
    byState.set(label, (byState.get(label) ?? 0) + count);
  }
  const samples: Sample[] = [...byState].map(([state, value]) => ({
    name: 'mcp_postgres_sessions',
    labels: { state },
    value,
  }));
  const waiting = sessions.reduce((sum, group) => sum + group.waiting, 0);
  samples.push({ name: 'mcp_postgres_waiting_sessions', labels: {}, value: waiting });
  // A session that does not track its activity does not tell when its transaction began.
  if (sessions.some(({ state }) => state === 'disabled')) return samples;
  const oldest = Math.max(0, ...sessions.map(({ oldestSeconds }) => oldestSeconds ?? 0));
  samples.push({ name: 'mcp_postgres_oldest_transaction_age_seconds', labels: {}, value: oldest });
  return samples;
}
