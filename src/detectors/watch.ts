import type { DetectorSettings } from './detector-settings.ts';

/** Where a figure is read from, at each sampling. */
export type Reading =
  /** The sum of the series of our own page that a selector matches; of a counter its rate a second. */
  | {
      readonly from: 'page';
      readonly selector: string;
      readonly isCounter?: boolean;
      /** PromQL whose range is its past; without it, that of the selector. */
      readonly past?: string;
    }
  /** Requests a second, averaged since the last sampling. */
  | { readonly from: 'requests' }
  /** Sessions that are open, or, with clients that have none, requests in flight. */
  | { readonly from: 'concurrency' }
  /** A percentile of the calls of a tool in the last bin that is over. */
  | { readonly from: 'tool'; readonly tool: string; readonly percentile: 'p50' | 'p99' };

/** Limits that are known without a reading: what was configured, and the machine's memory. */
export const TOLD_LIMITS = [
  'memory',
  'machine_memory',
  'sessions',
  'tracked_sessions',
  'connections',
  'pool_size',
  'open_files',
  'threads',
] as const;

/** One of {@link TOLD_LIMITS}. */
export type ToldLimit = (typeof TOLD_LIMITS)[number];

/** Where a limit comes from. */
export type LimitSource =
  | { readonly told: ToldLimit }
  | { readonly fixed: number }
  /** The largest series of our own page that the selector matches. */
  | { readonly page: string };

/** A series to follow. */
export interface Watch {
  /** Value of the label `detector`. */
  readonly detector: string;
  /** Value of the label `series`: what it is about where a detector has several. */
  readonly series: string;
  readonly settings: DetectorSettings;
  readonly value: Reading;
  /** In order of preference: the first that is known counts. */
  readonly limits: readonly LimitSource[];
  readonly load: Reading;
  /** Whether it means something only while there is work: no traffic is not a throughput of 0. */
  readonly needsLoad: boolean;
  /** Whether it begins anew when the server's process does. */
  readonly endsWithProcess: boolean;
}

/** A watch's name among all, in logs: `connections postgres`. */
export const watchName = ({ detector, series }: Pick<Watch, 'detector' | 'series'>): string =>
  series === '' ? detector : `${detector} ${series}`;
