import type { SpanExporter } from './counted-exporter.ts';
import type { TraceSettings } from './trace-settings.ts';

/**
 * Loads and makes the exporter of a protocol; it reads endpoint, headers, certificates and the like from the environment.
 */
export async function openExporter({ protocol, timeoutMs }: TraceSettings): Promise<SpanExporter> {
  const options = timeoutMs === undefined ? {} : { timeoutMillis: timeoutMs };
  switch (protocol) {
    case 'http/protobuf':
      return new (await import('@opentelemetry/exporter-trace-otlp-proto')).OTLPTraceExporter(options);
    case 'http/json':
      return new (await import('@opentelemetry/exporter-trace-otlp-http')).OTLPTraceExporter(options);
    case 'grpc':
      return new (await import('@opentelemetry/exporter-trace-otlp-grpc')).OTLPTraceExporter(options);
    default:
      return protocol satisfies never;
  }
}
