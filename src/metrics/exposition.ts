import type { Registry } from '@prometheus-io/client';
import { CONTENT_TYPES, expositionFormat } from './exposition-format.ts';
import { renderOpenMetrics, toOpenMetrics } from './open-metrics.ts';

/** One page of metrics for Prometheus. */
export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

/**
 * Renders one page: the registry's metrics, then others that are rendered already.
 * @param others metrics with other names than the registry's, in the text format 0.0.4.
 * @param accept the scraper's Accept header: OpenMetrics, with exemplars, for whom prefers it, else the text format.
 */
export async function expose(
  registry: Registry,
  others: string | Promise<string>,
  accept?: string,
): Promise<Exposition> {
  const format = expositionFormat(accept);
  const contentType = CONTENT_TYPES[format];
  if (format === 'text') {
    const [own, more] = await Promise.all([registry.metrics(), others]);
    return { contentType, body: more === '' ? own : `${own.trimEnd()}\n${more}` };
  }
  const [own, more] = await Promise.all([renderOpenMetrics(registry), others]);
  return { contentType, body: `${own}${toOpenMetrics(more)}# EOF\n` };
}
