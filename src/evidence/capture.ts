/** What a capture is of, and where it goes. */
export interface CaptureTask {
  readonly detector: string;
  /** Finds the process of the server; undefined if it is not known. */
  readonly pid: () => Promise<number | undefined>;
  /** Path of the files, without the dot and what comes after it. */
  readonly stem: string;
  readonly maxBytes: number;
  /** Aborted at the time limit, or when the sidecar stops. */
  readonly signal: AbortSignal;
}

/** What a capture has written. */
export interface Captured {
  /** The file to look at first. */
  readonly path: string;
  /** Not all of it: the limit was reached. */
  readonly isCut: boolean;
}
