import type { Registry } from '@prometheus-io/client';
import type { SpanCounts } from '../model/spans.ts';
import { instrument } from './instruments.ts';

const RESULTS = {
  exported: 'exported',
  failed: 'failed',
  queueFull: 'queue_full',
  faulty: 'fault',
} as const satisfies Partial<Record<keyof SpanCounts, string>>;

/** Exports what becomes of spans, each result from the start. @param counts read at each exposition. */
export function exportTraces(registry: Registry, counts: () => SpanCounts): void {
  const told = { exported: 0, failed: 0, queueFull: 0, faulty: 0 };
  instrument('mcp_vitals_trace_spans_total', registry, (counter) => {
    const now = counts();
    for (const name of ['exported', 'failed', 'queueFull', 'faulty'] as const) {
      counter.inc({ result: RESULTS[name] }, now[name] - told[name]);
      told[name] = now[name];
    }
  });
  instrument('mcp_vitals_trace_spans_waiting', registry, (gauge) => gauge.set(counts().waiting));
}
