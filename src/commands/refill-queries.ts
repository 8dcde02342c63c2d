import type { Reading, Watch } from '../detectors/watch.ts';

/** Expressions whose ranges are the past of a series. */
export interface RefillQueries {
  readonly value: string;
  readonly load: string;
  /** Unix time in seconds at which the process started; undefined for what does not begin anew with it. */
  readonly processStart: string | undefined;
}

/** One sidecar at a time: where several are found, they must have followed each other. */
const BY = 'by (job, instance)';

/** The text between the braces of a selector. */
const matchersOf = (selector: string): string =>
  /\{([^]*)\}\s*$/.exec(selector)?.[1]?.trim().replace(/,$/, '') ?? '';

/** A selector narrowed by the matchers of another, which has no name. */
export function narrowed(selector: string, by: string | undefined): string {
  const name = selector.replace(/\{[^]*$/, '').trim();
  const matchers = [selector, by ?? ''].map(matchersOf).filter((text) => text !== '');
  return matchers.length === 0 ? name : `${name}{${matchers.join(',')}}`;
}

function expressionOf(reading: Reading, own: string | undefined): string {
  const sum = (selector: string): string => `sum ${BY} (${narrowed(selector, own)})`;
  switch (reading.from) {
    case 'page':
      if (reading.past !== undefined) return reading.past;
      return reading.isCounter === true
        ? `sum ${BY} (rate(${narrowed(reading.selector, own)}[5m]))`
        : sum(reading.selector);
    case 'requests':
      return sum('requests_per_second');
    case 'concurrency':
      return `(${sum('mcp_sessions_active')} > 0) or ${sum('mcp_requests_in_flight')}`;
    case 'tool': {
      const { tool, percentile } = reading;
      const selector = `mcp_tool_latency_seconds{tool=${JSON.stringify(tool)},percentile="${percentile}"}`;
      return `max ${BY} (${narrowed(selector, own)})`;
    }
    default:
      return reading satisfies never;
  }
}

/**
 * What to ask Prometheus for the past of a series, as this sidecar or one before it exported it.
 * @param own selector that its own series match.
 */
export function refillQueries(watch: Watch, own: string | undefined): RefillQueries {
  return {
    value: expressionOf(watch.value, own),
    load: expressionOf(watch.load, own),
    processStart: watch.endsWithProcess
      ? `max ${BY} (${narrowed('mcp_process_start_time_seconds', own)})`
      : undefined,
  };
}
