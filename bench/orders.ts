/** Where and how a target takes requests; always on 127.0.0.1. */
export interface Route {
  readonly port: number;
  readonly path: string;
  /** `Mcp-Session-Id` to send, if the server gave one. */
  readonly sessionId?: string | undefined;
}

/** Work for the load generator; it answers each order with one report of the same kind. */
export type Order =
  | {
      readonly kind: 'closed-loop';
      readonly route: Route;
      /** Processes whose CPU time is read at both ends of the measured window. */
      readonly pids: readonly number[];
      readonly connections: number;
      readonly warmupMs: number;
      readonly measureMs: number;
    }
  | {
      readonly kind: 'open-loop';
      readonly route: Route;
      readonly connections: number;
      readonly ratePerSecond: number;
      readonly warmupMs: number;
      readonly measureMs: number;
    }
  /** Opens idle streams until `count` are held. */
  | { readonly kind: 'hold-streams'; readonly route: Route; readonly count: number }
  | { readonly kind: 'release-streams' }
  | {
      readonly kind: 'stream-events';
      readonly route: Route;
      readonly streams: number;
      readonly warmupMs: number;
      readonly measureMs: number;
    }
  | { readonly kind: 'quiet-stream'; readonly route: Route; readonly waitMs: number };

/** Requests one after another on each of a fixed number of connections. */
export interface ClosedLoopReport {
  readonly requests: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly failures: readonly string[];
}

/** Requests at a fixed rate; latency runs from the intended start, so that a stalled target cannot hide. */
export interface OpenLoopReport {
  readonly requests: number;
  /** Those of them still open two seconds after the last was due; they count with their age. */
  readonly unanswered: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** How late the generator itself sent, P50; it is part of the latencies of every target alike. */
  readonly lateP50Ms: number;
  readonly failures: readonly string[];
}

/** Streams now held. */
export interface HoldStreamsReport {
  readonly held: number;
}

/** Delay from the upstream's write of an event to its arrival at the client. */
export interface StreamEventsReport {
  readonly events: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Time to the head of a stream that carries no event; `undefined` if it did not come in time. */
export interface QuietStreamReport {
  readonly headMs?: number | undefined;
}

/** The report that belongs to each kind of order. */
export interface Reports {
  readonly 'closed-loop': ClosedLoopReport;
  readonly 'open-loop': OpenLoopReport;
  readonly 'hold-streams': HoldStreamsReport;
  readonly 'release-streams': HoldStreamsReport;
  readonly 'stream-events': StreamEventsReport;
  readonly 'quiet-stream': QuietStreamReport;
}

/** What the generator sends back for an order of kind `K`. */
export type Answer<K extends keyof Reports = keyof Reports> =
  { readonly report: Reports[K] } | { readonly error: string };
