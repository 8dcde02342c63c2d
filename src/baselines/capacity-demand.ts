import type { ServerSetUp } from '../model/server-set-up.ts';
import type { BaselineTables } from './baseline-schema.ts';

/** What a deployment must carry at its peak. */
export interface CapacityDemand {
  readonly requestsPerSecond: number;
  /** Users, or sessions, at the same time. */
  readonly users?: number;
  readonly p99Ms?: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Share of requests that may fail. */
  readonly errorRatio?: number;
  /** The only tier whose machines come into question. */
  readonly tier?: number;
  /** Share of the capacity that is kept free at the peak, from 0 to below 1. */
  readonly headroomRatio: number;
  /** Connections that the database takes; the document's where none are stated. */
  readonly maxConnections?: number;
  /** How the server is set up; its instances, vCPUs, workers and tier are what is looked for. */
  readonly setUp: Pick<ServerSetUp, 'poolSize' | 'cacheStrategy' | 'cacheTtlSeconds' | 'serialization'>;
}

/** The head-room of the document's autoscaler: it adds a pod at 750 of the 850 requests a second that one carries. */
export function documentHeadroom({ autoscaling, results }: BaselineTables): number {
  return Math.max(0, 1 - autoscaling.requestsPerSecondTarget / results.throughputPerSecond);
}

/** Sizes of a request and of an answer in bytes, as the document's table of bandwidth has them (1 KB is 1,000 bytes). */
export function documentSizes({
  network,
}: BaselineTables): Pick<CapacityDemand, 'requestBytes' | 'responseBytes'> {
  const [row] = network.rows;
  return {
    requestBytes: (row?.requestKilobytes ?? 0) * 1000,
    responseBytes: (row?.responseKilobytes ?? 0) * 1000,
  };
}
