import {
  context,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  trace,
  type ContextManager,
  type Tracer,
} from '@opentelemetry/api';
import {
  defaultResource,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { AlwaysOnSampler } from '@opentelemetry/sdk-trace';
import { within } from '../model/within.ts';
import type { SpanExporter } from './counted-exporter.ts';
import type { ExportLog } from './export-log.ts';

/** What the pipeline is given. */
export interface PipelineParts {
  readonly exporter: SpanExporter;
  readonly exportLog: ExportLog;
  /** Version of this package. */
  readonly version: string;
  /** Which of several sidecars this is; `service.instance.id` of the resource. */
  readonly instance: string;
}

/** From a tracer through batches to the exporter. */
export interface Pipeline {
  readonly tracer: Tracer;
  /** Sends what waits, for a limited time. */
  readonly stop: () => Promise<void>;
}

/** How long the last spans may take on their way out: a little longer than one export, so that its failure is still told. */
const STOP_MS = 6000;

/** The SDK's own would follow every promise of the process on Node 22; here each span is told its parent. */
const NO_CONTEXT: ContextManager = {
  active: () => ROOT_CONTEXT,
  with: (_context, action, thisArg, ...args) => action.apply(thisArg, args),
  bind: (_context, target) => target,
  enable: () => NO_CONTEXT,
  disable: () => NO_CONTEXT,
};

/**
 * Starts the SDK for traces alone: no metrics or logs of its own, no instrumentation, no context manager, and a resource
 * that is made of the environment's words instead of what detectors find, as a process's command line and a host's id are.
 */
export function startPipeline({ exporter, exportLog, version, instance }: PipelineParts): Pipeline {
  const sdk = new NodeSDK({
    traceExporter: exporter,
    // Who is sampled has been decided before a span is made.
    sampler: new AlwaysOnSampler(),
    resource: defaultResource().merge(
      resourceFromAttributes({ 'service.name': 'mcp-vitals', 'service.instance.id': instance }),
    ),
    resourceDetectors: [resourceAttributesEnvDetector, serviceNameEnvDetector],
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
    contextManager: NO_CONTEXT,
    textMapPropagator: null,
  });
  // After the constructor: with OTEL_LOG_LEVEL it puts a logger in force that writes to stdout, which over stdio is the server's.
  const silent = (): void => {};
  const logger = {
    error: (message: string) => exportLog.trouble(message),
    warn: (message: string) => exportLog.trouble(message),
    info: silent,
    debug: silent,
    verbose: silent,
  };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  sdk.start();
  return {
    tracer: trace.getTracer('mcp-vitals', version),
    stop: async () => {
      const stopping = sdk.shutdown().catch((error: unknown) => {
        exportLog.trouble(error instanceof Error ? error.message : String(error));
      });
      await within(STOP_MS, stopping);
      trace.disable();
      context.disable();
      diag.disable();
    },
  };
}
