/** Kinds of tools by what a call costs the server. */
export const TOOL_CLASSES = ['read', 'write', 'complex'] as const;

/** What a call costs the server. */
export type ToolClass = (typeof TOOL_CLASSES)[number];

/** Weight of each class in the mix of calls. */
export type ClassShares = Readonly<Record<ToolClass, number>>;

/** A part of an open loop; the rate goes evenly from one value to the other. */
export interface OpenStage {
  readonly name: string;
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
  readonly durationMs: number;
}

/** How requests are started. */
export type Load =
  /** Each user sends its next request when it has the answer to the last; for so many requests in all, or so long. */
  | {
      readonly kind: 'closed';
      readonly users: number;
      readonly requests?: number;
      readonly durationMs?: number;
      /** Users begin one after another over this time. */
      readonly rampUpMs: number;
    }
  /** Requests start when they are due, whatever the server does. */
  | {
      readonly kind: 'open';
      readonly users: number;
      readonly stages: readonly OpenStage[];
      /** Length of the slices that are reported one by one. */
      readonly sliceMs?: number;
      /** Length of an hour of the hourly table. */
      readonly hourMs?: number;
      /** Stages between which it is measured how long the server takes to be as it was. */
      readonly recovery?: { readonly before: string; readonly after: string };
    }
  /** A closed loop against one endpoint, then against two, four and so on. */
  | { readonly kind: 'scaling'; readonly usersEach: number; readonly durationMs: number }
  /** A closed loop on each tool alone; one that takes a list, with lists of each size. */
  | {
      readonly kind: 'tools';
      readonly users: number;
      readonly durationMs: number;
      readonly batchSizes: readonly number[];
    };

/** When a run makes no sense any more. */
export interface AbortConditions {
  /** Share of failed requests in the last seconds. */
  readonly errorRatio?: number;
  /** P99 of the last seconds. */
  readonly p99Ms?: number;
  /** Failed connections, one after another and for at least 5 s. */
  readonly connectionFailures: number;
}

/** What a tool is called with, and how often. */
export interface ToolChoice {
  readonly name: string;
  readonly class?: ToolClass;
  /** Beside the other tools of its class; default 1. */
  readonly weight?: number;
  /** Sets of arguments, drawn at random; without them they are made up from the input schema. */
  readonly arguments?: readonly Readonly<Record<string, unknown>>[];
  /** Argument whose list has a batch size. */
  readonly batch?: string;
}

/** A load test as data. */
export interface BenchProfile {
  readonly name: string;
  /** One line for a list of profiles. */
  readonly about: string;
  readonly load: Load;
  readonly shares: ClassShares;
  /** Pause of a user between an answer and the next request (closed loop). */
  readonly thinkTimeMs: number;
  readonly sessions: 'per_user' | 'per_request';
  /** What is discarded at the beginning. */
  readonly warmUpMs: number;
  readonly timeoutMs: number;
  readonly abort: AbortConditions;
  /** Tools to call, none: all that are fit; with `only`, no others. */
  readonly tools: readonly ToolChoice[];
  readonly only: boolean;
  readonly exclude: readonly string[];
}
