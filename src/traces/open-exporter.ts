import type { SpanExporter } from './counted-exporter.ts';
import type { TraceSettings } from './trace-settings.ts';

/** Loads and makes the exporter of a protocol; it reads endpoint, headers, certificates and the like from the environment. */
export async function openExporter(protocol: TraceSettings['protocol']): Promise<SpanExporter> {
  switch (protocol) {
    case 'http/protobuf':
      return new (await import('@opentelemetry/exporter-trace-otlp-proto')).OTLPTraceExporter();
    case 'http/json':
      return new (await import('@opentelemetry/exporter-trace-otlp-http')).OTLPTraceExporter();
    case 'grpc':
      return new (await import('@opentelemetry/exporter-trace-otlp-grpc')).OTLPTraceExporter();
    default:
      return protocol satisfies never;
  }
}
