import type { Registry } from '@prometheus-io/client';
import type { OtelInstruments } from './otel-instruments.ts';

/** One page of metrics for Prometheus. */
export interface Exposition {
  /** Prometheus 3 refuses a page without a proper one. */
  readonly contentType: string;
  readonly body: string;
}

/** Renders both vocabularies on one page: the registry's metrics, then OpenTelemetry's. */
export async function expose(registry: Registry, otel: OtelInstruments): Promise<Exposition> {
  const [own, conventions] = await Promise.all([registry.metrics(), otel.expose()]);
  return { contentType: registry.contentType, body: `${own.trimEnd()}\n${conventions}` };
}
