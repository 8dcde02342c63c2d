import type { Clock } from '../model/clock.ts';
import { countedExporter } from './counted-exporter.ts';
import type { ExportLog } from './export-log.ts';
import { openExporter } from './open-exporter.ts';
import type { ServerAddress } from './span-attributes.ts';
import { SpanBook } from './span-book.ts';
import { startPipeline } from './span-pipeline.ts';
import { createTraceCall } from './trace-call.ts';
import type { TraceSettings } from './trace-settings.ts';
import type { Traces } from './traces.ts';

/** What spans are made of and sent with. */
export interface SpanParts {
  readonly clock: Clock;
  readonly exportLog: ExportLog;
  readonly version: string;
  readonly instance: string;
  readonly server: () => ServerAddress | undefined;
}

/** Puts the way of a span together, from the call to the collector. All of OpenTelemetry's SDK is loaded with this file. */
export async function openSpans(settings: TraceSettings, parts: SpanParts): Promise<Traces> {
  const { clock, exportLog, version, instance, server } = parts;
  const book = new SpanBook(settings.maxQueueSize);
  const exporter = countedExporter(await openExporter(settings), book, exportLog);
  const pipeline = startPipeline({ exporter, exportLog, version, instance });
  return {
    traceCall: createTraceCall({
      tracer: pipeline.tracer,
      sampling: settings.sampling,
      book,
      server,
      clock,
      onFault: (error) => exportLog.trouble(error instanceof Error ? error.message : String(error)),
    }),
    counts: () => book.counts(),
    stop: pipeline.stop,
  };
}
