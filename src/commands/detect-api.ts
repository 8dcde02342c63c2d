import type { DetectConfig } from '../config/detect-config.ts';
import type { QueryRange } from '../fleet/queried-series.ts';
import { createPrometheusApi } from '../sources/prometheus-api.ts';
import { prometheusOptions } from './prometheus-options.ts';

/** The server that is asked for the series of a fleet. */
export interface DetectApi {
  readonly ask: QueryRange;
  readonly close: () => Promise<void>;
}

/**
 * Makes a client of the configured server, as whom it was told.
 * @throws Error if none is configured, or the credentials cannot be sent.
 */
export function createDetectApi({ url, ...access }: DetectConfig): DetectApi {
  if (url === undefined) throw new Error('detect.url: want a server with the API of Prometheus, got none');
  const api = createPrometheusApi(prometheusOptions({ ...access, url }));
  return { ask: api.range, close: api.close };
}
