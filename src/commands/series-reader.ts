import { totalmem } from 'node:os';
import type { Registry } from '@prometheus-io/client';
import type { Config } from '../config/config.ts';
import type { LimitSource, Reading, ToldLimit } from '../detectors/watch.ts';
import { openMetricPage, type MetricPage } from '../metrics/metric-page.ts';
import type { ToolLatency } from '../metrics/tool-latency.ts';
import { parseSelector, type Selector } from '../model/series-selector.ts';

/** Where figures come from. */
export interface SeriesReaderParts {
  readonly registry: Registry;
  /** MCP requests since the start. */
  readonly requests: () => number;
  /** Latency by tool in the last bin that is over. */
  readonly toolLatency: () => ReadonlyMap<string, ToolLatency>;
  /** Default: this machine's. */
  readonly machineMemoryBytes?: number;
}

/** All figures of one moment; what is not known is undefined. */
export interface Sampling {
  readonly read: (reading: Reading) => Promise<number | undefined>;
  /** The first limit that is known. */
  readonly limit: (sources: readonly LimitSource[]) => Promise<number | undefined>;
  /** Unix time in milliseconds. */
  readonly processStartMs: () => Promise<number | undefined>;
}

/** Reads figures at one moment after another, rates between two of them. */
export interface SeriesReader {
  /** @param nowMs monotonic. */
  readonly sample: (config: Config, nowMs: number) => Sampling;
}

type Told = Partial<Readonly<Record<ToldLimit, number | undefined>>>;

function toldLimits({ detectors, tap, database }: Config): Told {
  const { memoryBytes, sessions, connections, openFiles, threads } = detectors.limits;
  return {
    memory: memoryBytes,
    sessions,
    tracked_sessions: tap.maxSessions,
    connections,
    pool_size: database?.poolSize,
    open_files: openFiles,
    threads,
  };
}

const sum = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0);

/** Count and time at the sampling before. */
interface Before {
  readonly count: number;
  readonly atMs: number;
}

/** A second less than no time would make a rate of nothing. */
const LEAST_MS = 1;

/** Makes the reader of one sidecar. */
export function createSeriesReader(parts: SeriesReaderParts): SeriesReader {
  const { registry, requests, toolLatency, machineMemoryBytes = totalmem() } = parts;
  const selectors = new Map<string, Selector>();
  const counters = new Map<string, Before>();

  const selectorOf = (text: string): Selector => {
    const selector = selectors.get(text) ?? parseSelector(text);
    selectors.set(text, selector);
    return selector;
  };

  /** Rate a second since the sampling before; undefined at the first, and after a count that began anew. */
  const rateOf = (key: string, count: number | undefined, nowMs: number): number | undefined => {
    const before = counters.get(key);
    if (count === undefined) {
      counters.delete(key);
      return undefined;
    }
    counters.set(key, { count, atMs: nowMs });
    if (before === undefined || count < before.count || nowMs - before.atMs < LEAST_MS) return undefined;
    return ((count - before.count) * 1000) / (nowMs - before.atMs);
  };

  const readFrom = async (
    page: MetricPage,
    reading: Exclude<Reading, { from: 'requests' }>,
    nowMs: number,
  ): Promise<number | undefined> => {
    const read = async (text: string): Promise<number | undefined> =>
      sum(await page.valuesOf(selectorOf(text)));
    switch (reading.from) {
      case 'page': {
        const value = await read(reading.selector);
        return reading.isCounter === true ? rateOf(`page ${reading.selector}`, value, nowMs) : value;
      }
      case 'concurrency': {
        const opened = await read('mcp_sessions_opened_total');
        return read((opened ?? 0) > 0 ? 'mcp_sessions_active' : 'mcp_requests_in_flight');
      }
      case 'tool':
        return toolLatency().get(reading.tool)?.[reading.percentile];
      default:
        return reading satisfies never;
    }
  };

  return {
    sample: (config, nowMs) => {
      const page = openMetricPage(registry);
      const told = toldLimits(config);
      const requestRate = rateOf('requests', requests(), nowMs);
      const known = new Map<string, Promise<number | undefined>>();
      const read = (reading: Reading): Promise<number | undefined> => {
        if (reading.from === 'requests') return Promise.resolve(requestRate);
        // A counter that two detectors follow has one rate.
        const key = JSON.stringify(reading);
        const value = known.get(key) ?? readFrom(page, reading, nowMs);
        known.set(key, value);
        return value;
      };
      const machineMemory = async (): Promise<number | undefined> =>
        // The source has seen the process, so it is one of this machine.
        (await page.valuesOf(selectorOf('mcp_processes'))).length > 0 ? machineMemoryBytes : undefined;
      const limitOf = async (source: LimitSource): Promise<number | undefined> => {
        if ('fixed' in source) return source.fixed;
        if ('told' in source) {
          return source.told === 'machine_memory' ? machineMemory() : told[source.told];
        }
        const values = await page.valuesOf(selectorOf(source.page));
        return values.length === 0 ? undefined : Math.max(...values);
      };
      return {
        read,
        limit: async (sources) => {
          for (const source of sources) {
            const limit = await limitOf(source);
            if (limit !== undefined && limit > 0) return limit;
          }
          return undefined;
        },
        processStartMs: async () => {
          const [seconds] = await page.valuesOf(selectorOf('mcp_process_start_time_seconds'));
          return seconds === undefined ? undefined : seconds * 1000;
        },
      };
    },
  };
}
