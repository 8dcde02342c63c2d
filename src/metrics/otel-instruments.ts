import type { Histogram } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { AggregationType, MeterProvider } from '@opentelemetry/sdk-metrics';
import { CATALOG } from './catalog.ts';

/** Series that one OpenTelemetry metric may have; beyond it the SDK sums up under `otel_metric_overflow`. */
const CARDINALITY_LIMIT = 10_000;

/** The instruments of OpenTelemetry's MCP conventions. */
export interface OtelInstruments {
  /** `mcp.server.operation.duration`, in seconds. */
  readonly operationDuration: Histogram;
  /** `mcp.server.session.duration`, in seconds. */
  readonly sessionDuration: Histogram;
  /** The text exposition of both. */
  readonly expose: () => Promise<string>;
  readonly shutdown: () => Promise<void>;
}

/**
 * Makes the OpenTelemetry side of the metrics, on a meter provider of its own.
 * The exporter adds no unit to a name, so views rename the instruments to what
 * Prometheus' OTLP receiver would call them (`…_seconds`).
 * @param baselineSeconds latencies of the baseline in force: they become bucket bounds, so that they can be read exactly.
 */
export function createOtelInstruments(baselineSeconds: readonly number[]): OtelInstruments {
  const view = (instrumentName: string, boundaries: readonly number[]) => ({
    instrumentName,
    name: `${instrumentName}.seconds`,
    aggregation: {
      type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM as const,
      options: { boundaries: [...boundaries], recordMinMax: false },
    },
    aggregationCardinalityLimit: CARDINALITY_LIMIT,
  });
  const operation = CATALOG.mcp_server_operation_duration_seconds;
  const session = CATALOG.mcp_server_session_duration_seconds;
  const bounds = [...new Set([...operation.buckets, ...baselineSeconds])].toSorted((a, b) => a - b);
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const provider = new MeterProvider({
    readers: [exporter],
    views: [
      view('mcp.server.operation.duration', bounds),
      view('mcp.server.session.duration', session.buckets),
    ],
  });
  const meter = provider.getMeter('mcp-vitals');
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true);
  return {
    operationDuration: meter.createHistogram('mcp.server.operation.duration', {
      unit: 's',
      description: operation.help,
    }),
    sessionDuration: meter.createHistogram('mcp.server.session.duration', {
      unit: 's',
      description: session.help,
    }),
    expose: async () => {
      const { resourceMetrics, errors } = await exporter.collect();
      if (errors.length > 0) throw new AggregateError(errors, 'OpenTelemetry metrics could not be collected');
      return resourceMetrics.scopeMetrics.length === 0 ? '' : serializer.serialize(resourceMetrics);
    },
    shutdown: () => provider.shutdown(),
  };
}
