import { latencyBaseline, type Baseline } from '../model/baseline.ts';
import type { Clock } from '../model/clock.ts';
import type { ErrorCounts, LiveRow, LiveSnapshot } from '../model/live-snapshot.ts';
import type { CallObservation } from '../model/traffic.ts';
import { CountWindow } from './count-window.ts';
import { LatencyWindow, latencyBucket } from './latency-window.ts';
import { TrafficInterval } from './traffic-interval.ts';

/** The part of a live snapshot that traffic fills. */
export type TrafficSnapshot = Omit<
  LiveSnapshot,
  'uptimeSeconds' | 'upstream' | 'listen' | 'metricsUrl' | 'inFlight' | 'backends' | 'probes'
>;

/** What a row gathers; its errors are counted where they happened. */
class Row {
  readonly window: LatencyWindow;
  /** Only those that failed by the server's fault. */
  readonly faults: CountWindow;
  calls = 0;
  readonly errors = { transport: 0, rpc: 0, tool: 0 };

  constructor(clock: Clock) {
    this.window = new LatencyWindow(clock);
    this.faults = new CountWindow(clock);
  }

  add(call: CallObservation, bucket: number, nowMs: number): void {
    this.calls++;
    this.window.add(bucket, nowMs);
    if (call.fault === undefined) return;
    if (call.fault === 'server') this.faults.add(nowMs);
    if (call.status === 'tool_error') this.errors.tool++;
    else if (call.rpcErrorCode === undefined) this.errors.transport++;
    else this.errors.rpc++;
  }
}

/** Share of the requests of the last minute that failed by the server's fault; undefined without any. */
function errorRatio({ window, faults }: Row): number | undefined {
  const count = window.count();
  return count === 0 ? undefined : faults.count() / count;
}

/** Keeps what a person wants to see of the traffic now: percentiles and rates of about the last minute, by tool. */
export class LiveTraffic {
  readonly #clock: Clock;
  readonly #baseline: Baseline;
  readonly #tools = new Map<string, Row>();
  readonly #all: Row;
  readonly #calls: Row;
  readonly #errorTypes = new Map<string, number>();
  /** The same traffic, by intervals: what is remembered of it. */
  readonly interval: TrafficInterval;
  #sessionsOpened = 0;
  #sessionsClosed = 0;
  #streamsOpen = 0;
  #dropped = 0;

  /** Tools come under their bounded label, so that their number is bounded too. */
  constructor(clock: Clock, baseline: Baseline) {
    this.#clock = clock;
    this.#baseline = baseline;
    this.#all = new Row(clock);
    this.#calls = new Row(clock);
    this.interval = new TrafficInterval(baseline);
  }

  /** @param endpoint bounded name of what was called. */
  call(call: CallObservation, endpoint: string, serverMs: number): void {
    if (!call.isMcp) return;
    const bucket = latencyBucket(serverMs);
    const nowMs = this.#clock.nowMs();
    this.#all.add(call, bucket, nowMs);
    this.interval.add(call, endpoint, serverMs, bucket);
    if (call.fault !== undefined) {
      const type = `${call.errorType ?? 'other'}:${call.fault}`;
      this.#errorTypes.set(type, (this.#errorTypes.get(type) ?? 0) + 1);
    }
    if (call.target.kind !== 'tool') return;
    this.#calls.add(call, bucket, nowMs);
    let row = this.#tools.get(endpoint);
    if (!row) {
      row = new Row(this.#clock);
      this.#tools.set(endpoint, row);
    }
    row.add(call, bucket, nowMs);
  }

  sessionOpened(): void {
    this.#sessionsOpened++;
  }

  sessionClosed(): void {
    this.#sessionsClosed++;
  }

  streamOpened(): void {
    this.#streamsOpen++;
  }

  streamClosed(): void {
    this.#streamsOpen--;
  }

  dropped(): void {
    this.#dropped++;
  }

  /** MCP requests since the start. */
  requests(): number {
    return this.#all.calls;
  }

  sessionsActive(): number {
    return this.#sessionsOpened - this.#sessionsClosed;
  }

  streamsOpen(): number {
    return this.#streamsOpen;
  }

  /** Failures since the start, by `<error type>:<fault>`. */
  errorTypes(): ReadonlyMap<string, number> {
    return this.#errorTypes;
  }

  snapshot(): TrafficSnapshot {
    return {
      requestsPerSecond: this.#all.window.perSecond(),
      recentRequests: this.#all.window.count(),
      errorRatio: errorRatio(this.#all),
      baselineRequestsPerSecond: this.#baseline.throughputPerSecond,
      sessionsActive: this.sessionsActive(),
      sessionsOpened: this.#sessionsOpened,
      sessionsClosed: this.#sessionsClosed,
      streamsOpen: this.#streamsOpen,
      errors: { ...this.#all.errors },
      tools: [...this.#tools]
        .toSorted(([a], [b]) => a.localeCompare(b))
        .map(([name, row]) => this.#row(name, row, latencyBaseline(this.#baseline, name))),
      totals: this.#row('all tools', this.#calls, this.#baseline.latency),
      tapDropped: this.#dropped,
    };
  }

  #row(name: string, row: Row, baseline: LiveRow['baseline']): LiveRow {
    const errors: ErrorCounts = { ...row.errors };
    return {
      name,
      calls: row.calls,
      ratePerSecond: row.window.perSecond(),
      recentCalls: row.window.count(),
      p50Ms: row.window.percentileMs(0.5),
      p95Ms: row.window.percentileMs(0.95),
      p99Ms: row.window.percentileMs(0.99),
      p999Ms: row.window.percentileMs(0.999),
      errorRatio: errorRatio(row),
      baseline,
      errors,
    };
  }
}
