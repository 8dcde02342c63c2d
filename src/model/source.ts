import type { Sample } from './sample.ts';

/** Reads something beside the traffic: a process, a database, a cache, another exposition. */
export interface Source {
  /**
   * Reads once; never called again before it has settled.
   * @param signal aborted at the deadline: whatever waits gives up.
   * @throws Error if it could not read, worded for an operator and without secrets, e.g.
   * `connect 127.0.0.1:6379: connection refused`.
   */
  readonly read: (signal: AbortSignal) => Promise<readonly Sample[]>;
  /** Lets go of connections. */
  readonly stop: () => Promise<void>;
}

/** What came of one reading. */
export type SourceReading = {
  /** Name of the source, value of the label `source`. */
  readonly source: string;
  /** Unix time at which the reading ended, in milliseconds. */
  readonly wallMs: number;
  readonly durationMs: number;
} & (
  { readonly ok: true; readonly samples: readonly Sample[] } | { readonly ok: false; readonly reason: string }
);
