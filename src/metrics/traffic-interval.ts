import { latencyBaseline, PERCENTILES, type Baseline } from '../model/baseline.ts';
import { labelledName } from '../model/series-name.ts';
import type { CallObservation } from '../model/traffic.ts';
import { LATENCY_BUCKETS, percentileOf } from './latency-window.ts';

/** What is counted of one tool, or of all of them. */
class Counts {
  readonly latencies = new Uint32Array(LATENCY_BUCKETS);
  calls = 0;
  faults = 0;
  /** Slower than each percentile of the baseline, in the order of {@link PERCENTILES}. */
  readonly slow = new Uint32Array(PERCENTILES.length);
  /** Of those for which the percentile is stated. */
  readonly compared = new Uint32Array(PERCENTILES.length);

  clear(): void {
    this.latencies.fill(0);
    this.slow.fill(0);
    this.compared.fill(0);
    this.calls = 0;
    this.faults = 0;
  }

  percentileMs(share: number): number | undefined {
    return percentileOf(this.latencies, this.calls, share);
  }
}

const P99 = PERCENTILES.findIndex(({ label }) => label === 'p99');

/** Which kind of failure a call is, as the rules tell them apart. */
function failureKind(call: CallObservation): string {
  if (call.status === 'tool_error') return 'tool';
  return call.rpcErrorCode === undefined ? 'transport' : 'rpc';
}

/**
 * Counts the traffic of one interval after another. What an interval came to is named as the page's series are:
 * `request_rate`, `p99_ms`, `tool_rate/<tool>` and so on; rates a second, latencies in milliseconds. Percentiles are
 * those of the interval's own calls, exact to about 2 %; without a call there is none.
 */
export class TrafficInterval {
  readonly #baseline: Baseline;
  readonly #tools = new Map<string, Counts>();
  readonly #calls = new Counts();
  readonly #failures = new Map<string, number>();
  readonly #errorTypes = new Map<string, number>();
  #requests = 0;
  #faults = 0;
  #bytes = 0;

  constructor(baseline: Baseline) {
    this.#baseline = baseline;
  }

  /**
   * @param endpoint bounded name of what was called.
   * @param bucket of the call's latency, by `latencyBucket`.
   */
  add(call: CallObservation, endpoint: string, serverMs: number, bucket: number): void {
    this.#requests++;
    this.#bytes += call.requestBytes + call.responseBytes;
    const isFault = call.fault === 'server';
    if (call.fault !== undefined) this.#fail(call, isFault);
    if (call.target.kind !== 'tool') return;
    let tool = this.#tools.get(endpoint);
    if (tool === undefined) {
      tool = new Counts();
      this.#tools.set(endpoint, tool);
    }
    const expected = latencyBaseline(this.#baseline, endpoint, call.batchSize);
    for (const counts of [this.#calls, tool]) {
      counts.calls++;
      if (isFault) counts.faults++;
      counts.latencies[bucket]!++;
      for (let at = 0; at < PERCENTILES.length; at++) {
        const limitMs = expected[PERCENTILES[at]!.field];
        if (limitMs === undefined) continue;
        counts.compared[at]!++;
        if (serverMs > limitMs) counts.slow[at]!++;
      }
    }
  }

  #fail(call: CallObservation, isFault: boolean): void {
    const count = (of: Map<string, number>, key: string): void => void of.set(key, (of.get(key) ?? 0) + 1);
    count(this.#errorTypes, `${call.errorType ?? 'other'}:${call.fault ?? ''}`);
    if (!isFault) return;
    this.#faults++;
    count(this.#failures, failureKind(call));
    if (call.status === 'unreachable') count(this.#failures, 'unreachable');
  }

  /** Ends the interval, which lasted so many seconds, and begins the next; gives what it came to by name of series. */
  take(seconds: number): ReadonlyMap<string, number> {
    const figures = new Map<string, number>();
    const rate = (name: string, count: number): void => void figures.set(name, count / seconds);
    const percentile = (name: string, counts: Counts, share: number): void => {
      const ms = counts.percentileMs(share);
      if (ms !== undefined) figures.set(name, ms);
    };
    rate('request_rate', this.#requests);
    rate('error_rate', this.#faults);
    if (this.#requests > 0) figures.set('error_ratio', this.#faults / this.#requests);
    rate('bandwidth_bits_per_second', this.#bytes * 8);
    for (const kind of ['tool', 'rpc', 'transport', 'unreachable']) {
      rate(labelledName('failure_rate', kind), this.#failures.get(kind) ?? 0);
    }
    for (const [type, count] of this.#errorTypes) rate(labelledName('error_type_rate', type), count);

    rate('call_rate', this.#calls.calls);
    percentile('p50_ms', this.#calls, 0.5);
    percentile('p95_ms', this.#calls, 0.95);
    percentile('p99_ms', this.#calls, 0.99);
    percentile('p999_ms', this.#calls, 0.999);
    for (const [at, { label }] of PERCENTILES.entries()) {
      rate(labelledName('slow_rate', label), this.#calls.slow[at] ?? 0);
      rate(labelledName('compared_rate', label), this.#calls.compared[at] ?? 0);
    }
    for (const [tool, counts] of this.#tools) {
      rate(labelledName('tool_rate', tool), counts.calls);
      rate(labelledName('tool_error_rate', tool), counts.faults);
      rate(labelledName('tool_slow_rate', tool), counts.slow[P99] ?? 0);
      percentile(labelledName('tool_p50_ms', tool), counts, 0.5);
      percentile(labelledName('tool_p95_ms', tool), counts, 0.95);
      percentile(labelledName('tool_p99_ms', tool), counts, 0.99);
    }
    this.#begin();
    return figures;
  }

  #begin(): void {
    this.#requests = 0;
    this.#faults = 0;
    this.#bytes = 0;
    this.#failures.clear();
    // The types stay, so that one that does not occur any more goes to 0.
    for (const type of this.#errorTypes.keys()) this.#errorTypes.set(type, 0);
    this.#calls.clear();
    for (const counts of this.#tools.values()) counts.clear();
  }
}
