import type { Clock } from '../model/clock.ts';
import type { DatabaseSink } from '../model/database-traffic.ts';
import type { LiveDatabase } from '../model/live-snapshot.ts';
import { LatencyWindow, latencyBucket } from './latency-window.ts';

/** Keeps what a person wants to see of the database now, on the way to the recorder of its metrics. */
export interface LiveDatabaseSink extends DatabaseSink {
  readonly snapshot: () => Pick<LiveDatabase, 'queriesPerSecond' | 'p50Ms' | 'p95Ms' | 'p99Ms' | 'errors'>;
}

/** Puts a live view before a sink. */
export function watchDatabase(sink: DatabaseSink, clock: Clock): LiveDatabaseSink {
  const window = new LatencyWindow(clock);
  let errors = 0;
  return {
    ...sink,
    query: (type, durationMs) => {
      window.add(latencyBucket(durationMs), clock.nowMs());
      sink.query(type, durationMs);
    },
    error: (observation) => {
      errors++;
      sink.error(observation);
    },
    snapshot: () => ({
      queriesPerSecond: window.perSecond(),
      p50Ms: window.percentileMs(0.5),
      p95Ms: window.percentileMs(0.95),
      p99Ms: window.percentileMs(0.99),
      errors,
    }),
  };
}
