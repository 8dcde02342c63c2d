/** Where a metric's name and shape come from. */
export type MetricOrigin =
  /** The benchmark document: name, labels and buckets are exactly its. */
  | 'document'
  /** OpenTelemetry's semantic conventions for MCP. */
  | 'opentelemetry'
  /** This project, after the Prometheus naming conventions. */
  | 'mcp-vitals';

/** The section of the documentation that a metric stands in. */
export type MetricGroup =
  | 'documented'
  | 'traffic'
  | 'opentelemetry'
  | 'database'
  | 'process'
  | 'cache'
  | 'baseline'
  | 'bench'
  | 'detector'
  | 'probe'
  | 'sidecar';

/** One metric, as data: what is exposed, documented and referred to by rules. */
export interface MetricSpec {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly origin: MetricOrigin;
  readonly group: MetricGroup;
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, in its unit, without +Inf. */
  readonly buckets?: readonly number[];
}

/** Metrics by name. */
export type MetricSpecs = Readonly<Record<string, MetricSpec>>;
