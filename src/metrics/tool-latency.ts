import type { Registry } from '@prometheus-io/client';
import { instrument } from './instruments.ts';
import { LATENCY_BUCKETS, latencyBucket, percentileOf } from './latency-window.ts';

/** Percentiles of the calls of one tool in one bin, in seconds; absent where too few calls tell them. */
export interface ToolLatency {
  readonly p50?: number;
  readonly p99?: number;
}

/** Calls from which a percentile means something. */
const LEAST_CALLS = { p50: 5, p99: 100 } as const;

interface Open {
  readonly counts: Uint32Array;
  calls: number;
}

function closed({ counts, calls }: Open): ToolLatency {
  const at = (share: number): number => (percentileOf(counts, calls, share) ?? 0) / 1000;
  return {
    ...(calls >= LEAST_CALLS.p50 && { p50: at(0.5) }),
    ...(calls >= LEAST_CALLS.p99 && { p99: at(0.99) }),
  };
}

/** Latency by tool in one bin after another: a call costs an increment, a bin that is over two percentiles a tool. */
export class ToolLatencyBins {
  readonly #open = new Map<string, Open>();
  #last: ReadonlyMap<string, ToolLatency> = new Map();

  /** @param registry shows the percentiles of the last bin. */
  constructor(registry: Registry) {
    instrument('mcp_tool_latency_seconds', registry, (gauge) => {
      gauge.reset();
      for (const [tool, { p50, p99 }] of this.#last) {
        if (p50 !== undefined) gauge.set({ tool, percentile: 'p50' }, p50);
        if (p99 !== undefined) gauge.set({ tool, percentile: 'p99' }, p99);
      }
    });
  }

  /** @param tool bounded name of the tool. */
  add(tool: string, serverMs: number): void {
    let open = this.#open.get(tool);
    if (!open) {
      open = { counts: new Uint32Array(LATENCY_BUCKETS), calls: 0 };
      this.#open.set(tool, open);
    }
    const bucket = latencyBucket(serverMs);
    open.counts[bucket] = (open.counts[bucket] ?? 0) + 1;
    open.calls++;
  }

  /** Ends the bin; what was in it is the last one from now on. */
  close(): void {
    this.#last = new Map([...this.#open].map(([tool, open]) => [tool, closed(open)]));
    for (const [tool, open] of this.#open) {
      // A tool that nobody calls any more need not stay.
      if (open.calls === 0) this.#open.delete(tool);
      open.counts.fill(0);
      open.calls = 0;
    }
  }

  /** The percentiles of the last bin that is over, by tool. */
  last(): ReadonlyMap<string, ToolLatency> {
    return this.#last;
  }
}
