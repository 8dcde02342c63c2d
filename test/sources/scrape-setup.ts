import type { Source } from '../../src/model/source.ts';
import { createScrapeSource } from '../../src/sources/scrape-source.ts';
import type { ScrapeOptions } from '../../src/sources/scrape-source.ts';

/** A mapping to a ratio. */
export const pool: ScrapeOptions['mappings'][number] = {
  to: 'connection_pool_usage',
  labels: { pool_type: 'db' },
  from: { value: 'used', of: 'most' },
};

/** A mapping to a number. */
export const memory: ScrapeOptions['mappings'][number] = {
  to: 'mcp_redis_memory_bytes',
  labels: {},
  from: { value: 'memory' },
};

/** A page of which `pool` and `memory` make these samples. */
export const goodPage = 'used 5\nmost 20\nmemory 1e6\n';
export const usage = ['connection_pool_usage', { pool_type: 'db' }, 0.25];
export const goodSamples = [usage, ['mcp_redis_memory_bytes', {}, 1e6]];

/** A source with both mappings, where a test says nothing else. */
export const scrapeOf = (options: Pick<ScrapeOptions, 'url'> & Partial<ScrapeOptions>): Source =>
  createScrapeSource({ mappings: [pool, memory], onProblem: () => undefined, ...options });

/** A deadline that no test should meet. */
export const patient = (): AbortSignal => AbortSignal.timeout(20_000);

/** Name, labels and value of each sample of a reading. */
export const values = async (from: Source): Promise<unknown[]> =>
  (await from.read(patient())).map(({ name, labels, value }) => [name, labels, value]);
