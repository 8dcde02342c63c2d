import { parseExposition, total, totalBy } from './exposition.ts';
import type { ScrapedSample } from './exposition.ts';

/**
 * Fetches and parses a /metrics page.
 * @throws Error with status if it is not 200.
 */
export async function scrape(metricsUrl: string): Promise<ScrapedSample[]> {
  const response = await fetch(metricsUrl);
  if (response.status !== 200) throw new Error(`scrape ${metricsUrl}: want 200, got ${response.status}`);
  return parseExposition(await response.text());
}

/** Tool calls counted in the documented histogram: `"<tool> <status>"` → calls. */
export function toolCalls(samples: readonly ScrapedSample[]): Record<string, number> {
  return totalBy(samples, 'request_duration_seconds_count', ['endpoint', 'status'], { method: 'tools/call' });
}

/** Tool calls counted in OpenTelemetry's histogram: `"<tool> <error type or ->"` → calls. */
export function toolOperations(samples: readonly ScrapedSample[]): Record<string, number> {
  return totalBy(samples, 'mcp_server_operation_duration_seconds_count', ['gen_ai_tool_name', 'error_type'], {
    mcp_method_name: 'tools/call',
  });
}

/** What the sidecar says that it could not observe, by reason; empty if it saw everything. */
export function unobserved(samples: readonly ScrapedSample[]): Record<string, number> {
  return totalBy(samples, 'mcp_vitals_tap_dropped_total', ['reason']);
}

/** Exchanges seen less those accounted for: those under way, and 0 when all is quiet. */
export function exchangesUnaccounted(samples: readonly ScrapedSample[]): number {
  return (
    total(samples, 'mcp_vitals_exchanges_seen_total') -
    total(samples, 'mcp_vitals_exchanges_observed_total') -
    total(samples, 'mcp_vitals_exchanges_dropped_total')
  );
}
